/**
 * The book of one listing: the last known price and state of every market one bookmaker offers on one event.
 *
 * Immutable; prices and states lie in typed arrays beside a shape that is shared for as long as it holds
 * (DESIGN §4), because a full board is over a million prices and an object for each is too heavy.
 */
import type { Shape } from "../domain/Board.ts"
import type { BookmakerId } from "../domain/Bookmaker.ts"
import type { EventId, Phase } from "../domain/Event.ts"
import type { ListingState, OutcomeState } from "../domain/Record.ts"

/** The columns of a book: a shape and what lies beside it. */
export interface Columns {
  readonly shape: Shape
  /** Per outcome: last open price in thousandths, 0 = never priced. */
  readonly milli: Int32Array
  /** Per outcome: the open price before that, 0 = none. */
  readonly previous: Int32Array
  /** Per outcome: index into `OUTCOME_STATES`. */
  readonly states: Uint8Array
  /** Per market: when its state began. */
  readonly since: Float64Array
  /** Per market: when its price or state last changed. */
  readonly changedAt: Float64Array
}

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

/** The fourth code of `Columns.states`; the first three are those of a board's outcomes (`domain/Board.ts`). */
export const WITHDRAWN = 3
export const OUTCOME_STATES: readonly OutcomeState[] = ["OPEN", "SUSPENDED", "UNREADABLE", "WITHDRAWN"]
