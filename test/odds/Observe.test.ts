import { assert, describe, it } from "@effect/vitest"
import type { MarketsRecord } from "../../src/domain/Record.ts"
import { observe } from "../../src/odds/Observe.ts"
import { milliOf, stateOf } from "../../src/odds/OddsBook.ts"
import type { OddsBook } from "../../src/odds/OddsBook.ts"
import { facts, snapshot } from "../support/snapshots.ts"

const HOME_WIN = ["1x2_ft home 2400", "1x2_ft draw 3300", "1x2_ft away 3000"]
const TOTALS = ["over_under_ft@2.5 over 1850", "over_under_ft@2.5 under 1950"]

const first = (...prices: readonly string[]): OddsBook => {
  const { change } = observe(facts(), undefined, snapshot(1_000, prices))
  if (change === undefined) throw new Error("a first snapshot is always a change")
  return change.book
}

const marketsOf = (observed: ReturnType<typeof observe>): readonly string[] =>
  (observed.change?.records ?? [])
    .filter((record): record is MarketsRecord => record.kind === "MARKETS")
    .flatMap((record) => record.markets)
    .map(
      ({ market, milli, previous, states, state }) =>
        `${market.key} ${state} ${milli.join()} ${previous.join()} ${states.join()}`
    )

describe("observe", () => {
  it("tells every market of a first snapshot, and the listing before them", () => {
    const observed = observe(facts(), undefined, snapshot(1_000, [...TOTALS, ...HOME_WIN]))
    assert.deepStrictEqual(
      observed.change?.records.map((record) => record.kind),
      ["LISTING", "MARKETS"]
    )
    assert.deepStrictEqual(marketsOf(observed), [
      "1x2_ft CONFIRMED 2400,3300,3000 0,0,0 OPEN,OPEN,OPEN",
      "over_under_ft@2.5 CONFIRMED 1850,1950 0,0 OPEN,OPEN"
    ])
  })

  it("tells nothing when nothing changed, and counts the listing as seen", () => {
    const observed = observe(facts(), first(...HOME_WIN, ...TOTALS), snapshot(2_000, [...HOME_WIN, ...TOTALS]))
    assert.deepStrictEqual(observed, { change: undefined, confirms: true })
  })

  it("tells the listing again when what has no name for us changes, and not when only its order does", () => {
    const odd = { nativeId: "9", name: "Odd one", outcomeCount: 2 }
    const even = { nativeId: "10", name: "Even one", outcomeCount: 2 }
    const before = observe(facts(), first(...HOME_WIN), snapshot(2_000, HOME_WIN, { unmapped: [odd, even] })).change
    assert.deepStrictEqual(
      before?.records.map((record) => record.kind),
      ["LISTING"]
    )
    const again = (unmapped: readonly (typeof odd)[]) =>
      observe(facts(), before?.book, snapshot(3_000, HOME_WIN, { unmapped })).change?.records.length ?? 0
    assert.deepStrictEqual([again([even, odd]), again([odd])], [0, 1])
  })

  it("keeps the id that the bookmaker first gave the competition, and none where it gave none", () => {
    const idOf = (nativeId: string, before?: OddsBook) => {
      const { listed, ...rest } = snapshot(1_000, HOME_WIN)
      const competition = { ...listed.competition, nativeId }
      return observe(facts(), before, { ...rest, listed: { ...listed, competition } }).change?.book
    }
    const named = idOf("13344")
    assert.strictEqual(named?.listing.bookmakerCompetitionId, "13344")
    assert.isUndefined(idOf("99", named))
    assert.notProperty(idOf("")?.listing, "bookmakerCompetitionId")
  })

  it("tells nothing when only the order of outcomes and markets differs", () => {
    const shuffled = [...TOTALS, ...HOME_WIN].reverse()
    assert.isUndefined(observe(facts(), first(...HOME_WIN, ...TOTALS), snapshot(2_000, shuffled)).change)
  })

  it("tells the whole market after a move, with the price before, and no other market", () => {
    const moved = snapshot(2_000, [...HOME_WIN, "over_under_ft@2.5 over 1900", "over_under_ft@2.5 under 1950"])
    assert.deepStrictEqual(marketsOf(observe(facts(), first(...HOME_WIN, ...TOTALS), moved)), [
      "over_under_ft@2.5 CONFIRMED 1900,1950 1850,0 OPEN,OPEN"
    ])
  })

  it("keeps the last open price of a suspended outcome and tells its state once", () => {
    const suspended = snapshot(2_000, ["over_under_ft@2.5 over -", "over_under_ft@2.5 under -"])
    const observed = observe(facts(), first(...TOTALS), suspended)
    assert.deepStrictEqual(marketsOf(observed), ["over_under_ft@2.5 SUSPENDED 1850,1950 0,0 SUSPENDED,SUSPENDED"])
    assert.isUndefined(observe(facts(), observed.change?.book, { ...suspended, observedAt: 3_000 }).change)
  })

  it("reopens a suspended outcome at its old price without inventing a previous one", () => {
    const suspended = observe(
      facts(),
      first(...TOTALS),
      snapshot(2_000, ["over_under_ft@2.5 over -", "over_under_ft@2.5 under 1950"])
    )
    assert.deepStrictEqual(marketsOf(observe(facts(), suspended.change?.book, snapshot(3_000, TOTALS))), [
      "over_under_ft@2.5 CONFIRMED 1850,1950 0,0 OPEN,OPEN"
    ])
  })

  it("withdraws a market that a full snapshot no longer has", () => {
    assert.deepStrictEqual(marketsOf(observe(facts(), first(...HOME_WIN, ...TOTALS), snapshot(2_000, HOME_WIN))), [
      "over_under_ft@2.5 WITHDRAWN 1850,1950 0,0 WITHDRAWN,WITHDRAWN"
    ])
  })

  it("tells a line that appears beside its next neighbour as new, and that neighbour not at all", () => {
    const next = ["over_under_ft@3.5 over 2900", "over_under_ft@3.5 under 1380"]
    assert.deepStrictEqual(marketsOf(observe(facts(), first(...next), snapshot(2_000, [...TOTALS, ...next]))), [
      "over_under_ft@2.5 CONFIRMED 1850,1950 0,0 OPEN,OPEN"
    ])
  })

  it("withdraws one outcome and keeps its place", () => {
    const shorter = snapshot(2_000, ["1x2_ft home 2400", "1x2_ft away 3000"])
    assert.deepStrictEqual(marketsOf(observe(facts(), first(...HOME_WIN), shorter)), [
      "1x2_ft CONFIRMED 2400,3300,3000 0,0,0 OPEN,WITHDRAWN,OPEN"
    ])
  })

  it("withdraws nothing outside the scope of a partial snapshot and does not confirm the whole listing by it", () => {
    const book = first(...HOME_WIN, ...TOTALS)
    const partial = snapshot(2_000, HOME_WIN, { scope: new Set(["1x2_ft"]) })
    assert.isUndefined(observe(facts(), book, partial).change)
    const emptied = snapshot(2_000, [], { scope: new Set(["1x2_ft"]) })
    assert.deepStrictEqual(marketsOf(observe(facts(), book, emptied)), [
      "1x2_ft WITHDRAWN 2400,3300,3000 0,0,0 WITHDRAWN,WITHDRAWN,WITHDRAWN"
    ])
  })

  it("neither confirms nor withdraws a rejected market: it goes stale", () => {
    const rejecting = snapshot(2_000, HOME_WIN, { rejected: ["over_under_ft@2.5"] })
    assert.deepStrictEqual(marketsOf(observe(facts(), first(...HOME_WIN, ...TOTALS), rejecting)), [
      "over_under_ft@2.5 STALE 1850,1950 0,0 UNREADABLE,UNREADABLE"
    ])
  })

  it("neither confirms nor withdraws what is absent while something unreadable could not be named", () => {
    const unsure = snapshot(2_000, HOME_WIN, { unkeyedReject: true })
    assert.deepStrictEqual(marketsOf(observe(facts(), first(...HOME_WIN, ...TOTALS), unsure)), [
      "over_under_ft@2.5 STALE 1850,1950 0,0 UNREADABLE,UNREADABLE"
    ])
  })

  it("never believes a detail without markets while something in it is unreadable", () => {
    let book: OddsBook | undefined = first(...HOME_WIN, ...TOTALS, "btts_ft yes 1800", "btts_ft no 1900")
    for (const at of [2_000, 3_000, 4_000]) {
      const { change, confirms } = observe(facts(), book, snapshot(at, [], { unkeyedReject: true }))
      book = change?.book ?? book
      assert.deepStrictEqual([book.listing.state, book.confirmedAt, confirms], ["STALE", 1_000, false])
    }
  })

  it("marks an unreadable outcome stale and leaves its neighbours open", () => {
    const unreadable = snapshot(2_000, ["over_under_ft@2.5 over ?", "over_under_ft@2.5 under 1950"])
    assert.deepStrictEqual(marketsOf(observe(facts(), first(...TOTALS), unreadable)), [
      "over_under_ft@2.5 CONFIRMED 1850,1950 0,0 UNREADABLE,OPEN"
    ])
  })

  it("withdraws nothing when more than half of the markets vanish, until that is seen twice", () => {
    const book = first(...HOME_WIN, ...TOTALS, "btts_ft yes 1800", "btts_ft no 1900")
    const once = observe(facts(), book, snapshot(2_000, HOME_WIN))
    assert.deepStrictEqual(marketsOf(once), [])
    assert.strictEqual(once.change?.book.listing.reason?.code, "SUSPICIOUS_DETAIL")
    assert.strictEqual(once.change?.book.confirmedAt, 1_000)
    assert.isFalse(once.confirms)
    const twice = observe(facts(), once.change?.book, snapshot(3_000, HOME_WIN))
    assert.strictEqual(marketsOf(twice).length, 2)
    assert.strictEqual(twice.change?.book.listing.state, "CONFIRMED")
  })

  it("keeps the since-time of a market whose price moves while its state holds", () => {
    const moved = observe(
      facts(),
      first(...TOTALS),
      snapshot(2_000, ["over_under_ft@2.5 over 1900", "over_under_ft@2.5 under 1950"])
    )
    assert.strictEqual(moved.change?.book.since[0], 1_000)
    assert.strictEqual(moved.change?.book.changedAt[0], 2_000)
  })

  it("leaves the book that readers hold untouched", () => {
    const book = first(...TOTALS)
    observe(facts(), book, snapshot(2_000, ["over_under_ft@2.5 over 1900", "over_under_ft@2.5 under -"]))
    assert.deepStrictEqual([...book.outcomes.map(milliOf), ...book.outcomes.map(stateOf)], [1850, 1950, 0, 0])
  })
})
