import { assert, describe, it } from "@effect/vitest"
import { DEFAULT_TIERS, cadenceAt, overdueAt, worst } from "../../src/domain/Freshness.ts"
import type { Standing } from "../../src/domain/Freshness.ts"

const confirmed = (since: number): Standing => ({ state: "CONFIRMED", since })
const stale = (since: number, text: string): Standing => ({ state: "STALE", since, reason: { code: "OTHER", text } })
const withdrawn: Standing = { state: "WITHDRAWN", since: 7, reason: { code: "GONE", text: "gone" } }

describe("the worst of several levels", () => {
  it("is confirmed since the last of them became so", () => {
    assert.deepStrictEqual(worst(confirmed(1), confirmed(5), confirmed(3)), confirmed(5))
  })

  it("is the worse state with its own since-time and reason", () => {
    assert.deepStrictEqual(worst(stale(9, "bookmaker"), confirmed(1), withdrawn), withdrawn)
  })

  it("is explained by the outermost of equals", () => {
    assert.strictEqual(worst(stale(9, "bookmaker"), stale(2, "listing")).reason?.text, "bookmaker")
  })
})

describe("a listing", () => {
  const kickoff = 100 * 3_600_000

  it("is refreshed by how near its kickoff is", () => {
    const minutes = [25, 30, 90, 120, 600, 1_440, 5_000]
    assert.deepStrictEqual(
      minutes.map((left) => cadenceAt(DEFAULT_TIERS, kickoff, kickoff - left * 60_000) / 1_000),
      [30, 60, 60, 300, 300, 1_800, 1_800]
    )
  })

  it("is overdue after twice its cadence and half a minute", () => {
    const confirmedAt = kickoff - 20 * 60_000
    assert.strictEqual(overdueAt(DEFAULT_TIERS, kickoff, confirmedAt), confirmedAt + 90_000)
  })
})
