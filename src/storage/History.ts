/**
 * Reads of what Postgres keeps: the history of markets, events that have left memory, and how far it has got.
 *
 * Every read fails with `StorageUnavailable` when Postgres cannot answer: never an empty list instead.
 */
import { Context } from "effect"
import type { Effect } from "effect"
import type { BookmakerId } from "../domain/Bookmaker.ts"
import type { EventFacts, EventId, Phase } from "../domain/Event.ts"
import type { Standing } from "../domain/Freshness.ts"
import type { ListingState, MarketState, Position, Record } from "../domain/Record.ts"
import type { RunPage } from "../domain/Run.ts"
import type { Disk, Space } from "./tables/Space.ts"
import type { Hold } from "./writing/Holding.ts"
import type { StorageUnavailable } from "../domain/StorageUnavailable.ts"

export interface HistoryQuery {
  readonly events: readonly EventId[] | undefined
  readonly competitions: readonly string[] | undefined
  readonly bookmakers: readonly BookmakerId[] | undefined
  /** Market keys; required. */
  readonly markets: readonly string[]
  readonly from: number
  readonly to: number
}

export interface HistoryRow extends Position {
  /** Place within the record. */
  readonly position: number
  readonly at: number
  readonly publishedAt: number | undefined
  readonly runId: string | undefined
  readonly eventId: EventId
  readonly bookmakerId: BookmakerId
  readonly phase: Phase
  readonly state: MarketState
}

export interface CheckSpan {
  readonly eventId: EventId
  readonly bookmakerId: BookmakerId
  readonly from: number
  readonly to: number
  readonly checks: number
}

/** How a bookmaker stood as a whole, from `at` until the next one of it. */
export interface BookmakerStanding {
  readonly bookmakerId: BookmakerId
  readonly at: number
  readonly standing: Standing
}

export interface HistoryPage {
  readonly rows: readonly HistoryRow[]
  readonly checks: readonly CheckSpan[]
  /** Those that held within the time of the page, ascending. */
  readonly standings: readonly BookmakerStanding[]
  readonly hasNextPage: boolean
}

/** An event as Postgres last knew it. */
export interface StoredEvent {
  readonly facts: EventFacts
  readonly listings: readonly {
    readonly bookmakerId: BookmakerId
    readonly phase: Phase
    readonly listing: ListingState
    readonly confirmedAt: number | undefined
    /** How its bookmaker stood as a whole, at an instant that was asked for. */
    readonly bookmaker?: Standing
    readonly markets: readonly MarketState[]
  }[]
}

export interface StorageStats {
  readonly reachable: boolean
  readonly since: number
  readonly lastError: string | undefined
  /** What the writer does not get done, whoever else is answered. */
  readonly held: Hold | undefined
  /** Everything up to here is stored. */
  readonly drained: Position
  readonly rowsWritten: number
  readonly deadLetters: number
  readonly partitions: number
  readonly bytes: number
  readonly space: Space
  /** Undefined = never, or not known. */
  readonly daysUntilFull: number | undefined
  /** The disk of an embedded server; undefined where nobody can tell. */
  readonly disk: Disk | undefined
}

/** A row that Postgres refused for what it is. */
export interface DeadLetter extends Position {
  /** They rise in the order in which rows were parked. */
  readonly id: number
  readonly record: Record
  readonly sqlstate: string
  readonly reason: string
  readonly firstSeen: number
  readonly tries: number
}

export interface Replayed {
  readonly replayed: number
  readonly stillParked: number
  /** Ids of those asked for under which nothing is parked. */
  readonly unknown: readonly string[]
}

export class History extends Context.Service<
  History,
  {
    /** Ascending (at, epoch, seq, position); `after` continues behind a row of the previous page. At most three statements. */
    readonly rows: (
      query: HistoryQuery,
      first: number,
      after: (Position & { readonly position: number }) | undefined
    ) => Effect.Effect<HistoryPage, StorageUnavailable>
    /** `asOf` folds history to that instant; undefined = the newest. Undefined answer = never seen. */
    readonly event: (
      id: EventId,
      asOf: number | undefined
    ) => Effect.Effect<StoredEvent | undefined, StorageUnavailable>
    /** Ascending ids, behind `after`. */
    readonly deadLetters: (first: number, after: number) => Effect.Effect<RunPage<DeadLetter>, StorageUnavailable>
    /** Puts dead letters back; `undefined` = all. */
    readonly replayDeadLetters: (ids: readonly string[] | undefined) => Effect.Effect<Replayed, StorageUnavailable>
    /** From memory: never fails and never waits. */
    readonly stats: Effect.Effect<StorageStats>
  }
>()("oddswire/storage/History") {}
