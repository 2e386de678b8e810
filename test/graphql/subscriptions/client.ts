/**
 * A websocket client written from the SDL and the protocol alone, for tests: it folds as the SDL tells it to.
 *
 * Plain promises, because it stands for somebody else's program.
 */
import { createHash } from "node:crypto"
import { Effect } from "effect"
import { WebSocket } from "ws"

export interface Message {
  readonly type: string
  readonly id?: string
  readonly payload?: {
    readonly data?: { readonly [field: string]: unknown } | null
    readonly errors?: readonly { message: string; extensions: { code: string } }[]
  }
}

export interface Client {
  readonly received: readonly Message[]
  readonly socket: WebSocket
  readonly send: (message: object) => void
  /** The first message, past ones included, for which it holds. */
  readonly until: (wanted: (message: Message) => boolean) => Effect.Effect<Message>
  readonly closed: Effect.Effect<{ readonly code: number; readonly reason: string }>
}

export const connect = (url: string, headers: Readonly<Record<string, string>> = {}) =>
  Effect.acquireRelease(
    Effect.sync((): Client => {
      const socket = new WebSocket(url, "graphql-transport-ws", { headers, perMessageDeflate: false })
      const received: Message[] = []
      const waiting = new Set<() => void>()
      const closed = Promise.withResolvers<{ readonly code: number; readonly reason: string }>()
      socket.on("error", () => undefined)
      socket.on("close", (code, reason) => closed.resolve({ code, reason: String(reason) }))
      socket.on("open", () => socket.send(JSON.stringify({ type: "connection_init" })))
      socket.on("message", (data: Buffer) => {
        received.push(JSON.parse(data.toString()))
        for (const look of waiting) look()
      })
      return {
        received,
        socket,
        send: (message) => socket.send(JSON.stringify(message)),
        closed: Effect.promise(() => closed.promise),
        until: (wanted) =>
          Effect.promise(() => {
            const { promise, resolve } = Promise.withResolvers<Message>()
            let next = 0
            const look = (): void => {
              for (; next < received.length; next++) {
                const message = received[next]
                if (message === undefined || !wanted(message)) continue
                waiting.delete(look)
                return resolve(message)
              }
            }
            waiting.add(look)
            look()
            return promise
          })
      }
    }),
    ({ socket }) => Effect.sync(() => socket.terminate())
  )

/** Connected and acknowledged. */
export const ready = Effect.fnUntraced(function* (url: string) {
  const client = yield* connect(url)
  yield* client.until(({ type }) => type === "connection_ack")
  return client
})

export const ODDS = `subscription Odds($filter: OddsFilter, $after: Cursor, $conflateMs: Int! = 0, $snapshot: Boolean! = true) {
  oddsUpdated(filter: $filter, after: $after, conflateMs: $conflateMs, snapshot: $snapshot) {
    kind reason page lastPage cursor previousCursor serverTime durable removed
    events { id kickoff home away competition { id } }
    listings { id eventId state bookmaker { id } }
    offers { id eventId state changedAt outcomes { outcome milli state } }
    comparisons { id best { outcome price } }
    confirmations { listingId confirmedAt }
    bookmakers { id state }
  }
}`

export interface Odds {
  readonly kind: string
  readonly reason: string | null
  readonly page: number
  readonly lastPage: boolean
  readonly cursor: string
  readonly previousCursor: string | null
  readonly durable: boolean
  readonly removed: readonly string[]
  readonly events: readonly { id: string; kickoff: string; home: string; away: string; competition: { id: string } }[]
  readonly listings: readonly { id: string; eventId: string; state: string; bookmaker: { id: string } }[]
  readonly offers: readonly {
    id: string
    eventId: string
    changedAt: string
    outcomes: readonly { outcome: string; milli: number | null; state: string }[]
  }[]
  readonly comparisons: readonly {
    id: string
    best: readonly { outcome: string; price: string | null }[]
  }[]
  readonly confirmations: readonly { listingId: string; confirmedAt: string }[]
  readonly bookmakers: readonly { id: string; state: string }[]
}

export const oddsOf = (client: Client, id = "1"): readonly Odds[] =>
  client.received
    .filter((message) => message.type === "next" && message.id === id)
    .map(({ payload }) => {
      if (payload?.data === undefined || payload.data === null || payload.errors !== undefined)
        throw new Error(JSON.stringify(payload))
      return JSON.parse(JSON.stringify(payload.data["oddsUpdated"]))
    })

/** Waits until the subscription has reached a cursor. */
export const reached = (client: Client, cursor: string, id = "1") =>
  client.until(
    (message) =>
      message.type === "next" &&
      message.id === id &&
      oddsOf({ ...client, received: [message] }, id).some((odds) => odds.cursor >= cursor)
  )

export const subscribe = (client: Client, variables: object, id = "1", query = ODDS): void =>
  client.send({ id, type: "subscribe", payload: { query, variables } })

/** The state a client holds: the fold of the SDL's words, and its digest. */
export const foldOf = (messages: readonly Odds[]) => {
  const events = new Map<string, Odds["events"][number]>()
  const listings = new Map<string, Odds["listings"][number]>()
  const offers = new Map<string, Odds["offers"][number]>()
  const bookmakers = new Map<string, string>()
  const confirmed = new Map<string, string>()
  let mine: string | undefined
  const faults: string[] = []
  for (const message of messages) {
    if (message.kind === "SNAPSHOT" && message.page === 0) {
      for (const map of [events, listings, offers, bookmakers]) map.clear()
    } else if (mine !== undefined && message.previousCursor !== null) {
      if (message.cursor <= mine) continue
      if (message.previousCursor > mine) faults.push(`${message.kind}: ${message.previousCursor} <= ${mine}`)
    }
    mine = message.cursor
    for (const event of message.events) events.set(event.id, event)
    for (const listing of message.listings) listings.set(listing.id, listing)
    for (const offer of message.offers) offers.set(offer.id, offer)
    for (const { id, state } of message.bookmakers) bookmakers.set(id, state)
    for (const { listingId, confirmedAt } of message.confirmations) confirmed.set(listingId, confirmedAt)
    for (const id of message.removed) {
      events.delete(id)
      for (const map of [listings, offers]) for (const [key, { eventId }] of map) if (eventId === id) map.delete(key)
    }
  }
  const worse = (id: string, state: string): string => {
    const whole = bookmakers.get(id.split("/")[1] ?? "") ?? "CONFIRMED"
    return ORDER.indexOf(whole) > ORDER.indexOf(state) ? whole : state
  }
  const lines = [
    ...[...events.values()].map(
      ({ id, kickoff, home, away, competition }) => `E|${id}|${kickoff}|${home}|${away}|${competition.id}`
    ),
    ...[...bookmakers].map(([id, state]) => `B|${id}|${state}`),
    ...[...listings.values()].map(({ id, state }) => `L|${id}|${worse(id, state)}`),
    ...[...offers.values()].map(
      ({ id, changedAt, outcomes }) =>
        `O|${id}|${changedAt}|${outcomes.map(({ outcome, milli, state }) => `${outcome}:${milli ?? ""}:${worse(id, state)}`).join(";")}`
    )
  ].sort()
  return { mine, faults, confirmed, lines, digest: createHash("sha256").update(lines.join("\n")).digest("hex") }
}

const ORDER = ["CONFIRMED", "STALE", "SUSPENDED", "UNMAPPED", "WITHDRAWN", "NEVER_OFFERED"]
