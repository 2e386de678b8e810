import { assert, describe, it } from "@effect/vitest"
import { Option } from "effect"
import { makeBookCodec } from "../../src/odds/Image.ts"
import { observe } from "../../src/odds/Observe.ts"
import { facts, snapshot } from "../support/snapshots.ts"

const BOOK = observe(facts(), undefined, snapshot(1_000, ["btts_ft yes 1800", "btts_ft no -"])).change?.book

describe("the image of a book", () => {
  it("is read as the book it was made of, and as none once it was cut", () => {
    assert.isDefined(BOOK)
    const { encode } = makeBookCodec()
    const { decode } = makeBookCodec()
    const { key, bytes } = encode(BOOK)
    assert.deepStrictEqual(Option.getOrUndefined(decode({ key, bytes })), BOOK)
    for (let size = 0; size < bytes.length; size++) {
      assert.isTrue(Option.isNone(decode({ key, bytes: bytes.subarray(0, size) })), `${size} of ${bytes.length} bytes`)
    }
  })
})
