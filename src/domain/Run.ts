/**
 * A run: discover, plan, fetch; started by schedule or by request, watched to its end.
 *
 * `RunStore` is the port through which `scraping` keeps runs; `storage` implements it and `App` joins them.
 */
import { Context } from "effect"
import type { Effect } from "effect"
import type { BookmakerId } from "./Bookmaker.ts"
import type { EventId } from "./Event.ts"
import type { ReasonCode } from "./Freshness.ts"
import type { StorageUnavailable } from "./StorageUnavailable.ts"

export type RunPhase =
  | "INITIALIZING"
  | "DISCOVERING"
  | "SCRAPING"
  | "STORING"
  | "COMPLETED"
  | "PARTIAL"
  | "FAILED"
  | "CANCELLED"
export type RunTrigger = "SCHEDULE" | "MANUAL" | "RETRY" | "CADENCE"

export const isOver = (phase: RunPhase): boolean =>
  phase === "COMPLETED" || phase === "PARTIAL" || phase === "FAILED" || phase === "CANCELLED"

/** What to fetch; fields ANDed, `undefined` = any. */
export interface RunRequest {
  readonly bookmakers: readonly BookmakerId[] | undefined
  readonly competitions: readonly string[] | undefined
  readonly events: readonly EventId[] | undefined
}

export interface RunFailure {
  /** `<runId>/<n>`, n from 1 in order of occurrence. */
  readonly id: string
  readonly bookmakerId: BookmakerId
  /** Undefined when a list, not an event, failed. */
  readonly eventId: EventId | undefined
  readonly class: ReasonCode
  readonly message: string
  readonly durationMs: number
  readonly at: number
}

/** Counts of one bookmaker in one run. */
export interface RunCounts {
  readonly bookmakerId: BookmakerId
  readonly discovered: number
  readonly planned: number
  readonly fetched: number
  readonly failed: number
  readonly gone: number
}

/** One stage of a run; milliseconds. */
export interface StageTiming {
  readonly stage: string
  readonly bookmakerId: BookmakerId | undefined
  readonly count: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly total: number
}

export interface Run {
  /** Sorts by start time. */
  readonly id: string
  readonly trigger: RunTrigger
  readonly request: RunRequest
  readonly phase: RunPhase
  readonly startedAt: number
  readonly endedAt: number | undefined
  /** Items (event × bookmaker) done, failed included. */
  readonly current: number
  readonly total: number
  readonly eventsCount: number
  /** A sentence for a person. */
  readonly message: string
  /** When this state was reached. */
  readonly at: number
  readonly counts: readonly RunCounts[]
  readonly timings: readonly StageTiming[]
  /** The journal's seq up to which everything this run saw is durable; undefined until then. */
  readonly durableSeq: number | undefined
  readonly failureCount: number
}

export interface RunPage<A> {
  readonly nodes: readonly A[]
  readonly hasNextPage: boolean
  readonly totalCount: number
}

export class RunStore extends Context.Service<
  RunStore,
  {
    /** Keeps the newest state of a run and its new failures; never blocks and never fails: held until the store is back. */
    readonly save: (run: Run, failures: readonly RunFailure[]) => Effect.Effect<void>
    /** Newest first; `after` is a run id. */
    readonly list: (
      triggers: readonly RunTrigger[],
      first: number,
      after: string | undefined
    ) => Effect.Effect<RunPage<Run>, StorageUnavailable>
    readonly get: (id: string) => Effect.Effect<Run | undefined, StorageUnavailable>
    readonly failures: (
      runId: string,
      first: number,
      after: string | undefined
    ) => Effect.Effect<RunPage<RunFailure>, StorageUnavailable>
  }
>()("oddswire/domain/RunStore") {}
