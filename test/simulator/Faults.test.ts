import { assert, describe, it } from "@effect/vitest"
import { Faults } from "../../src/simulator/faults/Faults.ts"
import type { Target } from "../../src/simulator/faults/Faults.ts"
import { World } from "../../src/simulator/world/World.ts"
import { MINUTE, NOON } from "./support/running.ts"

const world = new World(1, 1_300)
const matches = world.listed("sportybet", NOON)
const [doomed, ...rest] = matches.slice(0, 3).map((match) => ({ bookmaker: "sportybet" as const, match }))
const denied = doomed === undefined ? [] : [doomed, ...rest]

const eventTarget = (at: number): Target => {
  const match = matches[at % matches.length]
  return { bookmaker: "sportybet", endpoint: "event", name: `event ${at}`, event: match?.sportradarId, match }
}
const listTarget = (at: number): Target => ({
  bookmaker: "sportybet",
  endpoint: "list",
  name: `list ${at}`,
  event: undefined,
  match: undefined
})

/** What so many targets meet, the events denied apart. */
const meetings = (target: (at: number) => Target, count: number) => {
  const faults = new Faults(1, true, () => [])
  return { faults, met: Array.from({ length: count }, (_, at) => faults.meet(target(at), NOON, at)) }
}

describe("the weather", () => {
  it("resets one request in two hundred and slows one in a hundred, a few of them past the deadline", () => {
    const { met } = meetings(eventTarget, 40_000)
    const resets = met.filter((one) => one?.kind === "reset"),
      slow = met.filter((one) => one?.kind === "slow")
    assert.approximately(resets.length / 40_000, 0.005, 0.001)
    assert.approximately(slow.length / 40_000, 0.01, 0.0015)
    assert.approximately(slow.filter((one) => (one?.delayMs ?? 0) > 5_000).length / slow.length, 0.1, 0.04)
  })

  it("hits every attempt within a minute of the first, so that the item is lost, and decides anew afterwards", () => {
    const { faults, met } = meetings(eventTarget, 4_000)
    const hit = met.findIndex((one) => one?.kind === "reset")
    const again = [1, 2, 3].map(
      (attempt) => faults.meet(eventTarget(hit), NOON + attempt * 15_000, 5_000 + attempt)?.kind
    )
    assert.deepStrictEqual(again, ["reset", "reset", "reset"])
    assert.deepStrictEqual(
      faults
        .listed(0)
        .filter(({ target }) => target === `event ${hit}`)
        .map(({ attempt, final }) => [attempt, final]),
      [
        [1, true],
        [2, true],
        [3, true],
        [4, true]
      ]
    )
    const windows = Array.from(
      { length: 20 },
      (_, later) => faults.meet(eventTarget(hit), NOON + (1 + later) * MINUTE, 6_000 + later)?.kind
    )
    assert.include(windows, undefined)
  })

  it("passes over a list at its second attempt, and loses none", () => {
    const { faults, met } = meetings(listTarget, 4_000)
    const hit = met.findIndex((one) => one?.kind === "reset")
    assert.isUndefined(faults.meet(listTarget(hit), NOON + 1_000, 5_000))
    assert.isTrue(faults.listed(0).every(({ final }) => !final))
  })

  it("denies the events chosen for five minutes at a time", () => {
    const cycles: number[] = []
    const faults = new Faults(1, true, (time, count) => {
      cycles.push(time)
      return time === NOON ? denied.slice(0, count) : []
    })
    const kinds = (time: number): readonly (string | undefined)[] =>
      [0, 1, 2].map((at) => faults.meet(eventTarget(at), time, at)?.kind)
    assert.deepStrictEqual(kinds(NOON), ["gone", "gone", "gone"])
    assert.deepStrictEqual(kinds(NOON + 5 * MINUTE - 1), ["gone", "gone", "gone"])
    assert.notInclude(kinds(NOON + 5 * MINUTE), "gone")
    assert.deepStrictEqual(cycles, [NOON, NOON + 5 * MINUTE])
  })

  it("is the same for the same seed and requests", () => {
    assert.deepStrictEqual(meetings(eventTarget, 2_000).met, meetings(eventTarget, 2_000).met)
  })
})
