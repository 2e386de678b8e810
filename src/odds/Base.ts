/**
 * The port through which a base comes from Postgres when the journal has none: all that was known of the open events.
 *
 * `App` hands it in, because this room knows no database. It is asked once; live observations go on before it is
 * in, at once or, where a journal was set aside, after a while.
 */
import { Context, Effect } from "effect"
import type { BookmakerId } from "../domain/Bookmaker.ts"
import type { EventFacts, Phase } from "../domain/Event.ts"
import type { Standing } from "../domain/Freshness.ts"
import type { ListingState, MarketState } from "../domain/Record.ts"

export interface BaseListing {
  readonly bookmakerId: BookmakerId
  readonly phase: Phase
  readonly listing: ListingState
  readonly confirmedAt: number | undefined
  /** Each market once, in any order. */
  readonly markets: readonly MarketState[]
}

export interface BaseEvent {
  readonly facts: EventFacts
  readonly listings: readonly BaseListing[]
}

export interface BasePart {
  readonly events: readonly BaseEvent[]
  /** How bookmakers stood as a whole. */
  readonly bookmakers: ReadonlyMap<BookmakerId, Standing>
}

export interface Base {
  /** Whether one is waited for: there was a board before, or there may have been. */
  readonly isExpected: boolean
  /**
   * Hands the base over part by part; waits for the database as long as that takes, and ends at once on an empty one.
   * `told` ends once readers see all that was taken: until then nobody may say that the base is in.
   */
  readonly read: (take: (part: BasePart) => Effect.Effect<void>, told: Effect.Effect<void>) => Effect.Effect<void>
}

/** Nothing where nobody hands one in: these rooms also live without a database. */
export const Base = Context.Reference<Base>("oddswire/odds/Base", {
  defaultValue: () => ({ isExpected: false, read: () => Effect.void })
})
