/** What two snapshots of one listing that wait together become. */
import { assert, describe, it } from "vitest"
import { conflate } from "../../src/odds/Conflate.ts"
import type { Snapshot } from "../../src/domain/Snapshot.ts"
import { snapshot } from "../support/snapshots.ts"

const TOTALS = ["over_under_ft@2.5 over 1850", "over_under_ft@2.5 under 1950"]
const MOVED = ["over_under_ft@2.5 over 1900", "over_under_ft@2.5 under 1900"]
const BOTH_SCORE = ["btts_ft yes 1800", "btts_ft no 2000"]

const part = (at: number, types: readonly string[], prices: readonly string[]): Snapshot =>
  snapshot(at, prices, { scope: new Set(types) })

/** Markets with their prices. */
const told = ({ board: { milli, shape } }: Snapshot): readonly (readonly (string | number)[])[] =>
  shape.slots.map(({ market }, i) => [market.key, ...milli.slice(shape.offsets[i], shape.offsets[i + 1])])

describe("snapshots that wait together", () => {
  it("are the newer one where that is whole, in whichever order they came", () => {
    const older = snapshot(1_000, [...TOTALS, ...BOTH_SCORE])
    const newer = snapshot(2_000, MOVED)
    assert.strictEqual(conflate(older, newer), newer)
    assert.strictEqual(conflate(newer, older), newer)
  })

  it("are whole with a newer part over it, so that what is absent from both is withdrawn", () => {
    const both = conflate(snapshot(1_000, [...TOTALS, ...BOTH_SCORE]), part(2_000, ["over_under_ft"], MOVED))
    assert.strictEqual(both.scope, "FULL")
    assert.strictEqual(both.observedAt, 2_000)
    assert.strictEqual(both.wholeAt, 1_000)
    assert.deepStrictEqual(told(both), [
      ["over_under_ft@2.5", 1900, 1900],
      ["btts_ft", 1800, 2000]
    ])
  })

  it("are as a whole no younger than the whole, however many parts lie over it, until there is a newer one", () => {
    const over = (below: Snapshot, at: number) => conflate(below, part(at, ["over_under_ft"], MOVED))
    const both = over(over(snapshot(1_000, [...TOTALS, ...BOTH_SCORE]), 2_000), 3_000)
    assert.deepStrictEqual([both.observedAt, both.wholeAt], [3_000, 1_000])
    assert.isUndefined(conflate(both, snapshot(4_000, TOTALS)).wholeAt)
  })

  it("are a part of both scopes, and never whole, where both are parts", () => {
    const both = conflate(part(1_000, ["btts_ft"], BOTH_SCORE), part(2_000, ["over_under_ft"], MOVED))
    assert.deepStrictEqual(both.scope, new Set(["btts_ft", "over_under_ft"]))
    assert.deepStrictEqual(
      told(both).map(([key]) => key),
      ["over_under_ft@2.5", "btts_ft"]
    )
  })

  it("forget of a part's scope what the newer one no longer has, rejected keys included", () => {
    const older = snapshot(1_000, [...TOTALS, ...BOTH_SCORE], { rejected: ["over_under_ft@3.5", "1x2_ft"] })
    const both = conflate(older, part(2_000, ["over_under_ft"], []))
    assert.deepStrictEqual(
      told(both).map(([key]) => key),
      ["btts_ft"]
    )
    assert.deepStrictEqual([...both.rejected], ["1x2_ft"])
  })

  it("count as captured over the whole time between both requests, and as unreadable where one is", () => {
    const older = snapshot(1_000, TOTALS, { unkeyedReject: true, finerPrices: 2 })
    const both = conflate(older, { ...part(2_000, ["btts_ft"], BOTH_SCORE), finerPrices: 3 })
    assert.strictEqual(both.requestedAt, older.requestedAt)
    assert.isTrue(both.unkeyedReject)
    assert.strictEqual(both.finerPrices, 5)
  })
})
