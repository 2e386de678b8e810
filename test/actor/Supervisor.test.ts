import { assert, describe, it } from "@effect/vitest"
import { Clock, Deferred, Effect, Exit, Layer, Scope, SubscriptionRef } from "effect"
import { TestClock } from "effect/testing"
import { ActorDown, waitMailbox } from "../../src/actor/Mailbox.ts"
import { Supervisor } from "../../src/actor/Supervisor.ts"
import type { ActorStatus } from "../../src/actor/Supervisor.ts"

const nothing = () => Effect.void
const depth = () => 0

const statusOf = Effect.fnUntraced(function* (name: string) {
  const { actors } = yield* Supervisor
  const status = (yield* SubscriptionRef.get(actors)).get(name)
  return status ?? assert.fail(`no actor named ${name}`)
})

/** An actor that crashes at once in each life; answers when each life began. */
const crashing = Effect.fnUntraced(function* (onFailed: (lastError: string) => Effect.Effect<void> = nothing) {
  const { supervise } = yield* Supervisor
  const births: number[] = []
  const loop = Effect.andThen(
    Effect.map(Clock.currentTimeMillis, (now) => births.push(now)),
    Effect.fail(new Error("paper jam"))
  )
  yield* supervise({ name: "printer", depth, loop, onFailed })
  return births
})

describe("Supervisor", () => {
  it.effect("restarts at 0.2, 0.4, 0.8, 1.6 and 3.2 s, each within a fifth, and then gives up", () =>
    Effect.gen(function* () {
      const births = yield* crashing()
      yield* TestClock.adjust("59 seconds")
      const delays = births.slice(1).map((at, index) => at - (births[index] ?? 0))
      assert.strictEqual(births.length, 6)
      delays.forEach((delay, index) => {
        assert.isAtLeast(delay, 0.8 * 200 * 2 ** index)
        assert.isAtMost(delay, 1.2 * 200 * 2 ** index)
      })
      const status = yield* statusOf("printer")
      assert.deepInclude(status, { state: "FAILED", restarts: 5, lastError: "paper jam" })
    }).pipe(Effect.provide(Supervisor.layer))
  )

  it.effect("spreads restarts: two actors felled at once do not return at once", () =>
    Effect.gen(function* () {
      const first = yield* crashing()
      const second = yield* crashing()
      yield* TestClock.adjust("10 seconds")
      assert.notDeepEqual(first, second)
    }).pipe(Effect.provide(Supervisor.layer))
  )

  it.effect("fails the callers of an actor that has failed", () =>
    Effect.gen(function* () {
      const box = yield* waitMailbox<string>("printer", 1)
      yield* crashing((lastError) =>
        box.fail(new ActorDown({ actor: "printer", message: `printer has failed: ${lastError}` }))
      )
      yield* TestClock.adjust("1 minute")
      const refused = yield* Effect.flip(box.offer("page"))
      assert.strictEqual(refused.message, "printer has failed: paper jam")
    }).pipe(Effect.provide(Supervisor.layer))
  )

  it.effect("restarts after a defect and after a loop that ended by itself", () =>
    Effect.gen(function* () {
      const { supervise } = yield* Supervisor
      const lives: Effect.Effect<void>[] = [Effect.die("torn belt"), Effect.void]
      const loop = Effect.suspend(() => lives.shift() ?? Effect.never)
      yield* supervise({ name: "press", depth, loop, onFailed: nothing })
      yield* TestClock.adjust("1 millis")
      assert.deepInclude(yield* statusOf("press"), { state: "RESTARTING", lastError: "torn belt" })
      yield* TestClock.adjust("300 millis")
      assert.deepInclude(yield* statusOf("press"), { state: "RESTARTING", lastError: "its loop ended by itself" })
      yield* TestClock.adjust("1 second")
      assert.deepInclude(yield* statusOf("press"), { state: "RUNNING", restarts: 2 })
    }).pipe(Effect.provide(Supervisor.layer))
  )

  it.effect("forgets crashes after a healthy minute", () =>
    Effect.gen(function* () {
      const { supervise } = yield* Supervisor
      const loop = Effect.andThen(Effect.sleep("61 seconds"), Effect.fail("tired"))
      yield* supervise({ name: "owl", depth, loop, onFailed: nothing })
      yield* TestClock.adjust("20 minutes")
      const status = yield* statusOf("owl")
      assert.strictEqual(status.state, "RUNNING")
      assert.isAbove(status.restarts, 15)
    }).pipe(Effect.provide(Supervisor.layer))
  )

  it.effect("closes what a life opened before the next one begins", () =>
    Effect.gen(function* () {
      const { supervise } = yield* Supervisor
      const log: string[] = []
      const loop = Effect.gen(function* () {
        yield* Effect.acquireRelease(
          Effect.sync(() => log.push("open")),
          () => Effect.sync(() => log.push("close"))
        )
        return yield* Effect.fail("slip")
      })
      yield* supervise({ name: "door", depth, loop, onFailed: nothing })
      yield* TestClock.adjust("300 millis")
      assert.deepStrictEqual(log.slice(0, 4), ["open", "close", "open", "close"])
    }).pipe(Effect.provide(Supervisor.layer))
  )

  it.effect("stops an actor with the layer that started it, before what it feeds, and shows it as stopped", () =>
    Effect.gen(function* () {
      const { supervise } = yield* Supervisor
      const log: string[] = []
      const started = yield* Deferred.make<void>()
      const consumer = Layer.effectDiscard(
        Effect.acquireRelease(Effect.void, () => Effect.sync(() => log.push("consumer")))
      )
      const producer = Layer.effectDiscard(
        supervise({
          name: "producer",
          depth,
          onFailed: nothing,
          loop: Effect.andThen(Deferred.succeed(started, undefined), Effect.never).pipe(
            Effect.onInterrupt(() => Effect.sync(() => log.push("producer")))
          )
        })
      )
      const scope = yield* Scope.make()
      yield* Layer.buildWithScope(Layer.provide(producer, consumer), scope)
      yield* Deferred.await(started)
      yield* Scope.close(scope, Exit.void)
      assert.deepStrictEqual(log, ["producer", "consumer"])
      assert.strictEqual((yield* statusOf("producer")).state, "STOPPED")
    }).pipe(Effect.provide(Supervisor.layer))
  )

  it.effect("lets one actor crash without touching another", () =>
    Effect.gen(function* () {
      const { supervise } = yield* Supervisor
      let lives = 0
      const loop = Effect.andThen(
        Effect.sync(() => lives++),
        Effect.never
      )
      yield* supervise({ name: "calm", depth, loop, onFailed: nothing })
      yield* crashing()
      yield* TestClock.adjust("1 minute")
      const calm: ActorStatus = yield* statusOf("calm")
      assert.deepInclude(calm, { state: "RUNNING", restarts: 0, lastError: undefined })
      assert.strictEqual(lives, 1)
    }).pipe(Effect.provide(Supervisor.layer))
  )

  it.effect("stays failed when the last will itself crashes", () =>
    Effect.gen(function* () {
      yield* crashing(() => Effect.die("no ink for the will"))
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* statusOf("printer")).state, "FAILED")
    }).pipe(Effect.provide(Supervisor.layer))
  )
})
