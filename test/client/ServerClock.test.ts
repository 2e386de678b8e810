import { assert, describe, it } from "@effect/vitest"
import { makeServerClock } from "../../src/client/ServerClock.ts"

/** A server whose clock shows `start` at local 0, heard after a delay. */
const world = (start = Date.UTC(2026, 10, 20)) => {
  let local = 0
  const clock = makeServerClock(() => local)
  const hear = (at: number, delay: number, shift = 0): void => {
    local = at + delay
    clock.heard(new Date(start + at + shift).toISOString())
  }
  return { clock, hear, error: () => (clock.now() ?? NaN) - (start + local), wait: (ms: number) => (local += ms) }
}

describe("the server's clock", () => {
  it("is not known before a message", () => assert.isUndefined(world().clock.now()))

  it("is off by no more than the fastest message of the last minute", () => {
    const { hear, error } = world()
    for (const [second, delay] of [400, 30, 250, 90].entries()) hear(second * 1_000, delay)
    assert.strictEqual(error(), -30)
  })

  it("never runs behind what a message says", () => {
    const { hear, clock } = world()
    hear(0, 500)
    hear(1_000, 0)
    assert.strictEqual(clock.now(), Date.UTC(2026, 10, 20) + 1_000)
  })

  it("follows a server that sets its clock back, within two minutes", () => {
    const { hear, error } = world()
    hear(0, 10)
    for (let second = 1; second <= 120; second++) hear(second * 1_000, 10, -5_000)
    assert.strictEqual(error(), -5_010)
  })

  it("forgets what it knew on a new connection", () => {
    const { hear, clock } = world()
    hear(0, 0)
    clock.reset()
    assert.isUndefined(clock.now())
  })

  it("ignores a time that is none", () => {
    const { clock } = world()
    clock.heard("")
    assert.isUndefined(clock.now())
  })
})
