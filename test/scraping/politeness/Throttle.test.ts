import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import fc from "fast-check"
import type { Pace } from "../../../src/domain/Settings.ts"
import { makeThrottle } from "../../../src/scraping/politeness/Throttle.ts"
import type { Throttle } from "../../../src/scraping/politeness/Throttle.ts"

const use = (
  throttle: Throttle,
  milliseconds: number,
  onStart: (at: number) => void = () => undefined,
  onEnd: () => void = () => undefined
) =>
  Effect.suspend(() => {
    const permit = throttle.reserve()
    return permit.granted.pipe(
      Effect.andThen(Effect.map(Clock.currentTimeMillis, onStart)),
      Effect.andThen(Effect.sleep(milliseconds)),
      Effect.ensuring(
        Effect.suspend(() => {
          onEnd()
          return permit.release("used")
        })
      )
    )
  })

describe("a throttle", () => {
  it.effect("is never exceeded, whatever comes and however the setting moves", () =>
    Effect.promise(() =>
      fc.assert(
        fc.asyncProperty(
          fc.array(
            fc.record({
              after: fc.integer({ min: 0, max: 50 }),
              takes: fc.integer({ min: 0, max: 200 }),
              interrupted: fc.boolean()
            }),
            { minLength: 1, maxLength: 60 }
          ),
          fc.array(
            fc.record({ after: fc.integer({ min: 1, max: 300 }), concurrency: fc.integer({ min: 1, max: 8 }) }),
            { maxLength: 6 }
          ),
          fc.integer({ min: 0, max: 40 }),
          (requests, changes, delayMs) =>
            Effect.runPromise(
              Effect.scoped(
                Effect.gen(function* () {
                  let pace: Pace = { concurrency: 3, delayMs }
                  let active = 0
                  let served = 0
                  const throttle = yield* makeThrottle(() => pace)
                  const change = Effect.gen(function* () {
                    for (const { after, concurrency } of changes) {
                      yield* Effect.sleep(after)
                      pace = { concurrency, delayMs }
                      yield* throttle.look
                    }
                  })
                  const fibers: Fiber.Fiber<unknown>[] = [yield* Effect.forkChild(change)]
                  for (const { after, takes, interrupted } of requests) {
                    yield* TestClock.adjust(after)
                    const fiber = yield* Effect.forkChild(
                      use(
                        throttle,
                        takes,
                        () => {
                          assert.isBelow(active, pace.concurrency)
                          active++
                          served++
                        },
                        () => {
                          active = Math.max(0, active - 1)
                        }
                      ).pipe(interrupted ? Effect.timeoutOption(takes / 2) : Effect.asVoid)
                    )
                    fibers.push(fiber)
                  }
                  yield* TestClock.adjust("5 minutes")
                  for (const fiber of fibers) yield* Fiber.await(fiber)
                  assert.strictEqual(throttle.active(), 0)
                  assert.isAtLeast(served, requests.filter(({ interrupted }) => !interrupted).length)
                })
              ).pipe(Effect.provide(TestClock.layer()))
            )
        ),
        { numRuns: 100 }
      )
    )
  )

  it.effect("pauses after each use before the permit is free again", () =>
    Effect.gen(function* () {
      const throttle = yield* makeThrottle(() => ({ concurrency: 1, delayMs: 25 }))
      const starts: number[] = []
      const all = yield* Effect.forkChild(
        Effect.all(
          [1, 2, 3].map(() => use(throttle, 100, (at) => starts.push(at))),
          { concurrency: 3 }
        )
      )
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(all)
      assert.deepStrictEqual(starts, [0, 125, 250])
    })
  )

  it.effect("gives back a place in line that nobody waits in any more", () =>
    Effect.gen(function* () {
      const throttle = yield* makeThrottle(() => ({ concurrency: 1, delayMs: 0 }))
      const held = throttle.reserve()
      const waiting = throttle.reserve()
      yield* waiting.release("unused")
      yield* held.release("unused")
      yield* held.release("unused")
      assert.strictEqual(throttle.active(), 0)
      assert.strictEqual(throttle.dueIn(), 0)
    })
  )

  it.effect("tells when a permit will be free, as far as that is certain", () =>
    Effect.gen(function* () {
      const throttle = yield* makeThrottle(() => ({ concurrency: 1, delayMs: 400 }))
      assert.strictEqual(throttle.dueIn(), 0)
      const permit = throttle.reserve()
      assert.strictEqual(throttle.dueIn(), Infinity)
      yield* permit.release("used")
      assert.strictEqual(throttle.dueIn(), 400)
      yield* TestClock.adjust(150)
      assert.strictEqual(throttle.dueIn(), 250)
    })
  )

  it.effect("halves once however many of its requests were refused together, and recovers step by step", () =>
    Effect.gen(function* () {
      const throttle = yield* makeThrottle(() => ({ concurrency: 40, delayMs: 0 }))
      yield* TestClock.adjust("1 second")
      for (let i = 0; i < 30; i++) yield* throttle.refused(900, 3_000)
      assert.strictEqual(throttle.limit(), 20)
      assert.isTrue(throttle.slowed())
      assert.strictEqual(throttle.dueIn(), 2_000)
      yield* TestClock.adjust("12 seconds")
      assert.strictEqual(throttle.limit(), 24)
      yield* throttle.refused(12_500, 13_000)
      assert.strictEqual(throttle.limit(), 12)
      yield* TestClock.adjust("2 minutes")
      assert.strictEqual(throttle.limit(), 40)
      assert.isFalse(throttle.slowed())
    })
  )

  it.effect("calls up who waits when a pause ends within a millisecond", () =>
    Effect.gen(function* () {
      const throttle = yield* makeThrottle(() => ({ concurrency: 1, delayMs: 0 }))
      yield* throttle.refused(0, 1_000.4)
      const waiting = yield* Effect.forkChild(use(throttle, 10))
      yield* TestClock.adjust(1_000)
      assert.isUndefined(waiting.pollUnsafe())
      yield* TestClock.adjust(20)
      assert.isDefined(waiting.pollUnsafe())
    })
  )

  it.effect("halves what was in use, not a limit that nobody reached", () =>
    Effect.gen(function* () {
      const throttle = yield* makeThrottle(() => ({ concurrency: 50, delayMs: 0 }))
      for (let i = 0; i < 12; i++) yield* Effect.forkChild(use(throttle, 1_000))
      yield* TestClock.adjust(10)
      yield* throttle.refused(5, 0)
      assert.strictEqual(throttle.limit(), 6)
    })
  )

  it.effect("lets nothing through before the announced time", () =>
    Effect.gen(function* () {
      const throttle = yield* makeThrottle(() => ({ concurrency: 5, delayMs: 0 }))
      yield* throttle.refused(0, 10_000)
      const starts: number[] = []
      const waiting = yield* Effect.forkChild(use(throttle, 1, (at) => starts.push(at)))
      yield* TestClock.adjust("9999 millis")
      assert.deepStrictEqual(starts, [])
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(waiting)
      assert.deepStrictEqual(starts, [10_000])
    })
  )
})
