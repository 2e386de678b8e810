/**
 * `oddswire/client/testing`: a client that plays a script instead of talking to a server, for tests of pages.
 *
 * It is the real client over a scripted link: what folds, resumes and reports its standing is what runs in
 * production. A message of the script says only what matters; cursors, times and the rest are filled in.
 */
import type { OddsMessage } from "./Board.ts"
import { clientOver } from "./Client.ts"
import type { OddswireClient } from "./Client.ts"
import { makeConnection } from "./Connection.ts"
import type { RunProgress } from "./generated.ts"
import type { Link, LinkEvents, Sink } from "./Link.ts"
import { makeManualPlace } from "./ManualPlace.ts"

export type ScriptedMessage = Partial<OddsMessage> & Pick<OddsMessage, "kind">

export interface Script {
  /** Begins with a SNAPSHOT. */
  readonly odds?: readonly ScriptedMessage[]
  readonly progress?: readonly RunProgress[]
}

export interface Replay {
  readonly client: OddswireClient
  /** Sends the next messages of the odds, by default all that are left. */
  readonly play: (count?: number) => void
  /** Sends the next message about a run. */
  readonly playProgress: () => void
  /** Breaks the connection; `advance` lets the client come back, and goes on where it stood. */
  readonly drop: (code?: number, reason?: string) => void
  /** Moves the client's time. */
  readonly advance: (ms: number) => void
}

export const replay = ({ odds = [], progress = [] }: Script): Replay => {
  const place = makeManualPlace()
  const messages = filled(odds)
  const runs = [...progress]
  const open = new Set<Subscriber>()
  let events: LinkEvents | undefined
  let sent = 0

  const link: Link = {
    ping: () => events?.heard(),
    cut: () => end(4499, "Cut by the client"),
    subscribe: ({ query, variables }, sink) => {
      const subscriber: Subscriber = { sink, field: fieldOf(query) }
      open.add(subscriber)
      if (subscriber.field === "oddsUpdated") welcome(sink, variables["after"])
      if (subscriber.field === "cacheDigest")
        sink.failed({ message: "A script has no digest", code: "NONE", retryable: false })
      return () => open.delete(subscriber)
    }
  }
  const welcome = (sink: Sink, after: unknown): void => {
    const held = messages.findIndex(({ cursor }) => cursor === after)
    const message = messages[held]
    const lastPage = held + 1 >= sent
    if (message !== undefined)
      sink.next({ oddsUpdated: { ...message, ...NOTHING, kind: "RESUMED", lastPage, previousCursor: null } })
    for (const missed of messages.slice(held + 1, sent)) sink.next({ oddsUpdated: missed })
  }
  const tell = (field: Field, data: unknown): void => {
    const told = Array.from(open).filter((subscriber) => subscriber.field === field)
    for (const { sink } of told) sink.next(data)
    events?.heard()
  }
  const end = (code: number, reason: string): void => {
    open.clear()
    const ended = events
    events = undefined
    ended?.ended({ code, reason })
  }
  const connection = makeConnection((next) => {
    events = next
    place.after(0, () => {
      if (events === next) next.opened({ version: "script", world: "script", role: "viewer", serverTime: timeOf(sent) })
    })
    return link
  }, place)

  return {
    client: clientOver(connection, place),
    drop: (code = 1006, reason = "") => end(code, reason),
    advance: place.advance,
    play: (count = messages.length) => {
      place.advance(0)
      for (const message of messages.slice(sent, sent + count)) {
        sent += 1
        tell("oddsUpdated", { oddsUpdated: message })
      }
    },
    playProgress: () => {
      place.advance(0)
      const next = runs.shift()
      if (next !== undefined) tell("scrapeProgress", { scrapeProgress: next })
    }
  }
}

type Field = "oddsUpdated" | "scrapeProgress" | "cacheDigest"

interface Subscriber {
  readonly sink: Sink
  readonly field: Field
}

const fieldOf = (query: string): Field =>
  query.includes("oddsUpdated(") ? "oddsUpdated" : query.includes("scrapeProgress(") ? "scrapeProgress" : "cacheDigest"

const NOTHING = {
  reason: null,
  page: 0,
  lastPage: true,
  durable: true,
  events: [],
  listings: [],
  offers: [],
  comparisons: [],
  confirmations: [],
  bookmakers: [],
  removed: []
} satisfies Partial<OddsMessage>

const filled = (script: readonly ScriptedMessage[]): readonly OddsMessage[] =>
  script.map((message, i) => ({
    ...NOTHING,
    ...(message.kind === "SNAPSHOT" && { reason: "FIRST" }),
    cursor: cursorOf(i),
    previousCursor: i === 0 ? null : (script[i - 1]?.cursor ?? cursorOf(i - 1)),
    serverTime: timeOf(i),
    ...message
  }))

/** Of one width, so that they compare as the server's do. */
const cursorOf = (i: number): string => String(i + 1).padStart(6, "0")

const timeOf = (seconds: number): string => new Date(Date.UTC(2026, 0, 1) + seconds * 1_000).toISOString()
