/** What a batch of records becomes in each table, as laws. */
import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import { DEFAULT_TIERS } from "../../../src/domain/Freshness.ts"
import type { Record } from "../../../src/domain/Record.ts"
import { newestListings, piecesOf, rowsOf } from "../../../src/storage/writing/WriteBatch.ts"
import {
  confirmedRecord,
  eventRecord,
  factsOf,
  listingState,
  marketsRecord,
  NOW,
  record,
  betpawa
} from "../../support/records.ts"

const number = (records: readonly Record[]) =>
  records.map((one, i) => ({ epoch: 1, seq: i + 1, durable: true, record: one }))
const rows = (...records: readonly Record[]) => rowsOf(number(records).flatMap(piecesOf), DEFAULT_TIERS)

const listingRecord = (bookmakerEventId: string): Record => ({
  kind: "LISTING",
  at: NOW,
  event: factsOf("1"),
  bookmakerId: betpawa,
  phase: "PREMATCH",
  listing: listingState(bookmakerEventId)
})

describe("WriteBatch", () => {
  it("gives every market of every record one row of history with a place of its own", () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 20 }), (records) => {
        const markets = records.flatMap((one) => (one.kind === "MARKETS" || one.kind === "BASE" ? one.markets : []))
        const made = rows(...records).markets
        assert.deepStrictEqual(
          made.map((row) => row.milli),
          markets.map((market) => market.milli)
        )
        assert.strictEqual(new Set(made.map((row) => `${row.seq}/${row.position}`)).size, made.length)
      })
    )
  })

  it("makes the same rows of pieces cut anywhere as of the whole batch", () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 12 }), fc.nat(), (records, at) => {
        const pieces = number(records).flatMap(piecesOf)
        const cut = pieces.length === 0 ? 0 : at % pieces.length
        const halves = [rowsOf(pieces.slice(0, cut), DEFAULT_TIERS), rowsOf(pieces.slice(cut), DEFAULT_TIERS)]
        const whole = rowsOf(pieces, DEFAULT_TIERS)
        assert.deepStrictEqual(
          halves.flatMap((half) => half.markets),
          whole.markets
        )
        assert.deepStrictEqual(
          halves.flatMap((half) => half.listings),
          whole.listings
        )
      })
    )
  })

  it("keeps the newest facts of an event only, and closes it when it leaves", () => {
    const left: Record = {
      kind: "EVENT",
      at: NOW + 5,
      eventId: factsOf("1").id,
      before: factsOf("1", "B"),
      after: undefined
    }
    const { events } = rows(eventRecord("1", "A"), eventRecord("1", "B"), left)
    assert.deepStrictEqual(
      events.map(({ home, closed_at, seq }) => [home, closed_at, seq]),
      [["B", NOW + 5, 3]]
    )
  })

  it("keeps every listing for history and the newest for the table of listings", () => {
    const { listings } = rows(listingRecord("a"), listingRecord("b"))
    assert.deepStrictEqual(
      listings.map((row) => row.bookmaker_event_id),
      ["a", "b"]
    )
    assert.deepStrictEqual(
      newestListings(listings).map((row) => row.bookmaker_event_id),
      ["b"]
    )
  })

  it("joins checks while each comes before the listing is overdue, and begins a new span after", () => {
    // Kickoff in an hour: every 60 s, overdue after 2 × 60 s + 30 s.
    const { checks } = rows(
      marketsRecord("1", 1_850, NOW),
      confirmedRecord(["1"], NOW + 60_000),
      confirmedRecord(["1"], NOW + 210_000),
      confirmedRecord(["1"], NOW + 360_001)
    )
    assert.deepStrictEqual(
      checks.map((span) => [span.from_at - NOW, span.to_at - NOW, span.checks]),
      [
        [0, 210_000, 3],
        [360_001, 360_001, 1]
      ]
    )
  })
})
