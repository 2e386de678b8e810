/**
 * Restarts actors one for one with capped, jittered backoff and shows the state of each live.
 *
 * More than 5 restarts in 60 s end in FAILED: the actor's `onFailed` runs (fail the mailbox, turn a
 * bookmaker stale, end the process). Each actor's fibre lives in its own layer's scope, so a producer
 * stops before the consumer it feeds. A loop of its own and not a Schedule, which never starts afresh
 * after a healthy spell.
 */
import { Clock, Context, Effect, Exit, Layer, Metric, Random, Scope, SubscriptionRef } from "effect"
import { lastErrorOf } from "./LastError.ts"

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
  /** Runs until interrupted; ending by itself counts as a crash. Each life has a scope of its own. */
  readonly loop: Effect.Effect<void, E, R>
  readonly onFailed: (lastError: string) => Effect.Effect<void>
}

export class Supervisor extends Context.Service<
  Supervisor,
  {
    readonly supervise: <E, R>(spec: ActorSpec<E, R>) => Effect.Effect<void, never, R | Scope.Scope>
    readonly actors: SubscriptionRef.SubscriptionRef<ReadonlyMap<string, ActorStatus>>
  }
>()("oddswire/actor/Supervisor") {
  static readonly layer = Layer.effect(
    Supervisor,
    Effect.gen(function* () {
      const actors = yield* SubscriptionRef.make<ReadonlyMap<string, ActorStatus>>(new Map())
      const show = (status: ActorStatus) =>
        SubscriptionRef.update(actors, (all) => new Map(all).set(status.name, status))
      return {
        actors,
        supervise: (spec) => Effect.asVoid(Effect.forkScoped(lives(spec, show)))
      }
    })
  )
}

const WINDOW_MS = 60_000
const RESTARTS_IN_WINDOW = 5
const FIRST_DELAY_MS = 200
const LONGEST_DELAY_MS = 30_000

type Show = (status: ActorStatus) => Effect.Effect<void>

const lives = Effect.fnUntraced(function* <E, R>(spec: ActorSpec<E, R>, show: Show) {
  const { name, depth } = spec
  let status: ActorStatus = { name, depth, state: "RUNNING", since: 0, restarts: 0, lastError: undefined }
  const turn = Effect.fnUntraced(function* (change: Partial<ActorStatus>) {
    status = { ...status, since: yield* Clock.currentTimeMillis, ...change }
    yield* show(status)
  })

  const live = Effect.gen(function* () {
    let crashes: readonly number[] = []
    while (true) {
      yield* turn({ state: "RUNNING" })
      const lastError = sentence(yield* Effect.exit(Effect.scoped(spec.loop)))
      const now = yield* Clock.currentTimeMillis
      const recent = crashes.filter((at) => now - at < WINDOW_MS)
      if (recent.length >= RESTARTS_IN_WINDOW) {
        yield* turn({ state: "FAILED", lastError })
        yield* Effect.logError("Actor failed: it crashed more often than it may be restarted").pipe(
          Effect.annotateLogs({ actor: name, lastError })
        )
        return yield* spec.onFailed(lastError)
      }
      crashes = [...recent, now]
      const delay = yield* delayAfter(recent.length)
      yield* turn({ state: "RESTARTING", restarts: status.restarts + 1, lastError })
      yield* Metric.update(Metric.withAttributes(restarts, { actor: name }), 1)
      yield* Effect.logWarning("Actor crashed and will be restarted").pipe(
        Effect.annotateLogs({ actor: name, lastError, delayMs: Math.round(delay) })
      )
      yield* Effect.sleep(delay)
    }
  })

  yield* Effect.onInterrupt(live, () => turn({ state: "STOPPED" }))
})

const restarts = Metric.counter("actor_restarts_total", {
  description: "Restarts after a crash, by actor",
  incremental: true
})

/** Doubles with each crash in the window, ± 20 % so that actors felled by one cause do not return as one. */
const delayAfter = (earlierCrashes: number): Effect.Effect<number> =>
  Effect.map(
    Random.nextBetween(0.8, 1.2),
    (jitter) => Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** earlierCrashes) * jitter
  )

// An interrupt that reaches this point came from inside the loop: the actor's own ends the fibre before.
const sentence = (exit: Exit.Exit<void, unknown>): string =>
  Exit.isSuccess(exit) ? "its loop ended by itself" : lastErrorOf(exit.cause)
