/** The host's clock is set: nothing turns stale by it, nothing stays fresh by it, and the newest answer wins. */
import { assert, describe, it } from "@effect/vitest"
import { DEFAULT_TIERS } from "../../src/domain/Freshness.ts"
import { datedBy, makeClockWatch, moveHead } from "../../src/odds/ClockStep.ts"
import { milliOf } from "../../src/odds/OddsBook.ts"
import { makePublishedBoard } from "../../src/odds/PublishedBoard.ts"
import { step } from "../../src/odds/Step.ts"
import type { Head, Told } from "../../src/odds/Step.ts"
import { fold, makeTable } from "../../src/odds/Table.ts"
import { EVENT, OURS, facts, snapshot } from "../support/snapshots.ts"

const HOUR = 3_600_000
const NOW = 30 * 24 * HOUR
const STEPS = [HOUR, -HOUR, 24 * HOUR, -24 * HOUR, 600_000, -600_000]
const prices = (milli: number) => [`btts_ft yes ${milli}`, "btts_ft no 2000"]

const makeBooks = () => {
  const head: Head = { table: makeTable(), seen: new Map(), missed: new Map() }
  const tell = (message: Told) => {
    const changes = step(head, message)
    for (const change of changes) fold(head.table, change)
    return changes
  }
  tell({ _tag: "Place", facts: facts({ kickoff: NOW + 60 * 24 * HOUR }), at: NOW })
  return { head, tell, book: () => head.table.events.get(EVENT)?.books.get(OURS) }
}

describe("a step of the clock", () => {
  it.each(STEPS)("by %d ms changes no state and keeps the age of what was seen", (by) => {
    const { book, head, tell } = makeBooks()
    tell({ _tag: "Observe", snapshot: snapshot(NOW - 60_000, prices(1_800)) })
    tell({ _tag: "Tick", now: NOW, tiers: DEFAULT_TIERS })
    moveHead(head, { by, now: NOW + by + 1_000 })
    assert.isEmpty(tell({ _tag: "Tick", now: NOW + by + 1_000, tiers: DEFAULT_TIERS }))
    assert.strictEqual(book()?.confirmedAt, NOW + by - 60_000)
    const [overdue] = tell({ _tag: "Tick", now: NOW + by + 2 * HOUR, tiers: DEFAULT_TIERS })
    assert.strictEqual(overdue?._tag, "Book")
  })

  it.each(STEPS)("by %d ms never hides the answer that came after it", (by) => {
    const { book, head, tell } = makeBooks()
    tell({ _tag: "Observe", snapshot: snapshot(NOW, prices(1_800)) })
    moveHead(head, { by, now: NOW + by + 500 })
    tell({ _tag: "Observe", snapshot: snapshot(NOW + by + 1_000, prices(1_900)) })
    assert.strictEqual(milliOf(book()?.outcomes[0] ?? 0), 1_900)
    tell({ _tag: "Observe", snapshot: snapshot(NOW + by + 2_000, prices(1_900)) })
    assert.strictEqual(book()?.confirmedAt, NOW + by + 2_000)
  })

  it.each(STEPS)("by %d ms during an outage confirms nothing that was not seen since its bookmaker returned", (by) => {
    const { book, head, tell } = makeBooks()
    const reason = { code: "BLOCKED", text: "It refuses us." } as const
    tell({ _tag: "Observe", snapshot: snapshot(NOW - 60_000, prices(1_800)) })
    tell({ _tag: "Bookmaker", bookmakerId: OURS, standing: { state: "STALE", since: NOW, reason }, at: NOW })
    moveHead(head, { by, now: NOW + by + 30_000 })
    assert.strictEqual(head.table.bookmakers.get(OURS)?.since, NOW + by)
    const at = NOW + by + 60_000
    tell({ _tag: "Bookmaker", bookmakerId: OURS, standing: { state: "CONFIRMED", since: at }, at })
    assert.strictEqual(book()?.listing.state, "STALE")
  })

  it.each(STEPS)("by %d ms during an outage leaves confirmed what was seen in it", (by) => {
    const { book, head, tell } = makeBooks()
    const reason = { code: "BLOCKED", text: "It refuses us." } as const
    tell({ _tag: "Bookmaker", bookmakerId: OURS, standing: { state: "STALE", since: NOW - 90_000, reason }, at: NOW })
    tell({ _tag: "Observe", snapshot: snapshot(NOW - 60_000, prices(1_800)) })
    moveHead(head, { by, now: NOW + by + 30_000 })
    const at = NOW + by + 60_000
    tell({ _tag: "Bookmaker", bookmakerId: OURS, standing: { state: "CONFIRMED", since: at }, at })
    assert.strictEqual(book()?.listing.state, "CONFIRMED")
  })

  it.each(STEPS)("by %d ms makes nothing outdated at a bookmaker that never failed", (by) => {
    const { head, tell } = makeBooks()
    tell({ _tag: "Observe", snapshot: snapshot(NOW - 60_000, prices(1_800)) })
    const { board, moveTimes } = makePublishedBoard(head.table, { epoch: NOW - 120_000, seq: 0 })
    const mark = board.mark()
    moveTimes({ by, now: NOW + by + 500 })
    assert.notStrictEqual(board.mark(), mark)
    const confirmedAt = board.event(EVENT)?.books.get(OURS)?.confirmedAt ?? assert.fail()
    assert.isBelow(board.bookmaker(OURS).standing.since, confirmedAt)
  })

  it.each(STEPS)("by %d ms moves what was seen and is not confirmed yet", (by) => {
    const { book, head, tell } = makeBooks()
    tell({ _tag: "Observe", snapshot: snapshot(NOW - 60_000, prices(1_800)) })
    tell({ _tag: "Observe", snapshot: snapshot(NOW, prices(1_800)) })
    moveHead(head, { by, now: NOW + by + 500 })
    for (const change of tell({ _tag: "Tick", now: NOW + by + 500, tiers: DEFAULT_TIERS }))
      assert.strictEqual(change._tag, "Confirmed")
    assert.strictEqual(book()?.confirmedAt, NOW + by)
    assert.isEmpty(tell({ _tag: "Tick", now: NOW + by + 1_500, tiers: DEFAULT_TIERS }))
  })

  it("is told from the passing of time, however busy the second was", () => {
    const look = makeClockWatch(() => 0)
    assert.isUndefined(look(NOW, 10))
    assert.isUndefined(look(NOW + 9_000, 9_010))
    assert.isUndefined(look(NOW + 11_500, 11_010))
    assert.deepStrictEqual(look(NOW + 12_500 - HOUR, 12_010), { by: -HOUR, now: NOW + 12_500 - HOUR })
    assert.isUndefined(look(NOW + 13_500 - HOUR, 13_010))
  })

  it("is told from a suspended host, also when its clock is set only later", () => {
    let slept = 5 * HOUR
    const look = makeClockWatch(() => slept)
    assert.isUndefined(look(NOW, 10))
    slept += 8 * HOUR
    assert.isUndefined(look(NOW + 8 * HOUR + 1_000, 1_010))
    slept += HOUR
    assert.isUndefined(look(NOW + 8 * HOUR + 2_000, 2_010))
    assert.isUndefined(look(NOW + 9 * HOUR + 3_000, 3_010))
    assert.strictEqual(look(NOW + 10 * HOUR + 4_000, 4_010)?.by, HOUR)
  })

  it.each(STEPS)("by %d ms dates an answer that came before it by the new clock, and none that came since", (by) => {
    const [now, step] = [NOW + by + 400, { by, now: NOW + by + 300 }]
    const since = snapshot(now - 200, prices(1_800))
    assert.strictEqual(datedBy(since, now, step), since)
    const { observedAt, requestedAt } = datedBy(snapshot(NOW, prices(1_800)), now, step)
    assert.deepStrictEqual([observedAt, requestedAt], [NOW + by, NOW + by - 300])
  })

  it("long ago dates nothing any more, and no answer came later than now", () => {
    const late = snapshot(NOW + 10_000, prices(1_800))
    assert.strictEqual(datedBy(late, NOW, { by: -HOUR, now: NOW - HOUR }).observedAt, NOW)
    const slow = snapshot(NOW - 2_000, prices(1_800))
    assert.strictEqual(datedBy(slow, NOW, { by: 3_000, now: NOW - HOUR }), slow)
    assert.strictEqual(datedBy(slow, NOW, undefined), slow)
  })

  it("that took place while the process was away leaves nothing fresh whose age nobody knows", () => {
    const { book, tell } = makeBooks()
    tell({ _tag: "Observe", snapshot: snapshot(NOW, prices(1_800)) })
    tell({ _tag: "Tick", now: NOW - HOUR, tiers: DEFAULT_TIERS })
    assert.deepInclude(book()?.listing, { state: "STALE", since: NOW - HOUR })
  })
})
