/** The binary form of `copy`, read back by a reader of its own: each cell by its bytes. */
import { assert, describe, it } from "@effect/vitest"
import { copyBinary } from "../../../src/storage/writing/CopyBinary.ts"
import type { CopyBinary } from "../../../src/storage/writing/CopyBinary.ts"

const SIGNATURE = "5047434f50590aff0d0a000000000000000000"

/** The cells of one row; null = none. */
const cellsOf = (columns: number, write: (to: CopyBinary) => void): readonly (Buffer | null)[] => {
  const to = copyBinary()
  to.row(columns)
  write(to)
  const bytes = Buffer.from(to.bytes() ?? assert.fail("it does not fit"))
  assert.strictEqual(bytes.subarray(0, 19).toString("hex"), SIGNATURE)
  assert.strictEqual(bytes.readInt16BE(19), columns)
  const cells: (Buffer | null)[] = []
  let at = 21
  for (let i = 0; i < columns; i++) {
    const size = bytes.readInt32BE(at)
    cells.push(size === -1 ? null : bytes.subarray(at + 4, at + 4 + size))
    at += 4 + Math.max(0, size)
  }
  assert.strictEqual(bytes.readInt16BE(at), -1)
  assert.strictEqual(bytes.length, at + 2)
  return cells
}

const texts = (write: (to: CopyBinary) => void, columns: number) =>
  cellsOf(columns, write).map((cell) => cell?.toString("utf8"))

const hexOf = (write: (to: CopyBinary) => void) => cellsOf(1, write)[0]?.toString("hex")

describe("a row for copy", () => {
  it("has texts in UTF-8, of any length and at any place, and none where there is none", () => {
    const all = ["plain", "Атлетико–Łódź", "half ä", "", "x".repeat(70_000), "ß".repeat(70_000), "end"]
    assert.deepStrictEqual(
      texts((to) => all.forEach(to.text), all.length),
      all
    )
    assert.deepStrictEqual(
      cellsOf(2, (to) => [to.text(null), to.numeric(null)]),
      [null, null]
    )
    assert.deepStrictEqual(
      cellsOf(1, (to) => to.time(null)),
      [null]
    )
  })

  it("grows with what is put into it, by one cell or by many", () => {
    const cells = cellsOf(20_000, (to) => {
      for (let i = 0; i < 10_000; i++) {
        to.int4(i)
        to.int8(-i)
      }
    })
    assert.strictEqual(cells[19_998]?.readInt32BE(), 9_999)
    assert.strictEqual(cells[19_999]?.readBigInt64BE(), -9_999n)
    const long = Array.from({ length: 50_000 }, (_, i) => i)
    assert.strictEqual(cellsOf(1, (to) => to.int4s(long))[0]?.length, 20 + 8 * long.length)
  })

  it("has numbers, arrays, lines and times as Postgres stores them", () => {
    assert.strictEqual(
      hexOf((to) => to.int8(2 ** 40 + 7)),
      "0000010000000007"
    )
    assert.strictEqual(
      hexOf((to) => to.int8(-(2 ** 40))),
      "ffffff0000000000"
    )
    assert.strictEqual(
      hexOf((to) => to.int4s([])),
      "000000000000000000000017"
    )
    assert.strictEqual(
      hexOf((to) => to.int4s([1_850, -1])),
      `${"00000001 00000000 00000017 00000002 00000001".replaceAll(" ", "")}000000040000073a00000004ffffffff`
    )
    assert.strictEqual(
      hexOf((to) => to.int4s([5])),
      `${"00000001 00000000 00000017 00000001 00000001".replaceAll(" ", "")}0000000400000005`
    )
    // Two digits to the base of 10,000, their weight, the sign, two places, the digits.
    assert.strictEqual(
      hexOf((to) => to.numeric(2.5)),
      "000200000000000200021388"
    )
    assert.strictEqual(
      hexOf((to) => to.numeric(-1.75)),
      "00020000400000020001" + "1d4c"
    )
    assert.strictEqual(
      hexOf((to) => to.numeric(0)),
      "000200000000000200000000"
    )
    assert.strictEqual(
      hexOf((to) => to.date(Date.UTC(2000, 0, 2, 23))),
      "00000001"
    )
    assert.strictEqual(
      hexOf((to) => to.date(Date.UTC(1999, 11, 31))),
      "ffffffff"
    )
    assert.strictEqual(
      hexOf((to) => to.time(Date.UTC(2000, 0, 1) + 1)),
      "00000000000003e8"
    )
    assert.strictEqual(
      hexOf((to) => to.json([{ a: 1 }])),
      `01${Buffer.from('[{"a":1}]').toString("hex")}`
    )
  })

  it.each([
    ["an integer of five bytes", (to: CopyBinary) => to.int4(2 ** 31)],
    ["a fraction", (to: CopyBinary) => to.int4(1.5)],
    ["an array with an integer of five bytes", (to: CopyBinary) => to.int4s([1, 2 ** 31])],
    ["a number that is not exact", (to: CopyBinary) => to.int8(2 ** 53)],
    ["a line of three places", (to: CopyBinary) => to.numeric(0.125)],
    ["a line of five digits", (to: CopyBinary) => to.numeric(10_000)],
    ["a line that is no number", (to: CopyBinary) => to.numeric(Number.NaN)],
    ["a day that is no time", (to: CopyBinary) => to.date(Number.NaN)],
    ["an instant that is no time", (to: CopyBinary) => to.time(Infinity)]
  ])("makes the whole unfit where a cell is %s", (_, write) => {
    const to = copyBinary()
    to.row(1)
    write(to)
    assert.isUndefined(to.bytes())
  })
})
