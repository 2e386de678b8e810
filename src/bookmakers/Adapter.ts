/**
 * What the house asks of a bookmaker: its list of events, one event's odds, and the main markets of many where it can tell.
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

/** A page of a list as far as it tells the odds that were asked for. */
export interface MainMarketsPage {
  /** Partial ones, of `types` only. */
  readonly snapshots: readonly Snapshot[]
  /** What of the page could not be read. */
  readonly failures: readonly FetchError[]
}

/** The main markets of many events in one request, from a list that shows them beside the events. */
export interface MainMarkets {
  /** Keys of the market types that are asked for: the scope of the snapshots. */
  readonly types: ReadonlySet<string>
  /**
   * Names the request that should tell of a listing; undefined where none is known to. `place` is the listing's among all
   * that this bookmaker is known to list, by kickoff, from 0; a list that has moved since costs a request and nothing else.
   */
  readonly pageOf: (place: number, competitionId: string | undefined) => string | undefined
  /**
   * A partial snapshot of each target that the page holds. One that it does not hold gives none, and neither does one
   * without any of the markets: what a list leaves out proves nothing.
   */
  readonly fetch: (
    page: string,
    targets: readonly Target[],
    gate: Gate,
    runId: string | undefined
  ) => Effect.Effect<MainMarketsPage, FetchError>
}

export interface Adapter {
  readonly bookmaker: Bookmaker
  /** All upcoming football events, page by page as they arrive; fails only when the list as a whole cannot be had. */
  readonly discover: (gate: Gate) => Stream.Stream<DiscoveredPage, FetchError>
  /** Every market of one event, prematch. `runId` is passed on into the snapshot. */
  readonly fetch: (target: Target, gate: Gate, runId: string | undefined) => Effect.Effect<Snapshot, FetchError>
  /** Absent where no list tells odds. */
  readonly mainMarkets?: MainMarkets
}
