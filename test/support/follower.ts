/**
 * A strict subscriber: it comes back after every cut with its cursor, holds the server to the contract of the stream,
 * and remembers each offer it was shown, to be looked for in the history.
 *
 * It goes by the SDL alone but for one thing: that the place of a record can be read from a cursor, since the judge
 * has to find the very record.
 */
import { setTimeout as pause } from "node:timers/promises"
import { Closed, listen, makeFold, ODDS_FIELDS } from "./client.ts"
import type { Address, OddsMessage } from "./client.ts"
import type { StoredRow } from "./stored.ts"

export interface Follower {
  readonly filter: Filter
  /** Offers shown as durable. */
  readonly seen: readonly SeenOffer[]
  /** What the contract of the stream forbids, a sentence each. */
  readonly breaches: readonly string[]
  /** Connections that have heard something. */
  readonly greeted: () => number
  /** How often it came back and had missed nothing. */
  readonly resumed: () => number
  /** Reasons of snapshots after the first one. */
  readonly snapshots: readonly string[]
  /** How connections that had heard something ended, by close code. */
  readonly closes: ReadonlyMap<number, number>
  /** From our clock at the newest snapshot told in a delta to its arrival, ms, with when it arrived. */
  readonly delays: readonly { readonly at: number; readonly ms: number }[]
  readonly cursor: () => string | undefined
  readonly digest: () => string
  readonly close: () => Promise<void>
}

/** An `OddsFilter`; `{}` = all. */
export type Filter = { readonly [name: string]: unknown }

export interface SeenOffer {
  /** `68995116/bet9ja-ng/over_under_ft@2.5` */
  readonly id: string
  readonly changedAt: number
  readonly prices: string
  /** It was told by a record that is not behind this one. */
  readonly upTo: Place
}

interface Place {
  readonly epoch: number
  readonly seq: number
}

/** Follows the odds of a filter wherever `api` leads, until it is closed. */
export const follow = (api: Address, filter: Filter = {}): Follower => {
  const fold = makeFold()
  const seen: SeenOffer[] = []
  const breaches: string[] = []
  const snapshots: string[] = []
  const closes = new Map<number, number>()
  const delays: { readonly at: number; readonly ms: number }[] = []
  const changes = new Map<string, string>()
  /** When offers that were shown as not durable had changed. */
  const untold = new Map<string, string | null>()
  let greeted = 0
  let resumed = 0
  let isFirst = true
  let isOver = false
  let connection: ReturnType<typeof listen> | undefined

  const hear = ({ oddsUpdated: message }: { readonly oddsUpdated: OddsMessage }): void => {
    const mine = fold.cursor()
    if (isFirst) greet(message, mine)
    isFirst = false
    const breaks = fold.breaks()
    fold.apply(message)
    if (fold.breaks() > breaks) breaches.push(`${message.kind} ${message.cursor} does not follow on ${mine}`)
    if (message.durable) remember(message)
    else for (const { id, changedAt } of message.offers) untold.set(id, changedAt)
    if (message.kind === "DELTA") note(message)
    else for (const { id, changedAt } of message.offers) if (changedAt !== null) changes.set(id, changedAt)
  }

  const greet = ({ kind, page, reason, cursor }: OddsMessage, mine: string | undefined): void => {
    greeted++
    if (kind === "RESUMED" && mine !== undefined) {
      resumed++
      if (cursor !== mine) breaches.push(`resumed at ${cursor} instead of ${mine}`)
    } else if (kind !== "SNAPSHOT" || page !== 0) breaches.push(`the first message is ${kind} ${page}`)
    else if (mine !== undefined) snapshots.push(reason ?? "no reason")
  }

  const remember = ({ kind, offers, cursor }: OddsMessage): void => {
    const upTo = placeOf(cursor)
    for (const { id, changedAt, outcomes } of offers) {
      if (changedAt === null) continue
      // A listing that changes as a whole tells its old offers once more, and what of them was on no disk still is on none.
      if (kind !== "SNAPSHOT" && untold.get(id) === changedAt) continue
      untold.delete(id)
      const prices = outcomes.map(({ outcome, milli }) => `${outcome}:${milli ?? 0}`).sort()
      seen.push({ id, changedAt: Date.parse(changedAt), prices: prices.join(" "), upTo })
    }
  }

  /** A listing that changes as a whole tells its old offers once more: only what is new is timed. */
  const note = ({ offers }: OddsMessage): void => {
    const at = Date.now()
    const fresh = offers.flatMap(({ id, changedAt }) => {
      const isNew = changedAt !== null && changes.get(id) !== changedAt
      if (isNew) changes.set(id, changedAt)
      return isNew ? [Date.parse(changedAt)] : []
    })
    if (fresh.length > 0) delays.push({ at, ms: at - Math.max(...fresh) })
  }

  const loop = async (): Promise<void> => {
    while (!isOver) {
      isFirst = true
      connection = listen(api, QUERY, { after: fold.cursor() ?? null, filter }, hear)
      await connection.completed.catch((error: unknown) => {
        if (!(error instanceof Closed)) breaches.push(String(error))
        else if (!isFirst) closes.set(error.code, (closes.get(error.code) ?? 0) + 1)
      })
      connection.close()
      if (!isOver) await pause(COMES_BACK_AFTER_MS)
    }
  }
  const ended = loop()
  return {
    filter,
    seen,
    breaches,
    snapshots,
    closes,
    delays,
    greeted: () => greeted,
    resumed: () => resumed,
    cursor: fold.cursor,
    digest: fold.digest,
    close: async () => {
      isOver = true
      connection?.close()
      await ended
    }
  }
}

const COMES_BACK_AFTER_MS = 100
const QUERY = `subscription ($filter: OddsFilter, $after: Cursor) { oddsUpdated(filter: $filter, after: $after) { ${ODDS_FIELDS} } }`

const placeOf = (cursor: string): Place => ({
  epoch: parseInt(cursor.slice(0, 9), 36),
  seq: parseInt(cursor.slice(9, 20), 36)
})

/** What was shown and is not in the history, by listing, market, instant, prices and place. */
export const lostOf = (seen: readonly SeenOffer[], rows: readonly StoredRow[]): readonly string[] => {
  const stored = new Map<string, Place>()
  for (const { event, bookmaker, market, at, prices, epoch, seq } of rows) {
    stored.set(`${event}/${bookmaker}/${market} ${at} ${unlettered(prices)}`, { epoch: Number(epoch), seq })
  }
  return seen.flatMap(({ id, changedAt, prices, upTo }) => {
    const text = `${id} ${changedAt} ${prices}`
    const place = stored.get(text)
    if (place === undefined) return [text]
    return isAtMost(place, upTo)
      ? []
      : [`${text} was told by ${upTo.epoch}/${upTo.seq} and is stored at ${place.epoch}/${place.seq}`]
  })
}

const isAtMost = (one: Place, other: Place): boolean =>
  one.epoch < other.epoch || (one.epoch === other.epoch && one.seq <= other.seq)

const unlettered = (prices: string): string => prices.replaceAll(/:\w(?= |$)/g, "")
