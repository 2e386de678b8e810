import { assert, describe, it } from "@effect/vitest"
import { Effect, SubscriptionRef } from "effect"
import { TestClock } from "effect/testing"
import { Unreachable } from "../../../src/bookmakers/FetchError.ts"
import { Scraping } from "../../../src/scraping/Scraping.ts"
import { HOUR, START, alpha, beta, eventAt, house, play } from "../house.ts"

const MINUTE = 60_000

const levelOf = Effect.fnUntraced(function* (bookmakerId: string, within: number) {
  const levels = yield* (yield* Scraping).serviceLevels
  return levels.find((each) => each.bookmakerId === bookmakerId && each.within === within) ?? assert.fail("no level")
})

describe("the service level", () => {
  it.effect("is whole while everything is refreshed within its cadence", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play([90, 20, 100].map((minutes, i) => eventAt(i + 1, START + minutes * MINUTE)))
      yield* Effect.gen(function* () {
        yield* TestClock.adjust("15 minutes")
        const { listings, onTime, lastHour, lastDay } = yield* levelOf(alpha, 2 * HOUR)
        assert.deepStrictEqual([listings, onTime, lastHour, lastDay], [2, 2, 1, 1])
        assert.deepStrictEqual((yield* levelOf(alpha, 30 * MINUTE)).listings, 1)
      }).pipe(Effect.provide(house(played, "SCHEDULED")))
    })
  )

  it.effect("falls for as long as a bookmaker is not refreshed, over the hour sooner than over the day", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play([eventAt(1, START + 26 * HOUR)], {
        tiers: [{ within: Infinity, every: MINUTE }]
      })
      let failing = false
      played.answer = ({ bookmakerId, endpoint }) =>
        failing && bookmakerId === beta ? new Unreachable({ bookmakerId, endpoint, message: "reset" }) : undefined
      yield* Effect.gen(function* () {
        yield* TestClock.adjust("2 hours")
        failing = true
        yield* TestClock.adjust("31 minutes")
        const { onTime, lastHour = 1, lastDay = 1 } = yield* levelOf(beta, Infinity)
        assert.strictEqual(onTime, 0)
        assert.approximately(lastHour, 0.5, 0.02)
        assert.approximately(lastDay, 0.8, 0.02)
        assert.strictEqual((yield* levelOf(alpha, Infinity)).lastHour, 1)
      }).pipe(Effect.provide(house(played, "SCHEDULED")))
    })
  )

  it.effect("counts what was never fetched as late, and says nothing of who is switched off", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play([eventAt(1, START + HOUR)])
      played.answer = ({ bookmakerId, endpoint }) =>
        bookmakerId === beta && endpoint === "event"
          ? new Unreachable({ bookmakerId, endpoint, message: "reset" })
          : undefined
      yield* Effect.gen(function* () {
        yield* TestClock.adjust("5 minutes")
        assert.strictEqual((yield* levelOf(beta, 2 * HOUR)).lastHour, 0)
        yield* SubscriptionRef.update(played.settings, (settings) => ({ ...settings, disabled: [beta] }))
        yield* TestClock.adjust("10 seconds")
        const levels = yield* (yield* Scraping).serviceLevels
        assert.isFalse(levels.some(({ bookmakerId }) => bookmakerId === beta))
      }).pipe(Effect.provide(house(played, "SCHEDULED")))
    })
  )
})
