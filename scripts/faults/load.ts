/**
 * Two thousand subscribers of a busy house: each message reaches them in time and begins where the last one ended.
 *
 * They are parted into groups by events, as many as bring the wanted rate: what all of them together are told in a
 * second is measured first.
 */
import { setTimeout as pause } from "node:timers/promises"
import { GRID } from "../../src/client/Documents.ts"
import { startHouse } from "../../test/support/house.ts"
import { startCrowd } from "../bench/crowd/Crowd.ts"
import type { Counted, Crowd } from "../bench/crowd/Crowd.ts"
import { cpuMsOf } from "../bench/processes.ts"
import { atMost, none } from "./FaultRun.ts"
import type { Check, FaultRun, Size } from "./FaultRun.ts"
import { startLoad } from "./house/Load.ts"
import { withScene } from "./house/Scene.ts"

interface Amount {
  readonly connections: number
  readonly perSecond: number
  readonly events: number
  readonly seconds: number
}

const AMOUNTS: { readonly [S in Size]: Amount } = {
  short: { connections: 60, perSecond: 300, events: 60, seconds: 5 },
  long: { connections: 2_000, perSecond: 20_000, events: 1_300, seconds: 600 }
}
const MARKETS = 12
const MOVED = 0.3

export const load: FaultRun = {
  name: "load",
  promise: "Two thousand subscribers are told twenty thousand times a second, in time and without a break",
  run: (size, seed) =>
    withScene({ seed, events: AMOUNTS[size].events, markets: MARKETS }, async (scene) => {
      const { api, ends, kickoffs, options, simulator, url } = scene
      const { connections, perSecond, seconds } = AMOUNTS[size]
      const house = await startHouse(options)
      ends(house)
      const port = Number(new URL(url).port)
      const work = startLoad(api, simulator, MOVED)
      const ask = (groups: readonly object[], members: number, deafEvery?: number): Promise<Crowd> =>
        startCrowd({ port, query: GRID, groups, connections: members, ...(deafEvery && { deafEvery }) })
      // Only what was told before can move.
      while (work.runs() < 2) await pause(100)
      const scout = await ask([{}], 1, DEAF_EVERY)
      const whole = await rateOf(scout, seconds / 10)
      const { breaks } = await scout.count()
      scout.stop()
      const groups = parted([...kickoffs.keys()], Math.max(1, Math.floor((whole * connections) / perSecond)))
      const crowd = await ask(groups, connections)
      const cpuBefore = cpuMsOf(house.pid)
      const rate = await rateOf(crowd, seconds)
      const cores = (cpuMsOf(house.pid) - cpuBefore) / seconds / 1_000
      const counted = await crowd.count()
      crowd.stop()
      await work.stop()
      return {
        checks: [
          none("breaks in the chains of cursors", counted.breaks),
          none("connections that ended", counted.closed),
          ...(size === "short" ? [] : delaysOf(counted))
        ],
        least: [
          { what: "deliveries a second", seen: Math.round(rate), atLeast: size === "short" ? 1 : perSecond },
          { what: "delays measured", seen: counted.samples, atLeast: connections },
          { what: "runs beside it", seen: work.runs(), atLeast: 1 }
        ],
        controls: [{ what: `a subscriber that does not hear every ${DEAF_EVERY}th message`, caught: breaks > 0 }],
        counts: {
          connections,
          groups: groups.length,
          seconds,
          "p50 ms": counted.p50,
          "p99 ms": counted.p99,
          "longest ms": counted.most,
          "cores used by the house": cores.toFixed(2)
        },
        notes: [
          "A delay runs from the last byte of a bookmaker's answer to a subscriber's socket, by the one clock of this machine.",
          "House, simulator, Postgres and subscribers share its cores; bookmakers answer at once, at the default limits."
        ]
      }
    })
}

const DEAF_EVERY = 5

const rateOf = async (crowd: Crowd, seconds: number): Promise<number> => {
  crowd.reset()
  await pause(seconds * 1_000)
  return (await crowd.count()).deliveries / seconds
}

/** Filters that share the events evenly. */
const parted = (events: readonly string[], parts: number): readonly object[] =>
  Array.from({ length: parts }, (_, part) => ({ filter: { events: events.filter((_, i) => i % parts === part) } }))

// Beside all other tests of this machine a percentile says nothing.
const delaysOf = ({ p50, p99 }: Counted): readonly Check[] => [
  atMost("from a complete answer to a subscriber, p50", p50, 50, "ms"),
  atMost("from a complete answer to a subscriber, p99", p99, 250, "ms")
]
