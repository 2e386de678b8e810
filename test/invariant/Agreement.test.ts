/** What counts as a difference between a book, its newest stored value and the end of its history. */
import { assert, describe, it } from "@effect/vitest"
import { differenceOf, MARKET } from "../../src/invariant/Agreement.ts"
import { NOW, marketState } from "../support/records.ts"

const MARK = { epoch: 1, seq: 9 }
const told = marketState(0, [1_850, 1_950])
const later = { ...told, changedAt: NOW + 1_000, previous: [1_900, 1_900] }
const at = (seq: number, state: typeof told) => ({ epoch: 1, seq, state })

describe("a market that came back to its price within a gap", () => {
  it("is no difference: it is told again as the newest value, and its history ends before it", () => {
    assert.isUndefined(differenceOf(MARKET, later, MARK, { current: at(7, later), newest: at(3, told) }, undefined))
  })

  it("is one where its history ends in another price or state", () => {
    const open = at(3, { ...told, milli: [1_860, 1_950] })
    const suspended = at(3, { ...told, states: ["SUSPENDED", "OPEN"] })
    for (const newest of [open, suspended]) {
      const difference = differenceOf(MARKET, later, MARK, { current: at(7, later), newest }, undefined)
      assert.strictEqual(difference?.what, "the newest value and the end of its history")
    }
  })

  it("is one where its history ends in the very record and tells another time, or is ahead of the newest value", () => {
    for (const seq of [7, 8]) {
      const sides = { current: at(7, later), newest: at(seq, seq === 7 ? told : later) }
      assert.isDefined(differenceOf(MARKET, later, MARK, sides, undefined))
    }
  })
})
