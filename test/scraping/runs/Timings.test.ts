import { assert, describe, it } from "@effect/vitest"
import { BookmakerId } from "../../../src/domain/Bookmaker.ts"
import { makeTimings } from "../../../src/scraping/runs/Timings.ts"

const alpha = BookmakerId("alpha")

describe("the timings of a run", () => {
  it.each([0.05, 1, 600, 12_000])("tell %s ms within a twentieth", (milliseconds) => {
    const timings = makeTimings()
    for (let i = 0; i < 100; i++) timings.add("fetch", alpha, milliseconds)
    const [{ count, p50, p99, total } = assert.fail("none")] = timings.all()
    assert.strictEqual(count, 100)
    assert.approximately(total, milliseconds * 100, 1e-6 * milliseconds)
    assert.approximately(p50, milliseconds, milliseconds * 0.05)
    assert.strictEqual(p99, p50)
  })

  it("keep stages and bookmakers apart, and rank by time", () => {
    const timings = makeTimings()
    for (let i = 1; i <= 100; i++) timings.add("fetch", alpha, i)
    timings.add("skew", undefined, 3)
    const [fetch, skew] = timings.all()
    assert.approximately(fetch?.p50 ?? 0, 50, 2.5)
    assert.approximately(fetch?.p95 ?? 0, 95, 5)
    assert.deepStrictEqual([skew?.stage, skew?.bookmakerId, skew?.count], ["skew", undefined, 1])
  })
})
