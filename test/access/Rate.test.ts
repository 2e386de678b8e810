import { assert, describe, it } from "vitest"
import { makeBucket, makeBuckets } from "../../src/access/Rate.ts"

const RATE = { perSecond: 5, burst: 10 }

const clock = () => {
  let time = 1_000
  return { now: () => time, pass: (ms: number) => void (time += ms) }
}

const granted = (ask: () => boolean, times: number): number => Array.from({ length: times }, ask).filter(Boolean).length

describe("a rate", () => {
  it("grants a burst at once, and then as much as time brings", () => {
    const { now, pass } = clock()
    const ask = makeBucket(RATE, now)
    assert.strictEqual(granted(ask, 50), 10)
    pass(1_000)
    assert.strictEqual(granted(ask, 50), 5)
    pass(60_000)
    assert.strictEqual(granted(ask, 50), 10)
  })

  it("punishes nobody for having asked in vain", () => {
    const { now, pass } = clock()
    const ask = makeBucket(RATE, now)
    granted(ask, 1_000)
    pass(200)
    assert.isTrue(ask())
  })

  it("holds for each name by itself, also across the moment at which the quiet ones are forgotten", () => {
    const { now, pass } = clock()
    const ask = makeBuckets(RATE, now)
    assert.strictEqual(
      granted(() => ask("one"), 50),
      10
    )
    assert.isTrue(ask("other"))
    pass(1_900)
    granted(() => ask("one"), 50)
    pass(200)
    assert.isTrue(ask("other"))
    assert.strictEqual(
      granted(() => ask("one"), 50),
      1
    )
  })
})
