/**
 * Matching: gives a bookmaker's event its identity and decides whose word counts for its facts.
 *
 * Identity is the Sportradar id, never a name. What it cannot place is parked, newest first, and counted.
 */
import { Context } from "effect"
import type { Effect } from "effect"
import type { BookmakerId } from "../domain/Bookmaker.ts"
import type { EventFacts, EventId, ListedEvent } from "../domain/Event.ts"
import type { Reason, Standing } from "../domain/Freshness.ts"
import type { Snapshot } from "../domain/Snapshot.ts"

/** An event with every bookmaker that lists it. */
export interface Placed {
  readonly facts: EventFacts
  /** Each bookmaker's own event id. */
  readonly listedAt: ReadonlyMap<BookmakerId, string>
}

export interface Parked {
  readonly bookmakerId: BookmakerId
  readonly listed: ListedEvent
  readonly why: string
  readonly at: number
}

export class Matcher extends Context.Service<Matcher, {
  /** Takes events as one bookmaker lists them; answers those that have an identity, as now known. */
  readonly place: (
    bookmakerId: BookmakerId, listed: readonly ListedEvent[], at: number
  ) => Effect.Effect<readonly Placed[]>
  /** Hands a snapshot on to the books, its event placed first. */
  readonly observe: (snapshot: Snapshot) => Effect.Effect<void>
  readonly gone: (bookmakerId: BookmakerId, eventId: EventId, at: number) => Effect.Effect<void>
  readonly missed: (bookmakerId: BookmakerId, eventId: EventId, reason: Reason) => Effect.Effect<void>
  readonly bookmaker: (bookmakerId: BookmakerId, standing: Standing, at: number) => Effect.Effect<void>
  /** Everything known and not yet evicted, also after a restart. */
  readonly known: Effect.Effect<readonly Placed[]>
  readonly parked: Effect.Effect<readonly Parked[]>
  /** Ends when all that was handed on before is durable; answers the covering seq. */
  readonly settled: Effect.Effect<number>
}>()("oddswire/matching/Matcher") {}
