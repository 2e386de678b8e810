/** Which tiers are allowed: they ascend, and the last has no bound. */
import { assert, describe, it } from "@effect/vitest"
import { DEFAULT_TIERS } from "../../../src/domain/Freshness.ts"
import { DEFAULT_SETTINGS } from "../../../src/domain/Settings.ts"
import { faultsOf, fromWritten, toWritten } from "../../../src/storage/tables/SettingsRules.ts"

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

describe("settings as they were written", () => {
  it("are read back as they were", () => {
    const settings = { ...DEFAULT_SETTINGS, version: 7, batchSize: 9 }
    assert.deepStrictEqual(fromWritten(JSON.parse(JSON.stringify(toWritten(settings)))), { settings, faults: [] })
  })

  it("have their default, field by field, where nobody can read them or they are not allowed", () => {
    const { settings, faults } = fromWritten({
      version: 4,
      batchSize: 9,
      scrapeIntervalMs: "soon",
      tiers: "none",
      eventsAtOnce: 0,
      unknown: 1
    })
    assert.deepStrictEqual(settings, { ...DEFAULT_SETTINGS, version: 4, batchSize: 9 })
    assert.deepStrictEqual(
      faults.map(({ path }) => path.join(".")),
      ["scrapeIntervalMs", "tiers", "eventsAtOnce"]
    )
  })

  it.each([null, "nonsense", [1, 2], 7])("are all at their default where %j is kept", (written) => {
    assert.deepStrictEqual(fromWritten(written).settings, DEFAULT_SETTINGS)
  })
})
