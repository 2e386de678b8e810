/**
 * The cache: an actor that holds every book, compares each snapshot with it and tells what changed.
 *
 * It keeps two values per listing. `head` is what the next snapshot is compared with; `published` is what
 * readers see, and moves only when the journal has committed. So what was seen is always on disk.
 */
import { Context } from "effect"
import type { Effect } from "effect"
import type { BookmakerId } from "../domain/Bookmaker.ts"
import type { EventFacts, EventId } from "../domain/Event.ts"
import type { Reason, Standing } from "../domain/Freshness.ts"
import type { Snapshot } from "../domain/Snapshot.ts"

export class OddsBooks extends Context.Service<OddsBooks, {
  /** New or changed facts of an event; an event has to be placed before its snapshots are observed. */
  readonly place: (facts: EventFacts) => Effect.Effect<void>
  /** Never waits for the diff: while the actor is busy a newer snapshot of the same listing replaces or overlays this one. */
  readonly observe: (snapshot: Snapshot) => Effect.Effect<void>
  /** The bookmaker no longer has this event (believed after three refusals in a row, which the caller counts). */
  readonly gone: (bookmakerId: BookmakerId, eventId: EventId, at: number) => Effect.Effect<void>
  /** Why a listing could not be refreshed: shown as the reason once it is overdue. */
  readonly missed: (bookmakerId: BookmakerId, eventId: EventId, reason: Reason) => Effect.Effect<void>
  /** A bookmaker as a whole became unreliable or returned. */
  readonly bookmaker: (bookmakerId: BookmakerId, standing: Standing, at: number) => Effect.Effect<void>
  /** Ends when all that was told before is durable in the journal; answers the seq that covers it. */
  readonly settled: Effect.Effect<number>
}>()("oddswire/odds/OddsBooks") {}
