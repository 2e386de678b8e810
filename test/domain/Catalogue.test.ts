import { assert, describe, it } from "@effect/vitest"
import { catalogue, MAIN_MARKETS, marketTypeOf, parseMarketKey } from "../../src/domain/Catalogue.ts"
import { nearest } from "../../src/domain/Nearest.ts"
import { hasRecordings, marketMap, originalMarketMap } from "../support/recordings.ts"

describe("the catalogue", () => {
  it("has 120 types, each at its own index under its own key", () => {
    assert.strictEqual(catalogue.length, 120)
    assert.strictEqual(new Set(catalogue.map(({ key }) => key)).size, 120)
    for (const [index, type] of catalogue.entries()) {
      assert.strictEqual(type.index, index)
      assert.strictEqual(marketTypeOf(type.key), type)
    }
  })

  it("lists at least two outcomes for each type, none twice", () => {
    for (const { key, outcomes } of catalogue) {
      assert.isAtLeast(outcomes.length, 2, key)
      assert.strictEqual(new Set(outcomes).size, outcomes.length, key)
    }
  })

  it("names every type in words", () => {
    for (const { key, name, period } of catalogue) {
      assert.match(name, /^[A-Z1][\w ,/]+/, key)
      assert.match(period, /^(FT|1H|2H|10M|5M)$/, key)
    }
  })

  it("is the market map, with its outcomes in its order wherever it lists them", () => {
    const rows: readonly { canonical: string; outcomes: readonly { key: string }[] | null }[] = JSON.parse(marketMap())
    assert.deepStrictEqual(
      rows.map(({ canonical }) => canonical),
      catalogue.map(({ key }) => key)
    )
    for (const { canonical, outcomes } of rows.filter((row) => row.outcomes !== null)) {
      assert.deepStrictEqual(
        marketTypeOf(canonical)?.outcomes,
        outcomes?.map(({ key }) => key)
      )
    }
  })

  it.skipIf(!hasRecordings)("has the market map that lies beside the recordings", () => {
    assert.strictEqual(marketMap(), originalMarketMap())
  })

  it("gives a line to whatever is over or under something, and to handicaps", () => {
    const lined = (key: string) => marketTypeOf(key)?.hasLine
    assert.deepStrictEqual(
      ["over_under_ft", "asian_handicap_1h", "next_goal", "htft_over_under", "home_corners_ft"].map(lined),
      [true, true, true, true, true]
    )
    assert.deepStrictEqual(["1x2_ft", "correct_score_ft", "exact_goals_ft", "1x2_10min", "first_corner"].map(lined), [
      false,
      false,
      false,
      false,
      false
    ])
  })

  it("lets two outcomes win where a chance is double, and gives no number where outcomes overlap", () => {
    const winners = (key: string) => marketTypeOf(key)?.winners
    assert.deepStrictEqual(
      ["1x2_ft", "double_chance_ft", "double_chance_btts_2h", "double_chance_over_under_ft"].map(winners),
      [1, 2, 2, 2]
    )
    assert.deepStrictEqual(["multigoals_ft", "home_multigoals_ft"].map(winners), [undefined, undefined])
  })

  it("compares nothing that bookmakers cut differently", () => {
    assert.deepStrictEqual(
      catalogue.filter(({ comparable }) => !comparable).map(({ key }) => key),
      [
        "correct_score_ft",
        "exact_goals_ft",
        "exact_goals_1h",
        "exact_goals_2h",
        "corners_range_ft",
        "home_corners_ft",
        "away_corners_ft",
        "home_bookings_ft",
        "away_bookings_ft"
      ]
    )
  })
})

describe("a market key", () => {
  it("is read back from every type, with a line where it has one", () => {
    for (const { key, hasLine } of catalogue) {
      const text = hasLine ? `${key}@2.5` : key
      assert.strictEqual(parseMarketKey(text)?.key, text)
    }
  })

  const ODD = [
    "",
    "@",
    "1x2",
    "1X2_FT",
    "1x2_ft@",
    "1x2_ft@0",
    "over_under_ft",
    "over_under_ft@",
    "over_under_ft@2.3",
    "over_under_ft@2,5",
    "over_under_ft@+2.5",
    "over_under_ft@1e2",
    "over_under_ft@1001",
    "over_under_ft@NaN",
    "over_under_ft@2.5@2.5",
    "__proto__",
    "constructor"
  ]
  for (const text of ODD) {
    it(`"${text}" is none`, () => assert.isUndefined(parseMarketKey(text)))
  }

  it("may have a line of nought, which is another market than no line, or be negative", () => {
    assert.strictEqual(parseMarketKey("asian_handicap_ft@0")?.line, 0)
    assert.strictEqual(parseMarketKey("asian_handicap_ft@-0")?.key, "asian_handicap_ft@0")
    assert.strictEqual(parseMarketKey("asian_handicap_ft@-1.25")?.line, -1.25)
    assert.isUndefined(parseMarketKey("asian_handicap_ft"))
  })

  it("of team corners and bookings may be with a line or, where ranges are offered, without", () => {
    assert.deepStrictEqual(
      [parseMarketKey("home_corners_ft")?.key, parseMarketKey("home_corners_ft")?.line].map(String),
      ["home_corners_ft", "undefined"]
    )
    assert.strictEqual(parseMarketKey("home_corners_ft@5.5")?.line, 5.5)
    assert.notStrictEqual(parseMarketKey("home_corners_ft"), parseMarketKey("home_corners_ft@5.5"))
  })

  it("is the same object each time, so that markets compare by reference", () => {
    assert.strictEqual(parseMarketKey("over_under_ft@2.5"), parseMarketKey("over_under_ft@2.50"))
  })

  it("stands for the five main markets", () => {
    assert.deepStrictEqual(
      MAIN_MARKETS.map(({ key }): string => key),
      ["1x2_ft", "double_chance_ft", "over_under_ft@2.5", "btts_ft", "draw_no_bet_ft"]
    )
  })
})

describe("the nearest known words", () => {
  const keys = catalogue.map(({ key }) => key)
  it("are those that were probably meant, best first", () => {
    assert.strictEqual(nearest("1x2_tf", keys)[0], "1x2_ft")
    assert.strictEqual(nearest("OVER_UNDER_FT", keys)[0], "over_under_ft")
    assert.deepStrictEqual(nearest("betpawa", ["betpawa-ng", "sportybet-ng", "bet9ja-ng"]).slice(0, 1), ["betpawa-ng"])
  })
  it("are three at most, and none where nothing is near", () => {
    assert.isAtMost(nearest("over_under", keys).length, 3)
    assert.deepStrictEqual(nearest("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", keys), [])
    assert.deepStrictEqual(nearest("anything", []), [])
  })
  it("are found quickly for an argument of any length", () => {
    assert.isArray(nearest("x".repeat(1_000_000), keys))
  })
})
