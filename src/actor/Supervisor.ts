/**
 * Restarts actors one for one with capped, jittered backoff and shows the state of each live.
 *
 * More than 5 restarts in 60 s end in FAILED: the actor's `onFailed` runs (fail the mailbox, turn a
 * bookmaker stale, end the process). Each actor's fibre lives in its own layer's scope, so a producer
 * stops before the consumer it feeds.
 */
import { Context } from "effect"
import type { Effect, Scope, SubscriptionRef } from "effect"

export interface ActorStatus {
  readonly name: string
  readonly state: "RUNNING" | "RESTARTING" | "FAILED" | "STOPPED"
  readonly since: number
  readonly restarts: number
  readonly lastError: string | undefined
  /** Messages waiting now. */
  readonly depth: () => number
}

export interface ActorSpec<E, R> {
  readonly name: string
  readonly depth: () => number
  /** Runs until interrupted; ending by itself counts as a crash. */
  readonly loop: Effect.Effect<void, E, R>
  readonly onFailed: (lastError: string) => Effect.Effect<void>
}

export class Supervisor extends Context.Service<Supervisor, {
  readonly supervise: <E, R>(spec: ActorSpec<E, R>) => Effect.Effect<void, never, R | Scope.Scope>
  readonly actors: SubscriptionRef.SubscriptionRef<ReadonlyMap<string, ActorStatus>>
}>()("oddswire/actor/Supervisor") {}
