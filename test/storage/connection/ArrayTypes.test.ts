/** Arrays on their way to Postgres and back, without asking it how. */
import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import { ARRAY_TYPES } from "../../../src/storage/connection/ArrayTypes.ts"

const { integers, texts } = ARRAY_TYPES

describe("arrays of the driver", () => {
  it("are read back as they were written", () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.array(fc.integer()), (words, numbers) => {
        assert.deepStrictEqual(texts.parse(texts.serialize(words)), words)
        assert.deepStrictEqual(integers.parse(integers.serialize(numbers)), numbers)
      })
    )
  })

  it("are read as Postgres writes them, quoted only where it has to be", () => {
    assert.deepStrictEqual(texts.parse(String.raw`{home,"a,b","",over 2.5,"say \"x\"","back\\slash"}`), [
      "home",
      "a,b",
      "",
      "over 2.5",
      'say "x"',
      String.raw`back\slash`
    ])
  })
})
