import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import fc from "fast-check"
import type { Bookmaker } from "../../src/domain/Bookmaker.ts"
import { BookmakerId } from "../../src/domain/Bookmaker.ts"
import { MAIN_MARKETS, parseMarketKey } from "../../src/domain/Catalogue.ts"
import { CompetitionId } from "../../src/domain/Competition.ts"
import { EventId } from "../../src/domain/Event.ts"
import type { EventFacts } from "../../src/domain/Event.ts"
import type { ApiError } from "../../src/graphql/Errors.ts"
import { readFilter } from "../../src/graphql/arguments/Filter.ts"
import type { OddsFilter, OddsFilterInput } from "../../src/graphql/arguments/Filter.ts"
import { facts } from "../support/snapshots.ts"

const bookmakers: readonly Bookmaker[] = ["betpawa-ng", "sportybet-ng", "bet9ja-ng"].map((id, i) => ({
  id: BookmakerId(id),
  name: id,
  country: "NG",
  ours: i === 0,
  mapped: new Set()
}))

const filterOf = (input: OddsFilterInput | null): OddsFilter => Result.getOrThrow(readFilter(input, bookmakers))
const faultOf = (input: OddsFilterInput): ApiError => Result.getOrThrow(Result.flip(readFilter(input, bookmakers)))

const event: fc.Arbitrary<EventFacts> = fc
  .record({
    id: fc.constantFrom("1", "2", "3"),
    kickoff: fc.nat(100),
    country: fc.constantFrom("CN", "NG"),
    competition: fc.constantFrom("a", "b")
  })
  .map(({ id, kickoff, country, competition }) =>
    facts({
      id: EventId(id),
      kickoff,
      competition: { id: CompetitionId(competition), name: "", countryCode: country, countryName: "" }
    })
  )
const list = (...values: readonly string[]) => fc.option(fc.subarray([...values]), { nil: null })
const input: fc.Arbitrary<OddsFilterInput> = fc.record({
  events: list("1", "2", "3"),
  competitions: list("a", "b"),
  countries: list("CN", "NG"),
  kickoffFrom: fc.option(fc.nat(100), { nil: null }),
  kickoffTo: fc.option(fc.nat(100), { nil: null })
})

describe("a filter", () => {
  it("is the conjunction of its fields and the disjunction of their values", () => {
    fc.assert(
      fc.property(input, event, (given, about) => {
        const one = (values: readonly string[] | null | undefined, value: string) =>
          values === null || values === undefined || values.includes(value)
        const wanted =
          one(given.events, about.id) &&
          one(given.competitions, about.competition.id) &&
          one(given.countries, about.competition.countryCode) &&
          about.kickoff >= (given.kickoffFrom ?? 0) &&
          about.kickoff < (given.kickoffTo ?? 1_000)
        assert.strictEqual(filterOf(given).event(about), wanted)
      })
    )
  })

  it("wants nothing where a list is empty, and anything where it is null", () => {
    for (const field of ["events", "competitions", "countries", "bookmakers", "markets"]) {
      const filter = filterOf({ countries: ["CN"], [field]: [] })
      assert.isFalse(filter.event(facts()), field)
      assert.strictEqual(filter.events?.size, 0, field)
    }
    assert.isTrue(filterOf({ events: null }).event(facts()))
    assert.isFalse(filterOf({ markets: [] }).market(MAIN_MARKETS[0] ?? assert.fail()))
    assert.strictEqual(filterOf({ bookmakers: [] }).bookmakers?.size, 0)
  })

  it("wants the main markets where none are named", () => {
    const filter = filterOf({ events: ["1"] })
    for (const market of MAIN_MARKETS) assert.isTrue(filter.market(market))
    assert.isFalse(filter.market(parseMarketKey("over_under_ft@3.5") ?? assert.fail()))
  })

  it("wants every market only of named events or competitions", () => {
    assert.isTrue(
      filterOf({ events: ["1"], markets: ["*"] }).market(parseMarketKey("over_under_ft@3.5") ?? assert.fail())
    )
    assert.strictEqual(faultOf({ markets: ["*"] }).code, "FILTER_TOO_WIDE")
    assert.strictEqual(faultOf({ countries: ["CN"], markets: ["*"] }).code, "FILTER_TOO_WIDE")
  })

  it("names an unknown bookmaker and the nearest known ones", () => {
    const { code, message } = faultOf({ bookmakers: ["bet9ja"] })
    assert.strictEqual(code, "BAD_INPUT")
    assert.include(message, '"bet9ja"')
    assert.include(message, "bet9ja-ng")
  })

  it("names an unknown market and the nearest known ones", () => {
    assert.include(faultOf({ markets: ["1x2"] }).message, "1x2_ft")
    assert.include(faultOf({ markets: ["over_under_ft"] }).message, "over_under_ft@2.5")
    assert.include(faultOf({ markets: ["1x2_ft@2.5"] }).message, "1x2_ft")
    assert.include(faultOf({ markets: ["over_under_ft@2.3"] }).message, "quarter")
  })

  it("has the same part of a cursor for the same meaning, and another for another", () => {
    const part = filterOf({ events: ["1", "2"], bookmakers: ["bet9ja-ng"] }).part
    assert.strictEqual(filterOf({ events: ["2", "1", "1"], bookmakers: ["bet9ja-ng"], countries: null }).part, part)
    assert.notStrictEqual(filterOf({ events: ["1"], bookmakers: ["bet9ja-ng"] }).part, part)
    assert.strictEqual(filterOf(null).part, filterOf({ markets: MAIN_MARKETS.map(({ key }) => key).reverse() }).part)
  })
})
