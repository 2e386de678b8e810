/**
 * A GraphQL client written from the SDL and the graphql-transport-ws protocol only: it shares no code with `src`.
 *
 * Plain promises, because it stands for somebody else's program.
 */
import { createHash } from "node:crypto"

export interface Address {
  /** `http://127.0.0.1:4000/graphql` */
  readonly http: string
}

type Json = { readonly [key: string]: unknown }

/** `A` is what the query asks for; the answer is taken as it comes, as such programs do. */
export const post = async <A>(address: Address, query: string, variables: Json = {}): Promise<A> => {
  const response = await fetch(address.http, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query, variables })
  })
  const text = await response.text()
  const body: { data?: A; errors?: readonly unknown[] } = JSON.parse(text)
  if (body.errors !== undefined || body.data === undefined) throw new Error(`${address.http}: ${text.slice(0, 500)}`)
  return body.data
}

export interface Subscription<A> {
  /** Everything received so far. */
  readonly received: readonly A[]
  /** Ends when a message for which `wanted` holds has arrived (also one that already has). */
  readonly until: (wanted: (data: A) => boolean) => Promise<A>
  readonly completed: Promise<void>
  readonly close: () => void
}

/** `hear` gets each message as it arrives, before anybody who waits for it. */
export const subscribe = <A>(
  address: Address,
  query: string,
  variables: Json = {},
  hear: (data: A) => void = () => {}
): Subscription<A> => {
  const received: A[] = []
  const waiting = new Set<{
    wanted: (data: A) => boolean
    resolve: (data: A) => void
    reject: (cause: unknown) => void
  }>()
  const { close, completed } = listen<A>(address, query, variables, (data) => {
    received.push(data)
    hear(data)
    for (const one of waiting) {
      if (!one.wanted(data)) continue
      waiting.delete(one)
      one.resolve(data)
    }
  })
  completed.catch((cause: unknown) => {
    for (const one of waiting) one.reject(cause)
    waiting.clear()
  })
  return {
    received,
    completed,
    close,
    until: (wanted) => {
      const already = received.find(wanted)
      if (already !== undefined) return Promise.resolve(already)
      return new Promise((resolve, reject) => waiting.add({ wanted, resolve, reject }))
    }
  }
}

/** The connection ended before the subscription was complete. */
export class Closed extends Error {
  readonly code: number
  constructor(code: number, reason: string) {
    super(`closed ${code} ${reason}`)
    this.code = code
  }
}

/** Keeps nothing: for those that listen for an hour. */
export const listen = <A>(
  address: Address,
  query: string,
  variables: Json,
  hear: (data: A) => void
): Pick<Subscription<A>, "completed" | "close"> => {
  const socket = new WebSocket(address.http.replace(/^http/, "ws"), "graphql-transport-ws")
  const { promise: completed, reject: fail, resolve: end } = Promise.withResolvers<void>()
  completed.catch(() => {})
  socket.onopen = () => socket.send(JSON.stringify({ type: "connection_init" }))
  socket.onclose = (event) => fail(new Closed(event.code, event.reason))
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(String(data))
    switch (message.type) {
      case "connection_ack":
        return socket.send(JSON.stringify({ id: "1", type: "subscribe", payload: { query, variables } }))
      case "ping":
        return socket.send(JSON.stringify({ type: "pong" }))
      case "next":
        if (message.payload.errors !== undefined) return fail(new Error(JSON.stringify(message.payload.errors)))
        return hear(message.payload.data)
      case "error":
        return fail(new Error(JSON.stringify(message.payload)))
      case "complete":
        return end()
    }
  }
  return { completed, close: () => socket.close(1000) }
}

/** What the digest needs of every message, in the words of the SDL. */
export const ODDS_FIELDS = `
  kind reason page lastPage cursor previousCursor durable
  events { id home away kickoff competition { id } }
  listings { id state }
  offers { id changedAt outcomes { outcome milli state } }
  bookmakers { id state }
  removed`

export interface OddsMessage {
  readonly kind: string
  readonly reason: string | null
  readonly page: number
  readonly lastPage: boolean
  readonly cursor: string
  readonly previousCursor: string | null
  readonly durable: boolean
  readonly events: readonly { id: string; home: string; away: string; kickoff: string; competition: { id: string } }[]
  readonly listings: readonly { id: string; state: string }[]
  readonly offers: readonly {
    id: string
    changedAt: string | null
    outcomes: readonly { outcome: string; milli: number | null; state: string }[]
  }[]
  readonly bookmakers: readonly { id: string; state: string }[]
  readonly removed: readonly string[]
}

/** Best first, as the SDL orders them for the digest. */
const STATES = ["CONFIRMED", "STALE", "SUSPENDED", "UNMAPPED", "WITHDRAWN", "NEVER_OFFERED"]

const worse = (a: string, b: string): string => (STATES.indexOf(b) > STATES.indexOf(a) ? b : a)

type Offer = OddsMessage["offers"][number]

/** The fold of the contract: the first page of a snapshot clears, then upsert by id, then delete what was removed. */
export const makeFold = () => {
  const events = new Map<string, OddsMessage["events"][number]>()
  const listings = new Map<string, string>()
  const offers = new Map<string, Offer>()
  const bookmakers = new Map<string, string>()
  const all = [events, listings, offers]
  let cursor: string | undefined
  let breaks = 0
  const stateAt = (id: string): string => bookmakers.get(id.split("/")[1] ?? "") ?? "CONFIRMED"
  const offerLine = ({ id, changedAt, outcomes }: Offer): string => {
    const prices = outcomes.map(({ outcome, milli, state }) => `${outcome}:${milli ?? ""}:${worse(state, stateAt(id))}`)
    return `O|${id}|${changedAt ?? ""}|${prices.join(";")}`
  }
  return {
    cursor: () => cursor,
    /** How often a message neither followed on what is held nor was a snapshot: must stay 0. */
    breaks: () => breaks,
    apply: (message: OddsMessage): void => {
      if (message.kind === "SNAPSHOT") {
        if (message.page === 0) for (const map of [...all, bookmakers]) map.clear()
      } else if (message.previousCursor !== null && cursor !== undefined) {
        if (message.cursor <= cursor) return
        if (message.previousCursor > cursor) breaks++
      }
      for (const event of message.events) events.set(event.id, event)
      for (const { id, state } of message.bookmakers) bookmakers.set(id, state)
      for (const { id, state } of message.listings) listings.set(id, state)
      for (const offer of message.offers) offers.set(offer.id, offer)
      for (const id of message.removed) {
        for (const map of all) {
          for (const key of map.keys()) if (key === id || key.startsWith(`${id}/`)) map.delete(key)
        }
      }
      cursor = message.cursor
    },
    digest: (): string => {
      const lines = [
        ...[...events.values()].map(
          ({ id, kickoff, home, away, competition }) => `E|${id}|${kickoff}|${home}|${away}|${competition.id}`
        ),
        ...[...bookmakers].map(([id, state]) => `B|${id}|${state}`),
        ...[...listings].map(([id, state]) => `L|${id}|${worse(state, stateAt(id))}`),
        ...[...offers.values()].map(offerLine)
      ]
      return createHash("sha256").update(lines.sort().join("\n")).digest("hex")
    },
    size: () => ({ events: events.size, listings: listings.size, offers: offers.size })
  }
}
