/**
 * Whether the book and the history say the same of one thing (DESIGN §2): pure, both sides told as text.
 *
 * A value is compared as the sentence that describes it, so what is found wrong is what an operator reads.
 */
import type { Standing } from "../domain/Freshness.ts"
import type { ListingState, MarketState, Position } from "../domain/Record.ts"
import type { EventValue, Stored, StoredSides } from "../storage/reading/StoredFacts.ts"

export interface Difference {
  /** What disagrees with what. */
  readonly what: string
  readonly left: string
  readonly right: string
}

/** How a value of one kind is told. */
export interface Words<A> {
  readonly whole: (state: A) => string
  /** Without its times. */
  readonly value: (state: A) => string
}

/**
 * `book` is what was published at `mark`, and Postgres had everything up to there when it was read. What it holds by
 * then of a later change is not compared with the book. A parked row counts like a stored one.
 */
export const differenceOf = <A>(
  words: Words<A>,
  book: A,
  mark: Position,
  { current, newest }: StoredSides<A>,
  parked: Stored<A> | undefined
): Difference | undefined => {
  if (current !== undefined && newest !== undefined && !endsIn(words, newest, current)) {
    const [left, right] = [placed(words, current), placed(words, newest)]
    return { what: "the newest value and the end of its history", left, right }
  }
  const base = parked === undefined || (current !== undefined && isAfter(current, parked)) ? current : parked
  if (base !== undefined && isAfter(base, mark)) return undefined
  const [left, right] = [words.whole(book), base === undefined ? "nothing" : words.whole(base.state)]
  return left === right ? undefined : { what: "the book and the history", left, right }
}

/**
 * What is told again after a gap is the newest value and no change: then its history ends earlier, in the same prices
 * and states, and not with the same times.
 */
const endsIn = <A>(words: Words<A>, newest: Stored<A>, current: Stored<A>): boolean =>
  isAfter(current, newest)
    ? words.value(current.state) === words.value(newest.state)
    : placed(words, current) === placed(words, newest)

const isAfter = (a: Position, b: Position): boolean => a.epoch > b.epoch || (a.epoch === b.epoch && a.seq > b.seq)

const placed = <A>(words: Words<A>, { epoch, seq, state }: Stored<A>): string => `${epoch}/${seq} ${words.whole(state)}`

const instant = (ms: number): string => new Date(ms).toISOString()

/** Reasons are left out: they are words for the state, and an older version may have chosen others. */
export const MARKET: Words<MarketState> = {
  whole: ({ layout, milli, previous, states, state, since, changedAt }) =>
    [
      ...layout.outcomes.map((outcome, i) => `${outcome}=${milli[i]}<${previous[i]}:${states[i]}`),
      `${state} since ${instant(since)}, changed ${instant(changedAt)}`
    ].join(" "),
  value: ({ layout, milli, states, state }) =>
    [...layout.outcomes.map((outcome, i) => `${outcome}=${milli[i]}:${states[i]}`), state].join(" ")
}

export const EVENT: Words<EventValue> = {
  whole: (event) => EVENT.value(event),
  value: ({ away, closed, competitionId, home, kickoff }) =>
    `${home} - ${away} in ${competitionId} at ${instant(kickoff)}, ${closed ? "closed" : "open"}`
}

/** The bookmaker's own id of the competition is kept with the competition. */
export const LISTING: Words<ListingState> = {
  whole: (listing) => `${LISTING.value(listing)} since ${instant(listing.since)}`,
  value: ({ bookmakerEventId, mappedCount, reason, state, unmapped }) =>
    `${bookmakerEventId} with ${mappedCount} markets and ${unmapped.length} unmapped, ${standing(state, reason)}`
}

/** Without since when: that moves in memory when the clock is set, and where nothing was told it is the start. */
export const BOOKMAKER: Words<Standing> = {
  whole: (bookmaker) => BOOKMAKER.value(bookmaker),
  value: ({ reason, state }) => standing(state, reason)
}

const standing = (state: string, reason: Standing["reason"]): string =>
  reason === undefined ? state : `${state} (${reason.code})`
