import { assert, describe, it } from "@effect/vitest"
import { DEFAULT_TIERS } from "../../src/domain/Freshness.ts"
import type { Standing } from "../../src/domain/Freshness.ts"
import type { Record } from "../../src/domain/Record.ts"
import { step } from "../../src/odds/Step.ts"
import type { Head, Told } from "../../src/odds/Step.ts"
import { fold, makeTable } from "../../src/odds/Table.ts"
import { conflate } from "../../src/odds/Conflate.ts"
import { EVENT, OURS, THEIRS, boardOf, facts, snapshot } from "../support/snapshots.ts"

const TOTALS = ["over_under_ft@2.5 over 1850", "over_under_ft@2.5 under 1950"]
const MOVED = ["over_under_ft@2.5 over 1900", "over_under_ft@2.5 under 1900"]
const KICKOFF = 100_000_000

const makeHead = (...told: readonly Told[]): Head => {
  const head: Head = { table: makeTable(), seen: new Map(), missed: new Map() }
  for (const message of told) tell(head, message)
  return head
}

/** The records a message gives, the changes folded in. */
const tell = (head: Head, message: Told) => {
  const changes = step(head, message)
  for (const change of changes) fold(head.table, change)
  return changes.flatMap((change): readonly Record[] => (change._tag === "Book" ? change.records : [change.record]))
}

const place: Told = { _tag: "Place", facts: facts(), at: 0 }
const seenAt = (at: number, bookmakerId = OURS): Told => ({
  _tag: "Observe",
  snapshot: snapshot(at, TOTALS, { bookmakerId })
})
const partAt = (at: number, prices: readonly string[]): Told => ({
  _tag: "Observe",
  snapshot: snapshot(at, prices, { scope: new Set(["over_under_ft"]) })
})
const tick = (now: number): Told => ({ _tag: "Tick", now, tiers: DEFAULT_TIERS })
const listing = (head: Head) => head.table.events.get(EVENT)?.books.get(OURS)?.listing

const turned = (at: number, standing: Partial<Standing>): Told => ({
  _tag: "Bookmaker",
  bookmakerId: OURS,
  at,
  standing: { state: "CONFIRMED", since: at, ...standing }
})
const refused = (at: number): Told =>
  turned(at, { state: "STALE", reason: { code: "BLOCKED", text: "It refuses us.", until: at + 300_000 } })

describe("a bookmaker that becomes unreliable", () => {
  it("is one record, whatever it lists", () => {
    const head = makeHead(place, seenAt(1_000), seenAt(1_000, THEIRS))
    assert.deepStrictEqual(
      tell(head, refused(2_000)).map(({ kind }) => kind),
      ["BOOKMAKER"]
    )
    assert.deepStrictEqual(tell(head, refused(2_000)), [])
  })

  it("returns with its unseen listings stale, saying why, and each comes back when it is seen", () => {
    const head = makeHead(place, seenAt(1_000), refused(2_000))
    assert.deepStrictEqual(
      tell(head, turned(9_000, {})).map(({ kind }) => kind),
      ["LISTING", "BOOKMAKER"]
    )
    assert.strictEqual(listing(head)?.state, "STALE")
    assert.strictEqual(
      listing(head)?.reason?.text,
      "Not seen again since the bookmaker returned. Before: It refuses us."
    )
    tell(head, seenAt(10_000))
    assert.deepStrictEqual([listing(head)?.state, listing(head)?.since], ["CONFIRMED", 10_000])
  })

  it("leaves a listing confirmed that was seen during the outage", () => {
    const head = makeHead(place, seenAt(1_000), refused(2_000), seenAt(3_000))
    assert.deepStrictEqual(
      tell(head, turned(9_000, {})).map(({ kind }) => kind),
      ["BOOKMAKER"]
    )
  })
})

describe("a listing that nobody sees again", () => {
  const overdue = 1_000 + 2 * 1_800_000 + 30_000

  it("is stale from the instant its time ran out, whenever that is noticed", () => {
    const head = makeHead(place, seenAt(1_000), tick(2_000))
    assert.deepStrictEqual(tell(head, tick(overdue - 1)), [])
    tell(head, tick(overdue + 5_000))
    assert.deepStrictEqual(
      [listing(head)?.state, listing(head)?.since, listing(head)?.reason?.code],
      ["STALE", overdue, "OVERDUE"]
    )
  })

  it("says what the last refresh met instead of only that it is late", () => {
    const head = makeHead(place, seenAt(1_000), tick(2_000), {
      _tag: "Missed",
      bookmakerId: OURS,
      eventId: EVENT,
      at: 3_000,
      reason: { code: "TIMED_OUT", text: "No answer." }
    })
    tell(head, tick(overdue))
    assert.strictEqual(listing(head)?.reason?.code, "TIMED_OUT")
  })

  it("is overdue all the same when a part of it was seen, which tells at once what moved in it", () => {
    const head = makeHead(place, seenAt(1_000), tick(2_000))
    assert.deepStrictEqual(
      tell(head, partAt(overdue - 5_000, MOVED)).map(({ kind }) => kind),
      ["MARKETS"]
    )
    assert.deepStrictEqual(
      tell(head, tick(overdue)).map((record) => [
        record.kind,
        record.kind === "CONFIRMED" && record.listings[0]?.scope
      ]),
      [
        ["LISTING", false],
        ["CONFIRMED", new Set(["over_under_ft"])]
      ]
    )
    assert.deepStrictEqual([listing(head)?.state, listing(head)?.since], ["STALE", overdue])
    assert.strictEqual(head.table.events.get(EVENT)?.books.get(OURS)?.confirmedAt, 1_000)
  })

  it("says of a whole with a newer part over it only that the whole was seen when it was", () => {
    const head = makeHead(place, seenAt(1_000), tick(2_000))
    const whole = snapshot(50_000, TOTALS)
    const both = conflate(whole, snapshot(60_000, TOTALS, { scope: new Set(["over_under_ft"]) }))
    const confirmedAt = () => head.table.events.get(EVENT)?.books.get(OURS)?.confirmedAt
    assert.deepStrictEqual(tell(head, { _tag: "Observe", snapshot: both }), [])
    assert.strictEqual(confirmedAt(), 50_000)
    tell(head, tick(61_000))
    assert.strictEqual(confirmedAt(), 50_000)
    tell(head, { _tag: "Observe", snapshot: { ...both, board: boardOf(...MOVED), observedAt: 70_000 } })
    assert.strictEqual(confirmedAt(), 50_000)
  })

  it("keeps why the whole could not be had when a part of it came", () => {
    const head = makeHead(place, seenAt(1_000), tick(2_000), {
      _tag: "Missed",
      bookmakerId: OURS,
      eventId: EVENT,
      at: 3_000,
      reason: { code: "TIMED_OUT", text: "No answer." }
    })
    tell(head, partAt(4_000, TOTALS))
    tell(head, tick(overdue))
    assert.strictEqual(listing(head)?.reason?.code, "TIMED_OUT")
  })

  it("is withdrawn once the bookmaker says that it is gone, and only then", () => {
    const head = makeHead(place, seenAt(1_000))
    tell(head, { _tag: "Gone", bookmakerId: OURS, eventId: EVENT, at: 5_000 })
    assert.deepStrictEqual([listing(head)?.state, listing(head)?.since], ["WITHDRAWN", 5_000])
  })
})

describe("a part of a listing that was never seen whole", () => {
  it("makes no book: alone it would pass for all that the bookmaker offers", () => {
    const head = makeHead(place)
    assert.deepStrictEqual(tell(head, partAt(1_000, TOTALS)), [])
    assert.deepStrictEqual(tell(head, tick(2_000)), [])
    assert.isUndefined(listing(head))
  })
})

describe("kickoff", () => {
  it("closes a listing once, and nothing seen afterwards opens or withdraws it", () => {
    const head = makeHead(place, seenAt(1_000), tick(2_000))
    assert.deepStrictEqual(
      tell(head, tick(KICKOFF)).map(({ kind }) => kind),
      ["LISTING"]
    )
    assert.deepStrictEqual([listing(head)?.reason?.code, listing(head)?.since], ["KICKED_OFF", KICKOFF])
    assert.deepStrictEqual(tell(head, seenAt(KICKOFF + 1_000)), [])
    assert.deepStrictEqual(tell(head, { _tag: "Gone", bookmakerId: OURS, eventId: EVENT, at: KICKOFF + 2_000 }), [])
  })

  it("takes the event out of memory two hours later", () => {
    const head = makeHead(place, seenAt(1_000), tick(KICKOFF))
    assert.deepStrictEqual(
      tell(head, tick(KICKOFF + 7_200_000)).map(({ kind }) => kind),
      ["EVENT"]
    )
    assert.strictEqual(head.table.events.size, 0)
  })
})
