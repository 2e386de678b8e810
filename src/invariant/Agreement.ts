/**
 * Whether the book and the history say the same of one market (DESIGN §2): pure, both sides told as text.
 *
 * A market is compared as the sentence that describes it, so what is found wrong is what an operator reads.
 */
import type { MarketState, Position } from "../domain/Record.ts"
import type { MarketPlace, StoredMarket, StoredSides } from "../storage/reading/StoredMarkets.ts"

export interface Difference {
  /** What disagrees with what. */
  readonly what: string
  readonly left: string
  readonly right: string
}

/** `event/bookmaker/market`: names a market in logs and incidents. */
export const nameOf = ({ eventId, bookmakerId, market }: MarketPlace): string =>
  `${eventId}/${bookmakerId}/${market.key}`

/**
 * `book` is what was published at `mark`, and Postgres had everything up to there when it was read. What it holds by
 * then of a later change is not compared with the book. A parked row counts like a stored one.
 */
export const differenceOf = (
  book: MarketState,
  mark: Position,
  { current, newest }: StoredSides,
  parked: StoredMarket | undefined
): Difference | undefined => {
  if (current !== undefined && newest !== undefined && !endsIn(newest, current)) {
    return { what: "the newest value and the end of its history", left: placed(current), right: placed(newest) }
  }
  const base = parked === undefined || (current !== undefined && isAfter(current, parked)) ? current : parked
  if (base !== undefined && isAfter(base, mark)) return undefined
  const [left, right] = [textOf(book), base === undefined ? "nothing" : textOf(base.state)]
  return left === right ? undefined : { what: "the book and the history", left, right }
}

/**
 * What is told again after a gap is the newest value and no change: then its history ends earlier, in the same prices
 * and states, and not with the same times.
 */
const endsIn = (newest: StoredMarket, current: StoredMarket): boolean =>
  isAfter(current, newest) ? valueOf(current.state) === valueOf(newest.state) : placed(current) === placed(newest)

const isAfter = (a: Position, b: Position): boolean => a.epoch > b.epoch || (a.epoch === b.epoch && a.seq > b.seq)

const placed = ({ epoch, seq, state }: StoredMarket): string => `${epoch}/${seq} ${textOf(state)}`

/** Reasons are left out: they are words for the state, and an older version may have chosen others. */
const textOf = ({ layout, milli, previous, states, state, since, changedAt }: MarketState): string =>
  [
    ...layout.outcomes.map((outcome, i) => `${outcome}=${milli[i]}<${previous[i]}:${states[i]}`),
    `${state} since ${instant(since)}, changed ${instant(changedAt)}`
  ].join(" ")

const valueOf = ({ layout, milli, states, state }: MarketState): string =>
  [...layout.outcomes.map((outcome, i) => `${outcome}=${milli[i]}:${states[i]}`), state].join(" ")

const instant = (ms: number): string => new Date(ms).toISOString()
