/** What a batch of records becomes in each table, as laws. */
import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import { DEFAULT_TIERS } from "../../../src/domain/Freshness.ts"
import type { Record } from "../../../src/domain/Record.ts"
import { cut, runsOf, wholePieces } from "../../../src/storage/writing/Pieces.ts"
import { newestById, newestListings, rowsOf } from "../../../src/storage/writing/WriteBatch.ts"
import {
  baseRecord,
  confirmedRecord,
  eventRecord,
  factsOf,
  listingRecord,
  listingState,
  marketsRecord,
  NOW,
  record
} from "../../support/records.ts"

const number = (records: readonly Record[]) =>
  records.map((one, i) => ({ epoch: 1, seq: i + 1, durable: true, record: one }))
const rows = (...records: readonly Record[]) => rowsOf(wholePieces(number(records)), DEFAULT_TIERS)

const listedAs = (bookmakerEventId: string) => listingRecord("1", listingState(bookmakerEventId))

describe("WriteBatch", () => {
  it("gives every market of every record one row of history with a place of its own", () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 20 }), (records) => {
        const told = (kind: Record["kind"]) =>
          records.flatMap((one) => ("markets" in one && one.kind === kind ? one.markets.map(({ milli }) => milli) : []))
        const { markets, rebased } = rows(...records)
        assert.deepStrictEqual(
          markets.map((row) => row.milli),
          told("MARKETS")
        )
        assert.deepStrictEqual(
          rebased.map((row) => row.milli),
          told("BASE")
        )
        const places = [...markets, ...rebased].map((row) => `${row.seq}/${row.position}`)
        assert.strictEqual(new Set(places).size, places.length)
      })
    )
  })

  it("makes the same rows of records that are cut as of whole ones", () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 12 }), (records) => {
        const pieces = wholePieces(number(records))
        const whole = rowsOf(pieces, DEFAULT_TIERS)
        assert.deepStrictEqual(rowsOf(pieces.flatMap(cut), DEFAULT_TIERS), whole)
      })
    )
  })

  it("makes the same rows of a batch that is halved anywhere", () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 12 }), fc.nat(), (records, at) => {
        const pieces = wholePieces(number(records)).flatMap(cut)
        const half = pieces.length === 0 ? 0 : at % pieces.length
        const halves = [rowsOf(pieces.slice(0, half), DEFAULT_TIERS), rowsOf(pieces.slice(half), DEFAULT_TIERS)]
        const whole = rowsOf(pieces, DEFAULT_TIERS)
        const joined = {
          markets: halves.flatMap(({ markets }) => markets),
          rebased: halves.flatMap(({ rebased }) => rebased),
          wholes: halves.flatMap(({ wholes }) => wholes),
          listings: halves.flatMap(({ listings }) => listings)
        }
        assert.deepStrictEqual({ ...whole, ...joined }, whole)
      })
    )
  })

  it("stores what is told again after a gap apart from the changes around it, in order", () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 12 }), (records) => {
        const pieces = wholePieces(number(records))
        const runs = runsOf(pieces)
        assert.deepStrictEqual(runs.flat(), pieces)
        for (const run of runs) assert.strictEqual(new Set(run.map((piece) => piece.record.kind === "BASE")).size, 1)
      })
    )
  })

  it("keeps all facts of an event for history and the newest for the table of events, and closes it when it leaves", () => {
    const left: Record = {
      kind: "EVENT",
      at: NOW + 5,
      eventId: factsOf("1").id,
      before: factsOf("1", "B"),
      after: undefined
    }
    const { events } = rows(eventRecord("1", "A"), eventRecord("1", "B"), left)
    assert.deepStrictEqual(
      events.map(({ home }) => home),
      ["A", "B", "B"]
    )
    assert.deepStrictEqual(
      newestById(events).map(({ home, closed_at, seq }) => [home, closed_at, seq]),
      [["B", NOW + 5, 3]]
    )
  })

  it("keeps every listing for history and the newest for the table of listings", () => {
    const { listings } = rows(listedAs("a"), listedAs("b"))
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
      confirmedRecord(["1"], NOW),
      confirmedRecord(["1"], NOW + 60_000),
      confirmedRecord(["1"], NOW + 210_000),
      confirmedRecord(["1"], NOW + 360_001)
    )
    assert.deepStrictEqual(
      checks.map(({ times }) => times.map((time) => time - NOW)),
      [[0, 60_000, 210_000], [360_001]]
    )
  })

  it("takes no change for a check: what changed may have come in a snapshot that is not believed", () => {
    assert.deepStrictEqual(rows(marketsRecord("1", 1_850), baseRecord("1", [1_850])).checks, [])
  })

  it("keeps a look at some markets apart from a look at all", () => {
    const { checks } = rows(
      confirmedRecord(["1"], NOW),
      confirmedRecord(["1"], NOW + 1_000, new Set(["dc_ft", "1x2_ft"])),
      confirmedRecord(["1"], NOW + 2_000)
    )
    assert.deepStrictEqual(
      checks.map(({ markets, times }) => [markets, times.map((time) => time - NOW)]),
      [
        [[], [0, 2_000]],
        [["1x2_ft", "dc_ft"], [1_000]]
      ]
    )
  })
})
