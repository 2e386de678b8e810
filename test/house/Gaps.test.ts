/** A gap of the journal in the incident log: once, from the beginning of the outage to its end, and why. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, SubscriptionRef } from "effect"
import { TestClock } from "effect/testing"
import type { NumberedRecord } from "../../src/domain/Record.ts"
import { makeGapWatch } from "../../src/Gaps.ts"
import { Journal } from "../../src/journal/Journal.ts"
import { Incidents } from "../../src/observability/Incidents.ts"
import { memoryJournal } from "../support/MemoryJournal.ts"

const gapOf = (seq: number, at: number): NumberedRecord => ({
  epoch: 1,
  seq,
  durable: true,
  record: { kind: "GAP", at, from: seq - 3, to: seq - 1, reason: { code: "OTHER", text: "The disk was full." } }
})

describe("a gap of the journal", () => {
  it.effect("is an incident once it is closed, since the disk was unusable", () =>
    Effect.gen(function* () {
      let gap: NumberedRecord | undefined
      let degradedSince: number | undefined
      const journal = Journal.use((healthy) =>
        Effect.succeed({
          ...healthy,
          lastGap: Effect.sync(() => gap),
          stats: Effect.map(healthy.stats, (stats) => ({ ...stats, degradedSince }))
        })
      )
      yield* Effect.gen(function* () {
        const { log } = yield* Incidents
        const look = yield* makeGapWatch
        const incidents = Effect.map(SubscriptionRef.get(log), (all) =>
          all.map(({ cause, endedAt, kind, startedAt, touched }) => [kind, startedAt, endedAt, cause, ...touched])
        )
        yield* look
        degradedSince = 1_000
        yield* look
        assert.isEmpty(yield* incidents)
        yield* TestClock.setTime(5_000)
        degradedSince = undefined
        gap = gapOf(13, 4_500)
        yield* look
        yield* look
        const cause = "Numbers 10 to 12 are on no disk and in no history. The disk was full."
        const first = ["gap", 1_000, 5_000, cause, "journal", "history"]
        assert.deepStrictEqual(yield* incidents, [first])
        gap = gapOf(23, 4_800)
        yield* look
        const [second] = yield* incidents
        assert.deepStrictEqual(second?.slice(0, 3), ["gap", 4_800, 5_000])
      }).pipe(Effect.provide([Layer.effect(Journal, journal).pipe(Layer.provide(memoryJournal())), Incidents.layer]))
    })
  )
})
