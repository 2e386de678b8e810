import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import { filterPart, formatCursor, formatTold, parseCursor } from "../../src/graphql/arguments/Cursor.ts"

const position = fc.record({ epoch: fc.integer({ min: 0, max: 4_102_444_800_000 }), seq: fc.maxSafeNat() })
const part = fc.string().map(filterPart)

describe("a cursor", () => {
  it("sorts as text as its position does", () => {
    fc.assert(
      fc.property(position, position, part, (a, b, filter) => {
        const order = a.epoch - b.epoch || a.seq - b.seq
        const [left, right] = [formatCursor(a, filter), formatCursor(b, filter)]
        assert.strictEqual(Math.sign(order), left < right ? -1 : left > right ? 1 : 0)
      })
    )
  })

  it("sorts pages of a snapshot before the position they belong to, and above any earlier one", () => {
    fc.assert(
      fc.property(position, part, fc.nat(9_999), (at, filter, page) => {
        const pages = [formatCursor(at, filter, page), formatCursor(at, filter, page + 1), formatCursor(at, filter)]
        assert.deepStrictEqual([...pages].sort(), pages)
        assert.isBelow(
          at.seq === 0 ? -1 : formatCursor({ ...at, seq: at.seq - 1 }, filter).localeCompare(pages[0] ?? "", "en"),
          0
        )
      })
    )
  })

  it("is read back as it was written", () => {
    fc.assert(
      fc.property(position, part, fc.option(fc.nat(9_999), { nil: undefined }), (at, filter, page) => {
        assert.deepStrictEqual(parseCursor(formatCursor(at, filter, page)), { ...at, filter, page, unconfirmed: 0 })
      })
    )
  })

  it("says how many records hold confirmations that are still to come, above every page and below the whole", () => {
    fc.assert(
      fc.property(position, part, fc.integer({ min: 1, max: 100_000 }), (at, filter, unconfirmed) => {
        const told = formatTold({ ...at, confirmedTo: at.seq - unconfirmed }, filter)
        const order = [formatCursor(at, filter, 9_999), told, formatCursor(at, filter)]
        assert.deepStrictEqual([...order].sort(), order)
        assert.deepStrictEqual(parseCursor(told), { ...at, filter, page: undefined, unconfirmed })
        assert.strictEqual(formatTold({ ...at, confirmedTo: at.seq }, filter), formatCursor(at, filter))
      })
    )
  })

  it("is not made of anything else", () => {
    const good = formatCursor({ epoch: 1_763_000_000_000, seq: 5 }, "")
    for (const text of [
      "",
      "0",
      "-1",
      "1.5",
      "null",
      "9".repeat(400),
      `${good} `,
      good.toUpperCase(),
      good.slice(1),
      `${good}abc`
    ]) {
      assert.isUndefined(parseCursor(text), text)
    }
  })
})
