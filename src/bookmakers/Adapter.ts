/**
 * What the house asks of a bookmaker: its list of events and one event's odds.
 *
 * An adapter knows the wire and nothing of pace: every request it makes goes through the gate it is
 * handed, where `scraping` keeps rates, breakers and retries. So one policy holds for all bookmakers.
 */
import type { Effect, Stream } from "effect"
import type { Bookmaker } from "../domain/Bookmaker.ts"
import type { EventId, ListedEvent } from "../domain/Event.ts"
import type { Snapshot } from "../domain/Snapshot.ts"
import type { Endpoint, FetchError } from "./FetchError.ts"

/** Runs one request of an endpoint when it may be sent; may repeat it after a passing fault. */
export type Gate = <A>(endpoint: Endpoint, request: Effect.Effect<A, FetchError>) => Effect.Effect<A, FetchError>

/** One page of a bookmaker's list. A page that failed says so beside the others; the rest of the list goes on. */
export interface DiscoveredPage {
  readonly events: readonly ListedEvent[]
  readonly failures: readonly { readonly what: string; readonly error: FetchError }[]
}

/** What to fetch. `eventId` is the identity matching gave it; the payload must agree or it is Unreadable. */
export interface Target {
  readonly bookmakerEventId: string
  readonly eventId: EventId
}

export interface Adapter {
  readonly bookmaker: Bookmaker
  /** All upcoming football events, page by page as they arrive; fails only when the list as a whole cannot be had. */
  readonly discover: (gate: Gate) => Stream.Stream<DiscoveredPage, FetchError>
  /** Every market of one event, prematch. `runId` is passed on into the snapshot. */
  readonly fetch: (target: Target, gate: Gate, runId: string | undefined) => Effect.Effect<Snapshot, FetchError>
}
