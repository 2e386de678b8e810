import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import { BookmakerId } from "../../src/domain/Bookmaker.ts"
import { catalogue, marketTypeOf } from "../../src/domain/Catalogue.ts"
import type { OddsState } from "../../src/domain/Freshness.ts"
import { layoutOf } from "../../src/domain/Layout.ts"
import { marketOf } from "../../src/domain/Market.ts"
import type { MarketType } from "../../src/domain/Market.ts"
import type { MarketState } from "../../src/domain/Record.ts"
import { compare } from "../../src/pricing/Comparison.ts"
import type { Candidate } from "../../src/pricing/Comparison.ts"
import { marginOf, openPrices } from "../../src/pricing/Margin.ts"

const typeOf = (key: string): MarketType => {
  const type = marketTypeOf(key)
  assert.isDefined(type)
  return type ?? assert.fail(key)
}
const RESULT = typeOf("1x2_ft")
const CHANCE = typeOf("double_chance_ft")

const stateOf = (type: MarketType, milli: readonly number[], missing: readonly number[] = []): MarketState => {
  const indexes = type.outcomes.map((_, i) => i).filter((i) => !missing.includes(i))
  const market = marketOf(type, type.hasLine ? 2.5 : undefined) ?? assert.fail(type.key)
  return {
    state: "CONFIRMED",
    since: 0,
    market,
    layout: layoutOf(type, indexes),
    milli: indexes.map((i) => milli[i] ?? 0),
    previous: indexes.map(() => 0),
    states: indexes.map((i) => ((milli[i] ?? 0) > 0 ? "OPEN" : "SUSPENDED")),
    changedAt: 0
  }
}

interface Sample {
  readonly state: OddsState
  readonly milli: readonly number[]
  readonly capturedAt: number
}

const candidate = ({ state, milli, capturedAt }: Sample, position: number, type = RESULT): Candidate => ({
  bookmaker: {
    id: BookmakerId(`b${position}`),
    name: `B${position}`,
    country: "NG",
    ours: position === 0,
    mapped: new Set()
  },
  standing: { state, since: 0 },
  state: stateOf(type, milli),
  capturedAt
})

const samples = fc.array(
  fc.record({
    state: fc.constantFrom<OddsState>("CONFIRMED", "CONFIRMED", "STALE", "SUSPENDED", "WITHDRAWN"),
    milli: fc.array(fc.integer({ min: 1_001, max: 20_000 }), { minLength: 3, maxLength: 3 }),
    capturedAt: fc.integer({ min: 0, max: 100_000 })
  }),
  { minLength: 1, maxLength: 5 }
)

const BOUND = 30_000

describe("a margin", () => {
  it("is the sum of 1 / price less one", () => {
    assert.closeTo(marginOf(RESULT, [2_000, 4_000, 4_000]) ?? NaN, 0, 1e-12)
    assert.closeTo(marginOf(RESULT, [1_900, 3_300, 4_000]) ?? NaN, 1 / 1.9 + 1 / 3.3 + 1 / 4 - 1, 1e-12)
  })

  it("halves the sum for double chance, where two outcomes win", () => {
    assert.closeTo(marginOf(CHANCE, [1_500, 1_500, 1_500]) ?? NaN, 0, 1e-12)
  })

  it("does not exist while any outcome of the catalogue is missing or not open", () => {
    assert.isUndefined(marginOf(RESULT, openPrices(stateOf(RESULT, [1_900, 0, 4_000]))))
    assert.isUndefined(marginOf(RESULT, openPrices(stateOf(RESULT, [1_900, 3_300, 4_000], [1]))))
  })

  it("does not exist where outcomes overlap", () => {
    const overlapping = catalogue.filter(({ winners }) => winners === undefined)
    assert.isNotEmpty(overlapping)
    for (const type of overlapping)
      assert.isUndefined(
        marginOf(
          type,
          type.outcomes.map(() => 2_000)
        )
      )
  })
})

describe("a comparison", () => {
  it("says of confirmed prices from history that nobody knows when they were captured", () => {
    const past = {
      ...candidate({ state: "CONFIRMED", milli: [1_850, 3_400, 4_200], capturedAt: 0 }, 0),
      capturedAt: undefined
    }
    const { best, excluded } = compare(RESULT, [past], 10_000)
    assert.isUndefined(best[0]?.milli)
    assert.include(excluded[0]?.reason.text, "does not keep when they were captured")
  })

  it("counts only confirmed prices, any two within the skew bound of each other", () =>
    fc.assert(
      fc.property(samples, (all) => {
        const { excluded, skewMs } = compare(
          RESULT,
          all.map((sample, i) => candidate(sample, i)),
          BOUND
        )
        const out = new Set<string>(excluded.map(({ bookmakerId }) => bookmakerId))
        const counting = all.filter((_, i) => !out.has(`b${i}`))
        for (const { state } of counting) assert.strictEqual(state, "CONFIRMED")
        const captures = counting.map(({ capturedAt }) => capturedAt)
        const spread = captures.length < 2 ? undefined : Math.max(...captures) - Math.min(...captures)
        assert.strictEqual(skewMs, spread)
        assert.isAtMost(spread ?? 0, BOUND)
      })
    ))

  it("names everyone once: counted, or excluded with a reason", () =>
    fc.assert(
      fc.property(samples, (all) => {
        const { excluded } = compare(
          RESULT,
          all.map((sample, i) => candidate(sample, i)),
          BOUND
        )
        const newest = Math.max(...all.filter(({ state }) => state === "CONFIRMED").map(({ capturedAt }) => capturedAt))
        const expected = all.flatMap(({ state, capturedAt }, i) =>
          state !== "CONFIRMED" ? [[`b${i}`, "OTHER"]] : newest - capturedAt > BOUND ? [[`b${i}`, "SKEW"]] : []
        )
        assert.deepStrictEqual(
          excluded.map(({ bookmakerId, reason }) => [bookmakerId, reason.code]),
          expected
        )
      })
    ))

  it("gives each outcome the highest price that counts, with everyone who has it", () =>
    fc.assert(
      fc.property(samples, (all) => {
        const { best, excluded } = compare(
          RESULT,
          all.map((sample, i) => candidate(sample, i)),
          BOUND
        )
        const out = new Set<string>(excluded.map(({ bookmakerId }) => bookmakerId))
        best.forEach(({ milli, bookmakers }, outcome) => {
          const prices = all.flatMap((sample, i) =>
            out.has(`b${i}`) ? [] : [[`b${i}`, sample.milli[outcome] ?? 0] as const]
          )
          const highest = prices.length === 0 ? undefined : Math.max(...prices.map(([, price]) => price))
          assert.strictEqual(milli, highest)
          assert.deepStrictEqual(
            bookmakers.map(String),
            prices.filter(([, price]) => price === highest).map(([id]) => String(id))
          )
        })
      })
    ))

  it("does not depend on the order of the bookmakers", () =>
    fc.assert(
      fc.property(samples, (all) => {
        const there = compare(
          RESULT,
          all.map((sample, i) => candidate(sample, i)),
          BOUND
        )
        const back = compare(RESULT, all.map((sample, i) => candidate(sample, i)).reverse(), BOUND)
        assert.deepStrictEqual(
          back.best.map(({ milli, ourEdge }) => [milli, ourEdge]),
          there.best.map(({ milli, ourEdge }) => [milli, ourEdge])
        )
      })
    ))

  it("sets our edge against the best competitor, and leaves it out when either does not count", () => {
    const sample = (home: number, state: OddsState = "CONFIRMED"): Sample => ({
      state,
      milli: [home, 3_000, 3_000],
      capturedAt: 0
    })
    const edges = (...all: readonly Sample[]) =>
      compare(
        RESULT,
        all.map((one, i) => candidate(one, i)),
        BOUND
      ).best.map(({ ourEdge }) => ourEdge)
    assert.closeTo(edges(sample(2_000), sample(1_800), sample(1_600))[0] ?? NaN, 2 / 1.8 - 1, 1e-12)
    assert.isUndefined(edges(sample(2_000, "STALE"), sample(1_800))[0])
    assert.isUndefined(edges(sample(2_000), sample(1_800, "SUSPENDED"))[0])
  })

  it("is not made for a type that bookmakers cut differently", () => {
    const type = catalogue.find(({ comparable }) => !comparable) ?? assert.fail("no such type")
    const milli = type.outcomes.map(() => 2_000)
    const { best, excluded } = compare(
      type,
      [0, 1].map((i) => candidate({ state: "CONFIRMED", milli, capturedAt: 0 }, i, type)),
      BOUND
    )
    assert.lengthOf(excluded, 2)
    for (const { milli, ourEdge } of best) assert.deepStrictEqual([milli, ourEdge], [undefined, undefined])
  })
})
