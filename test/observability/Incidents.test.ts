import { assert, describe, it } from "@effect/vitest"
import { Effect, SubscriptionRef } from "effect"
import { TestClock } from "effect/testing"
import { Incidents } from "../../src/observability/Incidents.ts"

const refused = { kind: "breaker", subject: "betpawa-ng/event", cause: "It answered 403.", touched: ["betpawa-ng"] }

const logged = Effect.gen(function* () {
  const { log } = yield* Incidents
  return yield* SubscriptionRef.get(log)
})

describe("Incidents", () => {
  it.effect("keeps beginning, end, cause and what was touched", () =>
    Effect.gen(function* () {
      const { close, open } = yield* Incidents
      yield* TestClock.setTime(1_000)
      yield* open(refused)
      yield* TestClock.setTime(5_000)
      yield* close("breaker", "betpawa-ng/event")
      const [incident] = yield* logged
      assert.deepInclude(incident, { ...refused, startedAt: 1_000, endedAt: 5_000 })
    }).pipe(Effect.provide(Incidents.layer))
  )

  it.effect("counts a fault that is reported again as the one that lasts", () =>
    Effect.gen(function* () {
      const { close, open } = yield* Incidents
      yield* open(refused)
      yield* open({ ...refused, cause: "It answered 403 again." })
      assert.strictEqual((yield* logged).length, 1)
      yield* close("breaker", "betpawa-ng/event")
      yield* open(refused)
      assert.strictEqual((yield* logged).length, 2)
    }).pipe(Effect.provide(Incidents.layer))
  )

  it.effect("ends only the incident of this kind and subject", () =>
    Effect.gen(function* () {
      const { close, open } = yield* Incidents
      yield* open(refused)
      yield* open({ ...refused, subject: "betpawa-ng/list" })
      yield* close("breaker", "betpawa-ng/list")
      const lasting = (yield* logged).filter((incident) => incident.endedAt === undefined)
      assert.deepStrictEqual(
        lasting.map((incident) => incident.subject),
        ["betpawa-ng/event"]
      )
    }).pipe(Effect.provide(Incidents.layer))
  )

  it.effect("keeps 200, newest first, and lets one that lasts outlive those that ended", () =>
    Effect.gen(function* () {
      const { note, open } = yield* Incidents
      yield* open(refused)
      yield* Effect.forEach(
        Array.from({ length: 300 }, (_, index) => index),
        (index) => note({ kind: "restart", subject: `actor ${index}`, cause: "It crashed.", touched: [] })
      )
      const all = yield* logged
      assert.strictEqual(all.length, 200)
      assert.strictEqual(all[0]?.subject, "actor 299")
      assert.strictEqual(all.at(-1)?.subject, "betpawa-ng/event")
      assert.strictEqual(new Set(all.map((incident) => incident.id)).size, 200)
    }).pipe(Effect.provide(Incidents.layer))
  )
})
