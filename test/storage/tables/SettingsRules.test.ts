/** Which tiers are allowed: they ascend, and the last has no bound. */
import { assert, describe, it } from "@effect/vitest"
import { DEFAULT_TIERS } from "../../../src/domain/Freshness.ts"
import { faultsOf } from "../../../src/storage/tables/SettingsRules.ts"

const MINUTE = 60_000
const tier = (within: number) => ({ within, every: MINUTE })

describe("tiers", () => {
  it("may be any that ascend and end without a bound", () => {
    assert.deepStrictEqual(faultsOf({ tiers: DEFAULT_TIERS }), [])
    assert.deepStrictEqual(faultsOf({ tiers: [tier(Infinity)] }), [])
  })

  it.each([
    ["none", []],
    ["with a bound on the last", [tier(5 * MINUTE)]],
    ["that descend", [tier(10 * MINUTE), tier(5 * MINUTE), tier(Infinity)]],
    ["two of one bound", [tier(5 * MINUTE), tier(5 * MINUTE), tier(Infinity)]]
  ])("are refused when there are %s", (_, tiers) => {
    assert.deepStrictEqual(
      faultsOf({ tiers }).map(({ path }) => path),
      [["tiers"]]
    )
  })
})
