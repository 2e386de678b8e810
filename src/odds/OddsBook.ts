/**
 * The book of one listing: the last known price and state of every market one bookmaker offers on one event.
 *
 * Immutable; prices and states lie in arrays of integers beside a shape that is shared for as long as it holds
 * (DESIGN §4), because a full board is over a million prices and an object for each is too heavy. They are plain arrays:
 * the bytes of typed ones lie outside the JavaScript heap, where nothing ever closes the holes between them.
 */
import type { Shape } from "../domain/Board.ts"
import type { BookmakerId } from "../domain/Bookmaker.ts"
import type { EventId, Phase } from "../domain/Event.ts"
import type { ListingState, OutcomeState } from "../domain/Record.ts"

/** The columns of a book: a shape and what lies beside it. */
export interface Columns {
  readonly shape: Shape
  /** Per outcome: its last open price and its state in one integer, as `outcomeOf` makes it. */
  readonly outcomes: readonly number[]
  /** Per outcome: the open price before that in thousandths, 0 = none. */
  readonly previous: readonly number[]
  /** Per market: when its state began. */
  readonly since: readonly number[]
  /** Per market: when its price or state last changed. */
  readonly changedAt: readonly number[]
}

/** `milli` in thousandths, 0 = never priced; `state` an index into `OUTCOME_STATES`. */
export const outcomeOf = (milli: number, state: number): number => (milli << 2) | state
export const milliOf = (outcome: number): number => outcome >> 2
export const stateOf = (outcome: number): number => outcome & 3

export interface OddsBook extends Columns {
  readonly eventId: EventId
  readonly bookmakerId: BookmakerId
  readonly phase: Phase
  /** The listing's own state, before its bookmaker is taken into account. */
  readonly listing: ListingState
  /** Last time seen again or changed; undefined before the first snapshot. */
  readonly confirmedAt: number | undefined
  readonly requestedAt: number | undefined
  readonly observedAt: number | undefined
  readonly publishedAt: number | undefined
}

/** The fourth state of an outcome; the first three are those of a board's outcomes (`domain/Board.ts`). */
export const WITHDRAWN = 3
export const OUTCOME_STATES: readonly OutcomeState[] = ["OPEN", "SUSPENDED", "UNREADABLE", "WITHDRAWN"]
