import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import type { Interest } from "../../src/broadcast/Interest.ts"
import { makePending, note } from "../../src/broadcast/Pending.ts"
import { makeTopic } from "../../src/broadcast/Topic.ts"
import { BookmakerId } from "../../src/domain/Bookmaker.ts"
import { catalogue } from "../../src/domain/Catalogue.ts"
import { CompetitionId } from "../../src/domain/Competition.ts"
import { EventId } from "../../src/domain/Event.ts"
import type { EventFacts } from "../../src/domain/Event.ts"
import type { Record } from "../../src/domain/Record.ts"
import { listingState, marketState } from "../support/records.ts"

const few = <A>(make: (id: string) => A) => fc.constantFrom("1", "2", "3", "4").map(make)
const facts: fc.Arbitrary<EventFacts> = fc.record({
  id: few((id) => EventId(id)),
  home: fc.constant("Home"),
  away: fc.constant("Away"),
  kickoff: fc.nat(10),
  competition: fc.record({
    id: few((id) => CompetitionId(id)),
    name: fc.constant("League"),
    countryCode: few(String),
    countryName: fc.constant("Country")
  })
})
const maybe = <A>(of: fc.Arbitrary<A>) => fc.option(of, { nil: undefined })
const bookmakerId = few((id) => BookmakerId(id))
const about = { at: fc.nat(10), bookmakerId, phase: fc.constant("PREMATCH" as const), event: facts }
const record: fc.Arbitrary<Record> = fc.oneof(
  fc.tuple(maybe(facts), maybe(facts)).map(([before, after]) => ({
    kind: "EVENT" as const,
    at: 0,
    eventId: (after ?? before)?.id ?? EventId("1"),
    before,
    after: after === undefined || before === undefined ? after : { ...after, id: before.id }
  })),
  fc.record({
    kind: fc.constant("MARKETS" as const),
    ...about,
    publishedAt: fc.constant(undefined),
    runId: fc.constant(undefined),
    markets: fc.constantFrom(0, 1, 2).map((type) => [marketState(type, [1850, 1950])])
  }),
  fc.record({ kind: fc.constant("LISTING" as const), ...about, listing: fc.constant(listingState()) }),
  fc.record({
    kind: fc.constant("CONFIRMED" as const),
    at: fc.nat(10),
    bookmakerId,
    listings: fc
      .array(facts, { maxLength: 3 })
      .map((events) =>
        events.map((event) => ({ event, phase: "PREMATCH" as const, scope: "FULL" as const, observedAt: 5 }))
      )
  }),
  fc.constant({ kind: "GAP" as const, at: 0, from: 1, to: 2, reason: { code: "OTHER" as const, text: "" } }),
  bookmakerId.map((id) => ({
    kind: "BOOKMAKER" as const,
    at: 0,
    bookmakerId: id,
    state: "STALE" as const,
    since: 0
  }))
)
const setOf = <A>(of: fc.Arbitrary<A>) => maybe(fc.array(of, { maxLength: 3 }).map((values) => new Set(values)))
const interest: fc.Arbitrary<Interest> = fc
  .record({
    events: setOf(few((id) => EventId(id))),
    competitions: setOf(few((id) => CompetitionId(id))),
    countries: setOf(few(String)),
    bookmakers: setOf(bookmakerId),
    from: fc.nat(10),
    type: fc.constantFrom(undefined, 0, 1)
  })
  .map(({ from, type, ...sets }) => ({
    ...sets,
    event: ({ id, competition, kickoff }) =>
      (sets.events?.has(id) ?? true) &&
      (sets.competitions?.has(competition.id) ?? true) &&
      (sets.countries?.has(competition.countryCode) ?? true) &&
      kickoff >= from,
    market: (market) => type === undefined || market.type === catalogue[type]
  }))

describe("the index of filters", () => {
  it("shows a record to exactly those whose own filter wants it, also after others have gone", () => {
    fc.assert(
      fc.property(fc.array(interest, { maxLength: 12 }), fc.array(record, { maxLength: 12 }), (interests, records) => {
        const topic = makeTopic<{ readonly interest: Interest }>()
        const groups = interests.map((wanted) => ({ interest: wanted }))
        for (const group of groups) topic.add(group)
        const gone = groups.filter((_, i) => i % 3 === 0)
        for (const group of gone) topic.remove(group)
        const staying = groups.filter((group) => !gone.includes(group))
        for (const published of records) {
          const wants = (group: (typeof groups)[number]): boolean =>
            note(makePending(), group.interest, { epoch: 1, seq: 1, record: published, durable: true })
          const shown: (typeof groups)[number][] = []
          topic.route(published, (group) => void shown.push(group))
          assert.strictEqual(new Set(shown).size, shown.length)
          assert.sameMembers(shown.filter(wants), staying.filter(wants))
        }
      }),
      { numRuns: 500 }
    )
  })
})
