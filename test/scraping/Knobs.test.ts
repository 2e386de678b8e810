import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, SubscriptionRef } from "effect"
import { TestClock } from "effect/testing"
import fc from "fast-check"
import type { Settings } from "../../src/domain/Settings.ts"
import { EVERYTHING } from "../../src/scraping/runs/Requests.ts"
import { Scraping } from "../../src/scraping/Scraping.ts"
import { HOUR, START, alpha, beta, eventAt, gamma, house, play } from "./house.ts"

const LATENCY_MS = 300
/** So soon a setting holds for everything that begins. */
const EFFECTIVE_MS = 1_000

const settings = fc
  .record({
    atOnce: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 3, maxLength: 3 }),
    delayMs: fc.integer({ min: 0, max: 60 }),
    batchSize: fc.integer({ min: 1, max: 100 }),
    eventsAtOnce: fc.integer({ min: 1, max: 40 })
  })
  .map(({ atOnce: [a = 1, b = 1, c = 1], batchSize, delayMs, eventsAtOnce }): Partial<Settings> => ({
    batchSize,
    eventsAtOnce,
    pace: {
      [alpha]: { concurrency: a, delayMs: 0 },
      [beta]: { concurrency: b, delayMs: 0 },
      [gamma]: { concurrency: c, delayMs }
    }
  }))

const steps = fc.array(fc.record({ after: fc.integer({ min: 50, max: 1_500 }), to: settings }), {
  minLength: 1,
  maxLength: 8
})

/** Runs everything while the settings move; answers how often a request began beyond what was set within the last second. */
const excesses = Effect.fnUntraced(function* (changes: typeof steps extends fc.Arbitrary<infer A> ? A : never) {
  yield* TestClock.setTime(START)
  const played = yield* play(Array.from({ length: 40 }, (_, i) => eventAt(1_000 + i, START + HOUR * 5 + i)))
  const underWay: { readonly eventId: string | undefined; readonly until: number }[] = []
  const inForce = [{ set: SubscriptionRef.getUnsafe(played.settings), until: Infinity }]
  let beyond = 0
  played.latencyMs = ({ at, bookmakerId, eventId }) => {
    const lately = inForce.filter(({ until }) => until > at - EFFECTIVE_MS).map(({ set }) => set)
    const most = (of: (set: Settings) => number): number => Math.max(...lately.map(of))
    underWay.push({ eventId, until: at + LATENCY_MS })
    const events = new Set(underWay.filter(({ until }) => until > at).map((each) => each.eventId ?? "list"))
    events.delete("list")
    if ((played.active.get(bookmakerId) ?? 0) > most(({ pace }) => pace[bookmakerId]?.concurrency ?? 50)) beyond++
    if (eventId !== undefined && events.size > most(({ eventsAtOnce }) => eventsAtOnce)) beyond++
    return LATENCY_MS
  }
  yield* Effect.gen(function* () {
    yield* (yield* Scraping).start(EVERYTHING, undefined)
    for (const { after, to } of changes) {
      yield* TestClock.adjust(after)
      const last = inForce.at(-1)
      if (last !== undefined) last.until = yield* Clock.currentTimeMillis
      yield* SubscriptionRef.update(played.settings, (before) => ({ ...before, ...to }))
      inForce.push({ set: SubscriptionRef.getUnsafe(played.settings), until: Infinity })
    }
    yield* TestClock.adjust("1 minute")
  }).pipe(Effect.provide(house(played, "BY_REQUEST")))
  return { beyond, fetched: played.observed.length }
})

describe("the knobs", () => {
  it("are never exceeded, however they are turned in the middle of a run", () =>
    fc.assert(
      fc.asyncProperty(steps, async (changes) => {
        const { beyond, fetched } = await Effect.runPromise(excesses(changes).pipe(Effect.provide(TestClock.layer())))
        assert.strictEqual(beyond, 0)
        assert.strictEqual(fetched, 120)
      }),
      { numRuns: 40 }
    ))

  it.effect("work within a second", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play(
        Array.from({ length: 200 }, (_, i) => eventAt(1_000 + i, START + HOUR * 5 + i)),
        { eventsAtOnce: 1 }
      )
      played.latencyMs = () => 1_000
      yield* Effect.gen(function* () {
        const turn = (to: Partial<Settings>) =>
          SubscriptionRef.update(played.settings, (before) => ({ ...before, ...to }))
        yield* (yield* Scraping).start(EVERYTHING, undefined)
        yield* TestClock.adjust("3 seconds")
        assert.strictEqual(played.active.get(alpha), 1)
        yield* turn({ eventsAtOnce: 30 })
        for (let i = 0; i < 45; i++) yield* TestClock.adjust("20 millis")
        assert.strictEqual(played.active.get(alpha), 30)
        yield* turn({ pace: { [alpha]: { concurrency: 5, delayMs: 0 } } })
        for (let i = 0; i < 50; i++) yield* TestClock.adjust("20 millis")
        assert.isAtMost(played.active.get(alpha) ?? 0, 5)
      }).pipe(Effect.provide(house(played, "BY_REQUEST")))
    })
  )
})
