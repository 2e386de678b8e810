import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { rested } from "../../../src/storage/writing/Holding.ts"
import { eventRecord, NOW } from "../../support/records.ts"

const batch = (size: number) =>
  Array.from({ length: size }, (_, i) => ({ epoch: NOW, seq: i + 1, durable: true, record: eventRecord("1") }))

describe("the writer's rest", () => {
  it.effect("comes behind a batch that took all there was", () =>
    Effect.gen(function* () {
      const resting = yield* Effect.forkChild(rested(batch(1), Effect.never))
      yield* TestClock.adjust("499 millis")
      assert.isUndefined(resting.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      yield* Fiber.join(resting)
    })
  )

  it.effect("is left out behind a full batch, because more is waiting", () => rested(batch(500), Effect.never))

  it.effect("ends when somebody waits for all to be stored", () => rested(batch(1), Effect.void))
})
