/**
 * The door of the scraper: start, watch and cancel runs.
 *
 * Every run goes through the same pipeline, whoever asked for it; asking for what is already being fetched joins it.
 */
import { Context } from "effect"
import type { Effect, Option, Stream } from "effect"
import type { BookmakerId } from "../domain/Bookmaker.ts"
import type { Run, RunFailure, RunRequest, RunTrigger } from "../domain/Run.ts"

/** A request that cannot be served: which field, which value, what next. */
export interface RequestFault {
  readonly code: "BAD_INPUT" | "NOT_FOUND" | "CONFLICT" | "ALREADY_FINISHED" | "DISABLED"
  readonly message: string
  readonly path: readonly string[]
  readonly value: string | undefined
}

export type Started =
  | { readonly _tag: "Started"; readonly run: Run; readonly joined: boolean }
  | { readonly _tag: "Refused"; readonly faults: readonly RequestFault[] }

export interface BookmakerWork {
  readonly bookmakerId: BookmakerId
  /** Requests under way, and the limit in force after any slowing down. */
  readonly active: number
  readonly limit: number
  /** Per endpoint: CLOSED, OPEN (until), or HALF_OPEN. */
  readonly breakers: readonly { readonly endpoint: string; readonly state: "CLOSED" | "OPEN" | "HALF_OPEN"; readonly until: number | undefined }[]
  readonly lastSuccessAt: number | undefined
}

export class Scraping extends Context.Service<Scraping, {
  readonly start: (request: RunRequest, idempotencyKey: string | undefined) => Effect.Effect<Started>
  /** A new run with the failed items of an old one only. */
  readonly retryFailed: (runId: string, idempotencyKey: string | undefined) => Effect.Effect<Started>
  readonly cancel: (runId: string) => Effect.Effect<Started>
  /** Runs this process holds in memory (the last 50 and all that are under way); older ones are in the RunStore. */
  readonly run: (runId: string) => Effect.Effect<Option.Option<Run>>
  readonly recent: (triggers: readonly RunTrigger[]) => Effect.Effect<readonly Run[]>
  readonly failures: (runId: string) => Effect.Effect<Option.Option<readonly RunFailure[]>>
  /** Progress of one run from where it stands now to its end, at most ten a second; a run already over: one element. */
  readonly watch: (runId: string) => Stream.Stream<Run>
  /** Progress of every run of these triggers, from now on. */
  readonly watchAll: (triggers: readonly RunTrigger[]) => Stream.Stream<Run>
  readonly nextRunAt: Effect.Effect<number | undefined>
  readonly work: Effect.Effect<readonly BookmakerWork[]>
  /** Ends when nothing is being fetched any more; no new fetch starts. For shutdown. */
  readonly stop: Effect.Effect<void>
}>()("oddswire/scraping/Scraping") {}
