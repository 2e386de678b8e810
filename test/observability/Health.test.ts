import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { bodyOf, Health } from "../../src/observability/Health.ts"

const ok = Effect.succeed(undefined)

describe("Health", () => {
  it.effect("is live and ready while no check complains", () =>
    Effect.gen(function* () {
      const { live, ready, register } = yield* Health
      yield* register({ name: "books", kind: "live", complaint: ok })
      yield* register({ name: "warm-up", kind: "ready", complaint: ok })
      assert.isTrue((yield* live).ok)
      assert.isTrue((yield* ready).ok)
    }).pipe(Effect.provide(Health.layer))
  )

  it.effect("names the check that complains, and stays alive when it is only not ready", () =>
    Effect.gen(function* () {
      const { live, ready, register } = yield* Health
      yield* register({ name: "books", kind: "live", complaint: ok })
      yield* register({ name: "warm-up", kind: "ready", complaint: Effect.succeed("It reads the journal.") })
      assert.isTrue((yield* live).ok)
      const report = yield* ready
      assert.isFalse(report.ok)
      assert.deepStrictEqual(JSON.parse(bodyOf(report)), {
        status: "failing",
        checks: { books: "ok", "warm-up": "It reads the journal." }
      })
    }).pipe(Effect.provide(Health.layer))
  )

  it.effect("is not ready when it should be restarted", () =>
    Effect.gen(function* () {
      const { ready, register } = yield* Health
      yield* register({ name: "books", kind: "live", complaint: Effect.succeed("The actor has failed.") })
      assert.isFalse((yield* ready).ok)
    }).pipe(Effect.provide(Health.layer))
  )

  it.effect("takes a check that dies for a complaint", () =>
    Effect.gen(function* () {
      const { live, register } = yield* Health
      yield* register({ name: "books", kind: "live", complaint: Effect.die("no such book") })
      assert.include((yield* live).checks[0]?.complaint, "no such book")
    }).pipe(Effect.provide(Health.layer))
  )

  it.effect("takes a check that does not answer within a second for a complaint", () =>
    Effect.gen(function* () {
      const { live, register } = yield* Health
      yield* register({ name: "stuck", kind: "live", complaint: Effect.never })
      const probe = yield* Effect.forkChild(live, { startImmediately: true })
      yield* TestClock.adjust("1 second")
      assert.isFalse((yield* Fiber.join(probe)).ok)
    }).pipe(Effect.provide(Health.layer))
  )

  it.effect("asks at each probe, and no more once the room that registered is closed", () =>
    Effect.gen(function* () {
      const { live, register } = yield* Health
      let asked = 0
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* register({ name: "room", kind: "live", complaint: Effect.sync(() => void asked++) })
          yield* live
          yield* live
        })
      )
      yield* live
      assert.strictEqual(asked, 2)
    }).pipe(Effect.provide(Health.layer))
  )
})
