/** Records survive the journal's bytes exactly, also when the catalogue has moved on. */
import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import { decode, encode } from "../../src/journal/RecordCodec.ts"
import { marketsRecord, record } from "../support/records.ts"

const rewritten = (from: string, to: string) => {
  const text = new TextDecoder().decode(encode(marketsRecord("1", 1_850)))
  assert.include(text, from)
  return decode(new TextEncoder().encode(text.replaceAll(from, to)))
}

describe("RecordCodec", () => {
  it("gives back every record exactly as it was written", () => {
    fc.assert(
      fc.property(record, (written) => assert.deepStrictEqual(decode(encode(written)), written)),
      { numRuns: 500 }
    )
  })

  it("gives back the interned market and layout, so that the diff can compare by reference", () => {
    const written = marketsRecord("1", 1_850)
    const read = decode(encode(written))
    assert(read.kind === "MARKETS")
    assert.strictEqual(read.markets[0]?.market, written.markets[0]?.market)
    assert.strictEqual(read.markets[0]?.layout, written.markets[0]?.layout)
  })

  it("keeps a record whose market type the catalogue no longer knows", () => {
    const read = rewritten(`"1x2_ft"`, `"abolished_ft"`)
    assert(read.kind === "MARKETS")
    assert.strictEqual(read.markets[0]?.market.key, "abolished_ft")
    assert.isFalse(read.markets[0]?.market.type.comparable)
    assert.isUndefined(read.markets[0]?.market.line)
    assert.deepStrictEqual(decode(encode(read)), read)
  })

  it("keeps the line of a market whose type is gone, and knows that type again", () => {
    const [one, other] = [`"abolished_ft@2.5"`, `"abolished_ft@3.5"`].map((key) => {
      const read = rewritten(`"1x2_ft"`, key)
      assert(read.kind === "MARKETS")
      return read.markets[0]?.market
    })
    assert.deepStrictEqual([one?.key, one?.line, one?.type.key], ["abolished_ft@2.5", 2.5, "abolished_ft"])
    assert.strictEqual(one?.type, other?.type)
  })

  it("keeps a record with an outcome that its market type no longer has", () => {
    const read = rewritten(`"home"`, `"abolished"`)
    assert(read.kind === "MARKETS")
    assert.deepStrictEqual(read.markets[0]?.layout.outcomes, ["abolished", "draw"])
    assert.deepStrictEqual(read.markets[0]?.milli, [1_850, 1_950])
  })
})
