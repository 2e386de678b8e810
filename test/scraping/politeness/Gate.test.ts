import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { Blocked, Held, Throttled, Unreachable } from "../../../src/bookmakers/FetchError.ts"
import type { FetchError } from "../../../src/bookmakers/FetchError.ts"
import { BookmakerId } from "../../../src/domain/Bookmaker.ts"
import { noPauses } from "../house.ts"
import { makeGate } from "../../../src/scraping/politeness/Gate.ts"
import { settableClock } from "../../support/settableClock.ts"

const bookmaker = { id: BookmakerId("alpha"), name: "Alpha", country: "NG", ours: true, mapped: new Set<string>() }
const fields = { bookmakerId: bookmaker.id, endpoint: "event" as const, message: "" }

const HOUR = 3_600_000
const REFUSED = { firstMs: 300_000, longestMs: 1_800_000 }

const gateOf = (closing = () => false) =>
  makeGate({
    bookmaker,
    closing,
    afterRefusal: REFUSED,
    pauses: noPauses,
    standing: { state: "CONFIRMED", since: 0 },
    turned: Effect.void,
    pace: () => ({ concurrency: 10, delayMs: 0 })
  })

describe("the gate", () => {
  it.effect("sends nothing into a pause, also under a permit granted before it", () =>
    Effect.gen(function* () {
      const { open, throttle } = yield* gateOf()
      const permit = throttle.reserve()
      yield* permit.granted
      yield* throttle.refused(0, 5_000)
      const sent = yield* Effect.forkChild(open(permit)("event", Clock.currentTimeMillis))
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(yield* Fiber.join(sent), 5_000)
    })
  )

  it.effect("ends a request whose adapter does not end it", () =>
    Effect.gen(function* () {
      const { open, throttle } = yield* gateOf()
      const hanging = yield* Effect.forkChild(Effect.flip(open(undefined)("event", Effect.never)))
      // Twice, because the first request may be repeated once.
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* Fiber.join(hanging))._tag, "TimedOut")
      assert.strictEqual(throttle.active(), 0)
    })
  )

  it.effect("lets list pages wait for the probe's verdict and fails events at once", () =>
    Effect.gen(function* () {
      const { open } = yield* gateOf()
      const broken: Effect.Effect<string, FetchError> = Effect.fail(new Unreachable({ ...fields, endpoint: "list" }))
      for (let i = 0; i < 5; i++) {
        const trying = yield* Effect.forkChild(Effect.exit(open(undefined)("list", broken)))
        yield* TestClock.adjust("10 seconds")
        yield* Fiber.join(trying)
      }
      yield* TestClock.adjust("5 minutes")
      const page = Effect.as(Effect.sleep("1 second"), "page")
      const pages = yield* Effect.forkChild(
        Effect.all(
          Array.from({ length: 6 }, () => open(undefined)("list", page)),
          { concurrency: 6 }
        )
      )
      yield* TestClock.adjust("5 seconds")
      assert.deepStrictEqual(
        yield* Fiber.join(pages),
        Array.from({ length: 6 }, () => "page")
      )
    })
  )

  it.effect("keeps its permits full with pages of lists, and lets an event in between them", () =>
    Effect.gen(function* () {
      const { open, throttle } = yield* gateOf()
      for (let i = 0; i < 100; i++)
        yield* Effect.forkChild(open(undefined)("list", Effect.as(Effect.sleep("1 second"), "page")))
      yield* TestClock.adjust("100 millis")
      assert.strictEqual(throttle.active(), 10)
      const event = yield* Effect.forkChild(open(undefined)("event", Clock.currentTimeMillis))
      yield* TestClock.adjust("1 second")
      assert.strictEqual(throttle.active(), 10)
      yield* TestClock.adjust("9 seconds")
      assert.strictEqual(yield* Fiber.join(event), 1_000)
      assert.strictEqual(throttle.active(), 0)
    })
  )

  it.effect("says until when it holds back after a long 429, without asking again", () =>
    Effect.gen(function* () {
      const { open } = yield* gateOf()
      const refusal: Effect.Effect<string, FetchError> = Effect.fail(
        new Throttled({ ...fields, status: 429, until: 600_000 })
      )
      yield* Effect.exit(open(undefined)("event", refusal))
      const held = yield* Effect.flip(open(undefined)("event", Effect.die("asked again")))
      assert.isTrue(held instanceof Held && held.code === "THROTTLED" && held.until === 600_000)
    })
  )

  it.effect("opens at the third reply in a row of which more than a fifth cannot be read, and again on a probe", () =>
    Effect.gen(function* () {
      const { open, heard, circuits } = yield* gateOf()
      const mangled = Effect.andThen(open(undefined)("event", Effect.void), heard("event", "MANGLED"))
      yield* Effect.all([mangled, mangled])
      assert.strictEqual(circuits().event.phase, "CLOSED")
      yield* mangled
      assert.strictEqual(circuits().event.phase, "OPEN")
      yield* TestClock.adjust("1 minute")
      yield* mangled
      assert.strictEqual(circuits().event.phase, "OPEN")
    })
  )

  it.effect("sends nothing once the process is stopping", () =>
    Effect.gen(function* () {
      const { open } = yield* gateOf(() => true)
      assert.strictEqual((yield* Effect.flip(open(undefined)("event", Effect.die("asked"))))._tag, "Held")
    })
  )

  it.effect("tells until when it is asked to wait, and how many repetitions could be paid for", () =>
    Effect.gen(function* () {
      const { open, pausedUntil, retriesLeft } = yield* gateOf()
      assert.deepStrictEqual([pausedUntil(), retriesLeft()], [undefined, 0])
      for (let i = 0; i < 3; i++) yield* open(undefined)("event", Effect.void)
      assert.strictEqual(retriesLeft(), 2)
      yield* Effect.flip(
        open(undefined)("event", Effect.fail(new Throttled({ ...fields, status: 429, until: 600_000 })))
      )
      assert.strictEqual(pausedUntil(), 600_000)
      yield* TestClock.adjust("10 minutes")
      assert.isUndefined(pausedUntil())
    })
  )

  it.effect.each([
    { code: "BLOCKED", told: 100_000, kept: 200_000, until: 200_000 },
    { code: "BLOCKED", told: 200_000, kept: 100_000, until: 200_000 },
    { code: "DISABLED", told: 0, kept: 100_000, until: 100_000 },
    { code: "BLOCKED", told: 24 * HOUR, kept: 0, until: REFUSED.longestMs },
    { code: "BLOCKED", told: 0, kept: 24 * HOUR, until: REFUSED.longestMs },
    { code: "BREAKER_OPEN", told: 24 * HOUR, kept: 0, until: 300_000 }
  ] as const)(
    "that starts into a refusal obeys the later of what was told and kept, and no clock beyond the longest: $code $told $kept",
    ({ code, kept, told, until }) =>
      Effect.gen(function* () {
        const { held } = yield* makeGate({
          bookmaker,
          pace: () => ({ concurrency: 10, delayMs: 0 }),
          standing: { state: "STALE", since: 0, reason: { code, until: told, text: "" } },
          afterRefusal: REFUSED,
          pauses: { ...noPauses, of: () => ({ throttledUntil: 0, refusedUntil: kept }) },
          closing: () => false,
          turned: Effect.void
        })
        assert.strictEqual(held("event")?.until, until)
      })
  )

  it.effect.each([HOUR, -HOUR, 24 * HOUR, -24 * HOUR])(
    "holds back as long as it was asked to when the host's clock is set by %d ms, and tells the new time of its end",
    (by) =>
      Effect.gen(function* () {
        const { host, setBy } = yield* settableClock
        const { circuits, held, open } = yield* Effect.provideService(gateOf(), Clock.Clock, host)
        const throttled: Effect.Effect<string, FetchError> = Effect.fail(
          new Throttled({ ...fields, status: 429, until: 600_000 })
        )
        yield* Effect.flip(open(undefined)("event", throttled))
        yield* setBy(by)
        yield* TestClock.adjust("9 minutes")
        assert.strictEqual(held("event")?.until, 600_000 + by)
        yield* TestClock.adjust("1 minute")
        const blocked: Effect.Effect<string, FetchError> = Effect.fail(new Blocked(fields))
        yield* Effect.flip(open(undefined)("event", blocked))
        yield* setBy(-by)
        yield* TestClock.adjust("4 minutes")
        assert.strictEqual(held("event")?.until, 900_000)
        assert.strictEqual(circuits().refusal.until, 900_000)
        yield* TestClock.adjust("1 minute")
        assert.isUndefined(held("event"))
      })
  )
})
