/** What is shown without being on disk, from the first change that nothing kept until all of it is told again. */
import { assert, describe, it } from "@effect/vitest"
import { EVICT_AFTER_KICKOFF_MS } from "../../src/domain/Event.ts"
import { DEFAULT_TIERS } from "../../src/domain/Freshness.ts"
import { makePublishedBoard } from "../../src/odds/PublishedBoard.ts"
import { everything, NOTHING_TOUCHED } from "../../src/odds/Rebase.ts"
import { step } from "../../src/odds/Step.ts"
import type { Head, Told } from "../../src/odds/Step.ts"
import { fold, makeTable } from "../../src/odds/Table.ts"
import { facts, snapshot, THEIRS } from "../support/snapshots.ts"

const makeBooks = () => {
  const head: Head = { table: makeTable(), seen: new Map(), missed: new Map() }
  const { advance, board } = makePublishedBoard(makeTable(), { epoch: 1, seq: 0 })
  let seq = 0
  const tell = (message: Told, durable: boolean): readonly boolean[] => {
    const changes = step(head, message)
    for (const change of changes) fold(head.table, change)
    advance(changes, { epoch: 1, seq: (seq += 1) }, durable)
    return [board.durable(), board.kept()]
  }
  return { head, tell }
}

const prices = (yes: number) => [`btts_ft yes ${yes}`, "btts_ft no 2000"]

describe("what is shown", () => {
  it("is kept again only once all that was told without a disk is told again, whole", () => {
    const { head, tell } = makeBooks()
    assert.deepStrictEqual(tell({ _tag: "Place", facts: facts(), at: 0 }, true), [true, true])
    assert.deepStrictEqual(tell({ _tag: "Observe", snapshot: snapshot(1_000, prices(1_800)) }, false), [false, false])
    const theirs = snapshot(2_000, prices(1_900), { bookmakerId: THEIRS })
    assert.deepStrictEqual(tell({ _tag: "Observe", snapshot: theirs }, false), [false, false])
    assert.deepStrictEqual(tell({ _tag: "Observe", snapshot: snapshot(3_000, prices(1_850)) }, true), [true, false])
    const [first = "", ...others] = everything(head.table).listings
    assert.lengthOf(others, 1)
    const again = (listings: ReadonlySet<string>): Told => ({
      _tag: "Rebase",
      at: 4_000,
      touched: { ...NOTHING_TOUCHED, listings }
    })
    assert.deepStrictEqual(tell(again(new Set([first])), true), [true, false])
    assert.deepStrictEqual(tell(again(new Set(others)), true), [true, true])
  })

  it("is kept once what was not has left", () => {
    const { tell } = makeBooks()
    tell({ _tag: "Place", facts: facts(), at: 0 }, true)
    tell({ _tag: "Observe", snapshot: snapshot(1_000, prices(1_800)) }, false)
    const over: Told = { _tag: "Tick", now: facts().kickoff + EVICT_AFTER_KICKOFF_MS, tiers: DEFAULT_TIERS }
    assert.deepStrictEqual(tell(over, true), [true, true])
  })
})
