import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { makeOutage } from "../../../src/journal/commit/Outage.ts"

describe("an outage of the journal's disk", () => {
  it.effect("reserves numbers ahead of their use, however long it lasts", () =>
    Effect.gen(function* () {
      let reserved = 0
      const outage = makeOutage({
        left: undefined,
        reserve: (upTo) => Effect.sync(() => void (reserved = upTo)),
        leave: Effect.void
      })
      yield* outage.begin(0, "full", 10)
      for (let given = 10; given < 2_000_000; given += 5_000) {
        yield* outage.reserve(given)
        assert.isAbove(reserved, given + 5_000)
      }
      yield* outage.end
      yield* outage.begin(1, "full again", 20)
      assert.isBelow(reserved, 2_000_000)
    })
  )
})
