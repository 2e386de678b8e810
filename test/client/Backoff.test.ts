import { assert, describe, it } from "vitest"
import { makeBackoff } from "../../src/client/Backoff.ts"

const LIMITS = { firstMs: 250, mostMs: 10_000 }

const waits = (random: () => number, count = 8): readonly number[] => {
  const backoff = makeBackoff(LIMITS, random)
  return Array.from({ length: count }, backoff.wait)
}

describe("the wait before the next try", () => {
  it("doubles from failure to failure up to its limit, drawn from the upper half of its span", () => {
    assert.deepStrictEqual(
      waits(() => 0),
      [125, 250, 500, 1_000, 2_000, 4_000, 5_000, 5_000]
    )
    assert.deepStrictEqual(
      waits(() => 1 - Number.EPSILON).map(Math.round),
      [250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]
    )
  })

  it("spreads a desk that was cut off in one moment over half a span", () => {
    const first = Array.from({ length: 1_000 }, () => waits(Math.random, 1)[0] ?? 0)
    const slices = Array.from({ length: 5 }, (_, i) => first.filter((ms) => Math.floor((ms - 125) / 25) === i).length)
    for (const slice of slices) assert.isAbove(slice, 100)
  })
})
