/** The invariant of DESIGN §2: the books equal the fold of what was numbered, whatever happens in between. */
import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { EVICT_AFTER_KICKOFF_MS, EventId } from "../../src/domain/Event.ts"
import { DEFAULT_TIERS } from "../../src/domain/Freshness.ts"
import type { NumberedRecord, Record } from "../../src/domain/Record.ts"
import { makeBookCodec } from "../../src/odds/Image.ts"
import type { Told } from "../../src/odds/Step.ts"
import { step } from "../../src/odds/Step.ts"
import type { Head } from "../../src/odds/Step.ts"
import { marketAt } from "../../src/odds/Reading.ts"
import { fold, makeTable } from "../../src/odds/Table.ts"
import type { Table } from "../../src/odds/Table.ts"
import { imageOf, warm } from "../../src/odds/Warmup.ts"
import { foldHistory, plainMarket } from "../support/fold.ts"
import type { Folded } from "../support/fold.ts"
import { OURS, THEIRS, facts, snapshot } from "../support/snapshots.ts"

const KICKOFF = 10 * 3_600_000

/** A little journal: numbers records and keeps images as the real one does. */
const makeHouse = () => {
  const codec = makeBookCodec()
  const history: NumberedRecord[] = []
  const images = new Map<string, Uint8Array>()
  let head: Head = { table: makeTable(), seen: new Map(), missed: new Map() }
  return {
    history,
    table: (): Table => head.table,
    tell: (message: Told): void => {
      const changes = step(head, message)
      for (const change of changes) {
        const image = imageOf(change, head.table, codec)
        const records: readonly Record[] = change._tag === "Book" ? change.records : [change.record]
        for (const record of records) history.push({ epoch: 1, seq: history.length + 1, record, durable: true })
        const { key, bytes } = image
        if (bytes.length > 0) images.set(key, bytes)
        else for (const known of images.keys()) if (known === key || known.startsWith(`${key}/`)) images.delete(known)
      }
      for (const change of changes) fold(head.table, change)
    },
    restart: (): void => {
      const inOrder = [...images].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, bytes]) => ({ key, bytes }))
      const { table, unreadable } = warm(inOrder, makeBookCodec())
      assert.strictEqual(unreadable, 0)
      head = { table, seen: new Map(), missed: new Map() }
    }
  }
}

/** The table as the fold would show it. */
const reading = (table: Table): Folded => {
  const folded: Folded = {
    events: new Map(),
    listings: new Map(),
    markets: new Map(),
    bookmakers: new Map(table.bookmakers)
  }
  for (const [id, { facts: known, books }] of table.events) {
    folded.events.set(id, known)
    for (const [bookmakerId, book] of books) {
      folded.listings.set(`${id}/${bookmakerId}`, book.listing)
      book.shape.slots.forEach((_, slot) => {
        const market = marketAt(book, slot)
        if (market !== undefined) folded.markets.set(`${id}/${bookmakerId}/${market.market.key}`, plainMarket(market))
      })
    }
  }
  return folded
}

const assertFolds = (house: ReturnType<typeof makeHouse>): void => {
  const expected = foldHistory(house.history)
  const actual = reading(house.table())
  for (const part of ["events", "listings", "markets", "bookmakers"] as const) {
    assert.deepStrictEqual(plain(actual[part]), plain(expected[part]), part)
  }
}

// Through JSON, because an image holds no key whose value is undefined.
const plain = (map: Map<string, unknown>): unknown => JSON.parse(JSON.stringify(Object.fromEntries(map)))

const PRICED = [
  "1x2_ft home",
  "1x2_ft draw",
  "1x2_ft away",
  "over_under_ft@2.5 over",
  "over_under_ft@2.5 under",
  "over_under_ft@3.5 over",
  "over_under_ft@3.5 under",
  "btts_ft yes",
  "btts_ft no",
  "correct_score_ft 1-0",
  "correct_score_ft 0-0"
]

const prices = fc
  .tuple(
    ...PRICED.map((outcome) =>
      fc.oneof(
        { weight: 6, arbitrary: fc.integer({ min: 1_900, max: 1_903 }).map((milli) => `${outcome} ${milli}`) },
        { weight: 1, arbitrary: fc.constant(`${outcome} -`) },
        { weight: 1, arbitrary: fc.constant(`${outcome} ?`) },
        { weight: 2, arbitrary: fc.constant("") }
      )
    )
  )
  .map((all) => all.filter((price) => price !== ""))

const EVENTS = [EventId("1"), EventId("2")]
const event = fc.constantFrom(...EVENTS)
const bookmakerId = fc.constantFrom(OURS, THEIRS)

type Act = { readonly wait: number; readonly act: (now: number) => Told | "restart" }

const act: fc.Arbitrary<Act["act"]> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc
      .record({
        event,
        bookmakerId,
        prices,
        partial: fc.option(fc.constantFrom("1x2_ft", "over_under_ft"), { freq: 4 }),
        rejected: fc.option(fc.constantFrom("over_under_ft@2.5", "1x2_ft"), { freq: 5 }),
        unkeyedReject: fc.boolean()
      })
      .map((given) => (now: number): Told => ({
        _tag: "Observe",
        snapshot: snapshot(
          now,
          given.prices.filter((price) => given.partial === null || price.startsWith(given.partial)),
          {
            eventId: given.event,
            bookmakerId: given.bookmakerId,
            unkeyedReject: given.unkeyedReject,
            scope: given.partial === null ? "FULL" : new Set([given.partial]),
            rejected: given.rejected === null ? [] : [given.rejected]
          }
        )
      }))
  },
  {
    weight: 3,
    arbitrary: fc
      .record({ event, kickoff: fc.integer({ min: KICKOFF, max: KICKOFF + 3 }) })
      .map((given) => (now: number): Told => ({
        _tag: "Place",
        at: now,
        facts: facts({ id: given.event, kickoff: given.kickoff })
      }))
  },
  {
    weight: 1,
    arbitrary: fc.record({ event, bookmakerId }).map((given) => (at: number): Told => ({
      _tag: "Gone",
      at,
      bookmakerId: given.bookmakerId,
      eventId: given.event
    }))
  },
  {
    weight: 1,
    arbitrary: fc.record({ bookmakerId, down: fc.boolean() }).map((given) => (at: number): Told => ({
      _tag: "Bookmaker",
      at,
      bookmakerId: given.bookmakerId,
      standing: given.down
        ? { state: "STALE", since: at, reason: { code: "BLOCKED", text: "Refused." } }
        : { state: "CONFIRMED", since: at }
    }))
  },
  { weight: 2, arbitrary: fc.constant((now: number): Told => ({ _tag: "Tick", now, tiers: DEFAULT_TIERS })) },
  { weight: 2, arbitrary: fc.constant((): "restart" => "restart") }
)

const acts: fc.Arbitrary<readonly Act[]> = fc.array(
  fc.record({ wait: fc.oneof(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 1, max: 4_000_000 })), act }),
  { minLength: 10, maxLength: 60 }
)

describe("the books", () => {
  it("equal the fold of the history over random snapshots, partials, rejections, restarts and evictions", () => {
    fc.assert(
      fc.property(acts, (sequence) => {
        const house = makeHouse()
        for (const id of EVENTS) house.tell({ _tag: "Place", at: 0, facts: facts({ id, kickoff: KICKOFF }) })
        let now = 1_000
        for (const { wait, act: next } of sequence) {
          now += wait
          const message = next(now)
          if (message === "restart") house.restart()
          else house.tell(message)
          assertFolds(house)
        }
      }),
      { numRuns: 300 }
    )
  })

  it("number no market twice in a row with equal prices and states", () => {
    fc.assert(
      fc.property(acts, (sequence) => {
        const house = makeHouse()
        for (const id of EVENTS) house.tell({ _tag: "Place", at: 0, facts: facts({ id, kickoff: KICKOFF }) })
        let now = 1_000
        for (const { wait, act: next } of sequence) {
          now += wait
          const message = next(now)
          if (message === "restart") house.restart()
          else house.tell(message)
        }
        const last = new Map<string, string>()
        for (const { record } of house.history) {
          if (record.kind !== "MARKETS") continue
          for (const { market, layout, milli, states } of record.markets) {
            const key = `${record.event.id}/${record.bookmakerId}/${market.key}`
            const value = JSON.stringify([layout.outcomes, milli, states])
            assert.notStrictEqual(value, last.get(key), key)
            last.set(key, value)
          }
        }
      }),
      { numRuns: 200 }
    )
  })

  it("forget an event two hours after its kickoff, with its listings", () => {
    const house = makeHouse()
    house.tell({ _tag: "Place", at: 0, facts: facts({ id: EventId("1"), kickoff: KICKOFF }) })
    house.tell({
      _tag: "Observe",
      snapshot: snapshot(1_000, ["btts_ft yes 1800", "btts_ft no 2000"], { eventId: EventId("1") })
    })
    house.tell({ _tag: "Tick", now: KICKOFF + EVICT_AFTER_KICKOFF_MS, tiers: DEFAULT_TIERS })
    house.restart()
    assert.strictEqual(house.table().events.size, 0)
  })
})
