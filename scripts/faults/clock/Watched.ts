/** A subscriber that keeps the true time: how long it hears nothing, what changes state, and whether it is closed. */

export interface Told {
  readonly kind: string
  readonly listings: readonly { readonly id: string; readonly state: string }[]
  readonly bookmakers: readonly { readonly id: string; readonly state: string }[]
}

export interface Watched {
  /** In the order in which it came. */
  readonly told: readonly Told[]
  /** The longest time without a message since the last look, which begins a new one. */
  readonly longestSilenceMs: () => number
  /** Undefined while it is open. */
  readonly closed: () => number | undefined
}

export const watch = (url: string, token: string, args: string): Watched => {
  const told: Told[] = []
  const query = `subscription { oddsUpdated${args} { kind listings { id state } bookmakers { id state } } }`
  let heardAt = performance.now()
  let longest = 0
  let code: number | undefined
  const hear = (): void => {
    longest = Math.max(longest, performance.now() - heardAt)
    heardAt = performance.now()
  }
  const socket = new WebSocket(url, "graphql-transport-ws")
  socket.onopen = () => socket.send(JSON.stringify({ type: "connection_init", payload: { token } }))
  socket.onclose = (event) => void (code = event.code)
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(String(data))
    if (message.type === "connection_ack") {
      socket.send(JSON.stringify({ id: "1", type: "subscribe", payload: { query } }))
    }
    if (message.type !== "next") return
    if (message.payload.errors !== undefined) throw new Error(JSON.stringify(message.payload.errors))
    hear()
    told.push(message.payload.data.oddsUpdated)
  }
  return {
    told,
    longestSilenceMs: () => {
      const silence = Math.max(longest, performance.now() - heardAt)
      longest = 0
      return silence
    },
    closed: () => code
  }
}
