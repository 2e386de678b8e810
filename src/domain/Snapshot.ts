/**
 * A snapshot: one bookmaker's offer on one event as fetched at one instant.
 *
 * It says what it covers (`scope`) and what in it could not be read, because only what is inside
 * the scope and readable may be confirmed or withdrawn by it.
 */
import { UNREADABLE } from "./Board.ts"
import type { Board } from "./Board.ts"
import type { BookmakerId } from "./Bookmaker.ts"
import type { EventId, ListedEvent, Phase } from "./Event.ts"
import type { MarketKey } from "./Market.ts"

/** FULL, or the keys of the market types that were asked for. */
export type Scope = "FULL" | ReadonlySet<string>

/** A market the bookmaker offers and the catalogue has no name for. */
export interface UnmappedMarket {
  readonly nativeId: string
  readonly name: string
  readonly outcomeCount: number
}

export interface Snapshot {
  readonly eventId: EventId
  readonly bookmakerId: BookmakerId
  readonly phase: Phase
  /** The event in the bookmaker's own words, as this payload gives it. */
  readonly listed: ListedEvent
  /** When the request left, our clock. */
  readonly requestedAt: number
  /** When the body was complete, our clock; never older than an earlier snapshot's of the same listing. */
  readonly observedAt: number
  /** When all of it was seen, where a newer part lies over it; absent where that is `observedAt`. */
  readonly wholeAt?: number
  /** The bookmaker's own stamp, where the payload has one. */
  readonly publishedAt: number | undefined
  readonly scope: Scope
  readonly board: Board
  /** Markets that were there and could not be read as a whole. */
  readonly rejected: ReadonlySet<MarketKey>
  /** True when something unreadable could not even be named: then nothing is withdrawn. */
  readonly unkeyedReject: boolean
  readonly unmapped: readonly UnmappedMarket[]
  /** Prices finer than a thousandth, which were rounded down. */
  readonly finerPrices: number
  readonly runId: string | undefined
  /** What of the payload could not be read, for whoever mends the reader; absent when all could. */
  readonly drift?: Drift
}

/** What a whole snapshot confirms, it confirms as of this instant. */
export const wholeAtOf = ({ observedAt, wholeAt }: Snapshot): number => wholeAt ?? observedAt

/** Where a payload stopped matching first, and the beginning of it. */
export interface Drift {
  readonly path: string
  readonly sample: string
}

/** Above this share of its parts a payload is no longer a good one with faults in it: its reader is broken. */
export const MOST_UNREAD = 0.2

/** True when too many of its markets, or of its prices, could not be read. */
export const isMangled = ({ board, rejected }: Pick<Snapshot, "board" | "rejected">): boolean => {
  const { shape, states } = board
  if (rejected.size > MOST_UNREAD * (rejected.size + shape.slots.length)) return true
  let unread = 0
  for (const state of states) if (state === UNREADABLE) unread++
  return unread > MOST_UNREAD * states.length
}
