/**
 * Readers that hurt: a socket that reads along and then stops, reads a byte a second, or only answers pings.
 *
 * Plain TCP, because every websocket library reads on its own.
 */
import { connect } from "node:net"
import type { Socket } from "node:net"
import { masked } from "../../bench/crowd/frames.ts"

export type Manner = "never reads" | "sends pongs and never reads" | "reads a byte a second"

export interface BadReader {
  /** From now on it reads in its manner. */
  readonly turnBad: () => void
  readonly end: () => void
}

export interface Asking {
  readonly port: number
  readonly query: string
  readonly variables: object
  readonly subscriptions: number
}

/** Settles once it has subscribed; it reads and answers pings as everybody does until it turns bad. */
export const startBadReader = async (asking: Asking, manner: Manner): Promise<BadReader> => {
  const { port, query, subscriptions, variables } = asking
  const socket = connect({ port, host: "127.0.0.1" })
  socket.on("error", () => undefined)
  const pulse = setInterval(() => socket.write(masked("", PONG)), 1_000)
  let sips: NodeJS.Timeout | undefined
  socket.on("close", () => {
    clearInterval(pulse)
    clearInterval(sips)
  })
  socket.write(
    `GET /graphql HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n` +
      `Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n`
  )
  await heard(socket, "101")
  socket.write(masked(JSON.stringify({ type: "connection_init" })))
  await heard(socket, "connection_ack")
  for (let id = 1; id <= subscriptions; id++) {
    socket.write(masked(JSON.stringify({ id: String(id), type: "subscribe", payload: { query, variables } })))
  }
  socket.resume()
  return {
    turnBad: () => {
      socket.pause()
      if (manner !== "sends pongs and never reads") clearInterval(pulse)
      if (manner === "reads a byte a second") sips = setInterval(() => socket.read(1), 1_000)
    },
    end: () => socket.destroy()
  }
}

const PONG = 10

const heard = (socket: Socket, text: string): Promise<void> =>
  new Promise((resolve) => {
    let seen = ""
    const hear = (chunk: Buffer): void => {
      seen += chunk.toString("latin1")
      if (!seen.includes(text)) return
      socket.off("data", hear)
      resolve()
    }
    socket.on("data", hear)
  })
