import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, SubscriptionRef } from "effect"
import { TestClock } from "effect/testing"
import type { BookmakerId } from "../../../src/domain/Bookmaker.ts"
import { TooLarge } from "../../../src/bookmakers/FetchError.ts"
import { EventId } from "../../../src/domain/Event.ts"
import { Matcher } from "../../../src/matching/Matcher.ts"
import { Scraping } from "../../../src/scraping/Scraping.ts"
import { HOUR, START, alpha, beta, eventAt, gamma, house, newestOf, play } from "../house.ts"
import type { Played } from "../house.ts"
import { settableClock } from "../../support/settableClock.ts"

const MINUTE = 60_000

const fetchesOf = (played: Played, eventId: string): readonly number[] =>
  played.requests
    .filter((request) => request.eventId === eventId && request.bookmakerId === alpha)
    .map(({ at }) => at - START)

describe("the schedule", () => {
  it.effect("starts a run at once and the next after the interval", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play([eventAt(1, START + 48 * HOUR)])
      yield* Effect.gen(function* () {
        const scraping = yield* Scraping
        yield* TestClock.adjust("10 seconds")
        assert.strictEqual(played.observed.length, 3)
        assert.strictEqual(yield* scraping.nextRunAt, START + 5 * MINUTE)
        yield* TestClock.adjust("5 minutes")
        const runs = yield* scraping.recent(["SCHEDULE"])
        assert.deepStrictEqual(
          runs.map(({ startedAt, phase, total }) => [startedAt - START, phase, total]),
          [
            [5 * MINUTE, "COMPLETED", 0],
            [0, "COMPLETED", 3]
          ]
        )
      }).pipe(Effect.provide(house(played, "SCHEDULED")))
    })
  )

  it.effect("takes another interval at once", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play([eventAt(1, START + 48 * HOUR)])
      yield* Effect.gen(function* () {
        const scraping = yield* Scraping
        yield* TestClock.adjust("10 seconds")
        yield* SubscriptionRef.update(played.settings, (settings) => ({ ...settings, scrapeIntervalMs: 20_000 }))
        yield* TestClock.adjust("1 second")
        assert.strictEqual(yield* scraping.nextRunAt, START + 20_000)
        yield* TestClock.adjust("9 seconds")
        assert.strictEqual((yield* scraping.recent(["SCHEDULE"])).length, 2)
      }).pipe(Effect.provide(house(played, "SCHEDULED")))
    })
  )

  it.effect.each([HOUR, 24 * HOUR])(
    "goes on when the host's clock is set back by %d ms, and tries again what failed",
    (by) =>
      Effect.gen(function* () {
        yield* TestClock.setTime(START)
        const played = yield* play([eventAt(1, START + 48 * HOUR)])
        let isSetBack = false
        played.answer = ({ bookmakerId, endpoint }) =>
          bookmakerId === alpha && endpoint === "event" && !isSetBack
            ? new TooLarge({ bookmakerId, endpoint, message: "over 8 MB on the wire" })
            : undefined
        const { host, setBy } = yield* settableClock
        yield* Effect.gen(function* () {
          const scraping = yield* Scraping
          yield* TestClock.adjust("2 minutes")
          assert.lengthOf(fetchesOf(played, "1"), 1)
          isSetBack = true
          yield* setBy(-by)
          yield* TestClock.adjust("1 minute")
          assert.strictEqual(yield* scraping.nextRunAt, START + 5 * MINUTE - by)
          yield* TestClock.adjust("4 minutes")
          assert.lengthOf(fetchesOf(played, "1"), 2)
          assert.strictEqual(yield* scraping.nextRunAt, START + 10 * MINUTE - by)
        }).pipe(Effect.provide(house(played, "SCHEDULED")), Effect.provideService(Clock.Clock, host))
      })
  )

  it.effect("leaves a listing whose answer was too large alone for five minutes, however near its kickoff", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play([eventAt(1, START + 20 * MINUTE)])
      played.answer = ({ at, bookmakerId, endpoint }) =>
        bookmakerId === alpha && endpoint === "event" && at < START + MINUTE
          ? new TooLarge({ bookmakerId, endpoint, message: "over 8 MB on the wire" })
          : undefined
      yield* Effect.gen(function* () {
        yield* TestClock.adjust("8 minutes")
        const [first = 0, second = 0] = fetchesOf(played, "1")
        assert.isAtLeast(second - first, 5 * MINUTE)
        assert.isBelow(second - first, 6 * MINUTE)
      }).pipe(Effect.provide(house(played, "SCHEDULED")))
    })
  )

  it.effect("refreshes by cadence between runs what is near kickoff, and stops at kickoff", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play([
        eventAt(1, START + 10 * MINUTE),
        eventAt(2, START + HOUR),
        eventAt(3, START + 5 * HOUR),
        eventAt(4, START + 48 * HOUR)
      ])
      yield* Effect.gen(function* () {
        yield* TestClock.adjust("20 minutes")
        const gaps = (id: string) =>
          fetchesOf(played, id)
            .slice(1)
            .map((at, i) => at - (fetchesOf(played, id)[i] ?? 0))
        assert.isTrue(gaps("1").every((gap) => gap >= 26_000 && gap <= 29_500))
        assert.isTrue(gaps("2").every((gap) => gap >= 55_000 && gap <= 59_500))
        assert.isTrue(gaps("3").every((gap) => gap >= 4.9 * MINUTE && gap <= 5 * MINUTE))
        assert.isAtMost(Math.max(...fetchesOf(played, "1")), 10 * MINUTE)
        assert.isAtLeast(fetchesOf(played, "1").length, 19)
        assert.strictEqual(fetchesOf(played, "4").length, 1)
        assert.isTrue(
          newestOf(played)
            .filter(({ trigger }) => trigger === "CADENCE")
            .every(({ phase }) => phase === "COMPLETED")
        )
        // Captured together also when refreshed.
        const third = played.requests.filter(({ eventId }) => eventId === "1").map(({ at }) => at)
        assert.strictEqual(new Set(third).size * 3, third.length)
      }).pipe(Effect.provide(house(played, "SCHEDULED")))
    })
  )

  it.effect("fetches nothing again after a restart that is within its cadence", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play([1, 2, 3, 4].map((id) => eventAt(id, START + 5 * HOUR)))
      yield* TestClock.adjust("10 seconds").pipe(Effect.provide(house(played, "SCHEDULED")))
      assert.strictEqual(played.observed.length, 12)
      // One event was not reached before the crash.
      for (const id of played.bookmakers) played.confirmedAt.delete(`3/${id}`)
      const before = played.requests.length
      yield* Effect.gen(function* () {
        yield* TestClock.adjust("1 minute")
        const again = played.requests.slice(before).filter(({ endpoint }) => endpoint === "event")
        assert.deepStrictEqual([...new Set(again.map(({ eventId }) => eventId))], ["3"])
        assert.strictEqual((yield* (yield* Matcher).known).length, 4)
      }).pipe(Effect.provide(house(played, "SCHEDULED")))
    })
  )

  it.effect("leaves the run that an earlier process was cut off in to the store, which closes it", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play([eventAt(1, START + 5 * HOUR)])
      yield* TestClock.adjust(50).pipe(Effect.provide(house(played, "SCHEDULED")))
      const cut = played.saved.findLast(({ run }) => run.phase === "DISCOVERING")?.run ?? assert.fail("no run")
      played.saved.splice(0, Infinity, { run: cut, failures: [] })
      yield* Effect.gen(function* () {
        yield* TestClock.adjust("1 second")
        assert.deepStrictEqual(
          played.saved.filter(({ run }) => run.id === cut.id),
          [{ run: cut, failures: [] }]
        )
      }).pipe(Effect.provide(house(played, "SCHEDULED")))
    })
  )

  it.effect("fetches again what was confirmed before its bookmaker returned, at the next scheduled run", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play([eventAt(1, START + 48 * HOUR)])
      yield* Effect.gen(function* () {
        const scraping = yield* Scraping
        const pause = (paused: readonly BookmakerId[]) =>
          SubscriptionRef.update(played.settings, (settings) => ({ ...settings, paused }))
        yield* TestClock.adjust("10 seconds")
        yield* pause([alpha, beta, gamma])
        yield* TestClock.adjust("10 seconds")
        assert.isUndefined(yield* scraping.nextRunAt)
        yield* pause([beta, gamma])
        yield* TestClock.adjust("5 minutes")
        assert.strictEqual(fetchesOf(played, "1").length, 2)
        yield* TestClock.adjust("10 minutes")
        assert.strictEqual(fetchesOf(played, "1").length, 2)
      }).pipe(Effect.provide(house(played, "SCHEDULED")))
    })
  )

  it.effect("leaves out paused and disabled bookmakers, and a request still reaches a paused one", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play([eventAt(1, START + HOUR)], { paused: [beta], disabled: [gamma] })
      yield* Effect.gen(function* () {
        const scraping = yield* Scraping
        yield* TestClock.adjust("3 minutes")
        assert.deepStrictEqual([...new Set(played.requests.map(({ bookmakerId }) => bookmakerId))], [alpha])
        yield* scraping.start({ bookmakers: [beta], competitions: undefined, events: undefined }, undefined)
        yield* TestClock.adjust("1 second")
        assert.isTrue(played.observed.some(({ bookmakerId }) => bookmakerId === beta))
      }).pipe(Effect.provide(house(played, "SCHEDULED")))
    })
  )

  it.effect("stops for shutdown: fetches under way end, and nothing new is asked", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play(
        Array.from({ length: 60 }, (_, i) => eventAt(i + 1, START + HOUR)),
        { eventsAtOnce: 5 }
      )
      yield* Effect.gen(function* () {
        const scraping = yield* Scraping
        yield* TestClock.adjust(250)
        const stopping = yield* Effect.forkChild(scraping.stop)
        yield* TestClock.adjust(0)
        const asked = played.requests.length
        yield* TestClock.adjust("1 minute")
        assert.isTrue(stopping.pollUnsafe() !== undefined)
        assert.strictEqual(played.requests.length, asked)
        assert.strictEqual(
          played.observed.length,
          played.requests.filter(({ endpoint }) => endpoint === "event").length
        )
        const refused = yield* scraping.start(
          { bookmakers: undefined, competitions: undefined, events: [EventId("1")] },
          undefined
        )
        assert.strictEqual(refused._tag, "Refused")
      }).pipe(Effect.provide(house(played, "SCHEDULED")))
    })
  )
})
