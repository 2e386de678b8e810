/**
 * Records for tests: short makers by hand, and arbitraries that cover every kind and every optional field.
 */
import assert from "node:assert"
import fc from "fast-check"
import { BookmakerId } from "../../src/domain/Bookmaker.ts"
import { catalogue } from "../../src/domain/Catalogue.ts"
import { CompetitionId } from "../../src/domain/Competition.ts"
import { EventId } from "../../src/domain/Event.ts"
import type { EventFacts, Phase } from "../../src/domain/Event.ts"
import type { OddsState, Reason, ReasonCode, Standing } from "../../src/domain/Freshness.ts"
import { layoutOf } from "../../src/domain/Layout.ts"
import { marketOf } from "../../src/domain/Market.ts"
import type { Market, MarketType } from "../../src/domain/Market.ts"
import type {
  BaseRecord,
  BookmakerRecord,
  ConfirmedRecord,
  EventRecord,
  ListingRecord,
  ListingState,
  MarketState,
  MarketsRecord,
  OutcomeState,
  Record
} from "../../src/domain/Record.ts"
import type { Scope } from "../../src/domain/Snapshot.ts"

export const NOW = Date.UTC(2026, 10, 20, 12)
export const betpawa = BookmakerId("betpawa-ng")

export const factsOf = (id: string, home = "Home"): EventFacts => ({
  id: EventId(id),
  home,
  away: "Away",
  kickoff: NOW + 3_600_000,
  competition: {
    id: CompetitionId("england-premier-league"),
    name: "Premier League",
    countryCode: "GB-ENG",
    countryName: "England"
  }
})

export const eventRecord = (id: string, home = "Home", at = NOW): EventRecord => ({
  kind: "EVENT",
  at,
  eventId: EventId(id),
  before: undefined,
  after: factsOf(id, home)
})

export const marketState = (type: number, milli: readonly number[], at = NOW): MarketState => {
  const { market, layout } = slotOf(type, milli.length)
  return {
    market,
    layout,
    milli,
    previous: milli.map(() => 0),
    states: milli.map(() => "OPEN" as const),
    changedAt: at,
    state: "CONFIRMED",
    since: at
  }
}

const slotOf = (type: number, width: number) => {
  const found = catalogue[type]
  assert(found !== undefined, `the catalogue has no type ${type}`)
  return {
    market: marketAt(found, 2.5),
    layout: layoutOf(
      found,
      Array.from({ length: width }, (_, i) => i)
    )
  }
}

const marketAt = (type: MarketType, line: number): Market => {
  const market = marketOf(type, type.hasLine ? line : undefined)
  assert(market !== undefined, `${type.key} has no line ${line}`)
  return market
}

export const marketsRecord = (
  id: string,
  price: number,
  at = NOW,
  bookmakerId = betpawa,
  types: readonly number[] = [0]
): MarketsRecord => ({
  kind: "MARKETS",
  at,
  event: factsOf(id),
  bookmakerId,
  phase: "PREMATCH",
  publishedAt: undefined,
  runId: "run-1",
  markets: types.map((type) => marketState(type, [price, price + 100], at))
})

export const confirmedRecord = (ids: readonly string[], at: number, scope: Scope = "FULL"): ConfirmedRecord => ({
  kind: "CONFIRMED",
  at,
  bookmakerId: betpawa,
  listings: ids.map((id) => ({ event: factsOf(id), phase: "PREMATCH", scope, observedAt: at }))
})

export const bookmakerRecord = (standing: Standing, at = NOW): BookmakerRecord => ({
  kind: "BOOKMAKER",
  at,
  bookmakerId: betpawa,
  ...standing
})

export const listingState = (bookmakerEventId = "n1"): ListingState => ({
  state: "CONFIRMED",
  since: NOW,
  bookmakerEventId,
  mappedCount: 1,
  unmapped: [{ nativeId: "9", name: "Odd one", outcomeCount: 2 }]
})

export const listingRecord = (id: string, listing = listingState(), at = NOW): ListingRecord => ({
  kind: "LISTING",
  at,
  event: factsOf(id),
  bookmakerId: betpawa,
  phase: "PREMATCH",
  listing
})

/** A listing told whole: one market per price, of the types of the catalogue in order. */
export const baseRecord = (id: string, prices: readonly number[], at = NOW): BaseRecord => ({
  kind: "BASE",
  at,
  event: factsOf(id),
  bookmakerId: betpawa,
  phase: "PREMATCH",
  listing: listingState(),
  markets: prices.map((price, type) => marketState(type, [price, price + 100], at))
})

const text = fc.string({ unit: "grapheme", maxLength: 12 })
const time = fc.integer({ min: 0, max: 4_102_444_800_000 })
const reason: fc.Arbitrary<Reason> = fc.record(
  { code: fc.constantFrom<ReasonCode[]>("OTHER", "UNREADABLE", "BLOCKED"), text, until: time },
  { requiredKeys: ["code", "text"] }
)
const standing = {
  state: fc.constantFrom<OddsState[]>("CONFIRMED", "STALE", "SUSPENDED", "WITHDRAWN"),
  since: time,
  reason
}
const facts: fc.Arbitrary<EventFacts> = fc.record({
  id: text.map((id) => EventId(id)),
  home: text,
  away: text,
  kickoff: time,
  competition: fc.record({ id: text.map((id) => CompetitionId(id)), name: text, countryCode: text, countryName: text })
})
const market: fc.Arbitrary<MarketState> = fc.constantFrom(...catalogue).chain((type) =>
  fc
    .tuple(
      fc.subarray(
        type.outcomes.map((_, i) => i),
        { minLength: 1 }
      ),
      fc.integer({ min: -40, max: 40 })
    )
    .chain(([indexes, quarters]) => {
      const layout = layoutOf(type, indexes)
      const each = <A>(of: fc.Arbitrary<A>) => fc.array(of, { minLength: indexes.length, maxLength: indexes.length })
      return fc.record(
        {
          market: fc.constant(marketAt(type, quarters / 4)),
          layout: fc.constant(layout),
          milli: each(fc.integer({ min: 0, max: 10_000_000 })),
          previous: each(fc.integer({ min: 0, max: 10_000_000 })),
          states: each(fc.constantFrom<OutcomeState[]>("OPEN", "SUSPENDED", "UNREADABLE", "WITHDRAWN")),
          changedAt: time,
          ...standing
        },
        { requiredKeys: ["market", "layout", "milli", "previous", "states", "changedAt", "state", "since"] }
      )
    })
)
const listing: fc.Arbitrary<ListingState> = fc.record(
  {
    bookmakerEventId: text,
    bookmakerCompetitionId: text,
    mappedCount: fc.nat(),
    ...standing,
    unmapped: fc.array(fc.record({ nativeId: text, name: text, outcomeCount: fc.nat() }), { maxLength: 3 })
  },
  { requiredKeys: ["bookmakerEventId", "mappedCount", "unmapped", "state", "since"] }
)
const phase = fc.constantFrom<Phase[]>("PREMATCH", "INPLAY")
const bookmakerId = text.map((id) => BookmakerId(id))
const about = { at: time, event: facts, bookmakerId, phase }
const maybe = <A>(of: fc.Arbitrary<A>) => fc.option(of, { nil: undefined })

/** Any record. */
export const record: fc.Arbitrary<Record> = fc.oneof(
  fc.record({
    kind: fc.constant("EVENT" as const),
    at: time,
    eventId: text.map((id) => EventId(id)),
    before: maybe(facts),
    after: maybe(facts)
  }),
  fc.record(
    { kind: fc.constant("BOOKMAKER" as const), at: time, bookmakerId, ...standing },
    { requiredKeys: ["kind", "at", "bookmakerId", "state", "since"] }
  ),
  fc.record({ kind: fc.constant("LISTING" as const), ...about, listing }),
  fc.record({
    kind: fc.constant("MARKETS" as const),
    ...about,
    publishedAt: maybe(time),
    runId: maybe(text),
    markets: fc.array(market, { maxLength: 4 })
  }),
  fc.record({
    kind: fc.constant("CONFIRMED" as const),
    at: time,
    bookmakerId,
    listings: fc.array(
      fc.record({
        event: facts,
        phase,
        observedAt: time,
        scope: fc.oneof(
          fc.constant("FULL" as const),
          fc.uniqueArray(text).map((keys) => new Set(keys))
        )
      }),
      { maxLength: 3 }
    )
  }),
  fc.record({ kind: fc.constant("GAP" as const), at: time, from: fc.nat(), to: fc.nat(), reason }),
  fc.record({ kind: fc.constant("BASE" as const), ...about, listing, markets: fc.array(market, { maxLength: 4 }) })
)
