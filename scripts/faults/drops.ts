/**
 * Lines that break at random moments while prices move and the server restarts: nobody misses, repeats or reorders
 * anything, who was away within the window is told only what it missed, and every fold ends as the server's digest.
 *
 * Two runs: many short absences with the window set to 4 s, and few long ones with the real window.
 */
import { setTimeout as pause } from "node:timers/promises"
import { post } from "../../test/support/client.ts"
import type { Address } from "../../test/support/client.ts"
import { launchHouse } from "../../test/support/house.ts"
import type { House } from "../../test/support/house.ts"
import { follow } from "./drops/Follower.ts"
import type { Faults, Follower } from "./drops/Follower.ts"
import { none } from "./FaultRun.ts"
import type { FaultRun, Outcome, Size } from "./FaultRun.ts"
import { drawFrom } from "./house/Draw.ts"
import type { Draw } from "./house/Draw.ts"
import { hurry, startLoad } from "./house/Load.ts"
import { withScene } from "./house/Scene.ts"

interface Amount {
  readonly clients: number
  readonly drops: number
  readonly events: number
  readonly longestMs: number
  readonly restartEveryMs: number
  readonly window: string
  /** How many of all markets move with each run. */
  readonly moved: number
  /** Between two runs; about twenty changes a second for who follows everything in the long ones. */
  readonly restMs: number
}

export const drops: FaultRun = {
  name: "drops",
  promise: "Who comes back within a window of four seconds misses nothing, again and again, also over restarts",
  run: (size, seed) => dropped(SHORT_ABSENCES[size], seed)
}

export const dropsWindow: FaultRun = {
  name: "drops-window",
  promise: "Who comes back within the real window misses nothing, also over restarts",
  run: (size, seed) => dropped(LONG_ABSENCES[size], seed)
}

const BRISK = { moved: 0.3, restMs: 0 } as const
const STEADY = { moved: 0.01, restMs: 3_000 } as const
const SHORT_ABSENCES: { readonly [S in Size]: Amount } = {
  short: { clients: 8, drops: 4, events: 30, longestMs: 1_000, restartEveryMs: 4_000, window: "4 seconds", ...BRISK },
  long: {
    clients: 200,
    drops: 500,
    events: 200,
    longestMs: 3_600,
    restartEveryMs: 30_000,
    window: "4 seconds",
    ...STEADY
  }
}
const LONG_ABSENCES: { readonly [S in Size]: Amount } = {
  short: { clients: 8, drops: 2, events: 30, longestMs: 4_000, restartEveryMs: 4_000, window: "2 minutes", ...BRISK },
  long: {
    clients: 200,
    drops: 8,
    events: 200,
    longestMs: 110_000,
    restartEveryMs: 180_000,
    window: "2 minutes",
    ...STEADY
  }
}

const dropped = (amount: Amount, seed: number): Promise<Outcome> =>
  withScene(
    { seed, events: amount.events, markets: 12, environment: { REPLAY_WINDOW: amount.window } },
    async ({ api, ends, options, simulator, url }) => {
      // Subscribers come back to a house as soon as it listens, whatever Postgres does meanwhile.
      const start = async (): Promise<House> => {
        const house = await launchHouse(options)
        ends(house)
        return house
      }
      let house = await start()
      await hurry(api)
      const port = Number(new URL(url).port)
      const load = startLoad(api, simulator, amount.moved, amount.restMs)
      const followers: Follower[] = []
      for (let i = 0; i < amount.clients; i++) followers.push(await follow(port, filterOf(i)))
      const lossy = await follow(port, {}, (message, heard) => (heard % 3 === 0 ? undefined : message))
      let isOver = false
      let restarts = 0
      const restarting = (async () => {
        for (;;) {
          for (let waited = 0; waited < amount.restartEveryMs && !isOver; waited += 100) await pause(100)
          if (isOver) return
          await (restarts++ % 2 === 0 ? house.kill() : house.stop())
          house = await start()
        }
      })()
      await Promise.all(followers.map((follower, i) => breaking(follower, amount, drawFrom(seed * 1_000 + i))))
      isOver = true
      await restarting
      await load.stop()
      const different = await differences(api, followers)
      const deaf = await differences(api, [lossy])
      const faults = followers.map((follower) => follower.faults())
      const back = followers.flatMap(({ returns }) => returns.slice(1))
      const within = back.filter(({ awayMs }) => awayMs <= windowMs(amount))
      const resumed = within.filter(({ kind }) => kind === "RESUMED")
      for (const follower of [...followers, lossy]) follower.close()
      return {
        checks: [
          none(
            "gaps",
            total(faults, ({ gaps }) => gaps)
          ),
          none(
            "duplicates",
            total(faults, ({ duplicates }) => duplicates)
          ),
          none(
            "reorders",
            total(faults, ({ reorders }) => reorders)
          ),
          none(
            "returns that began with neither RESUMED nor SNAPSHOT",
            total(faults, ({ unwelcomed }) => unwelcomed)
          ),
          none("clients whose digest is not the server's", different),
          {
            what: "returns within the window that are RESUMED",
            seen: `${resumed.length} of ${within.length}`,
            must: "≥ 80 %",
            holds: resumed.length >= 0.8 * within.length
          }
        ],
        least: [
          { what: "lines broken", seen: back.length, atLeast: amount.clients * amount.drops },
          { what: "restarts", seen: restarts, atLeast: 1 },
          { what: "messages", seen: sum(followers.map(({ deliveries }) => deliveries())), atLeast: back.length * 2 }
        ],
        controls: [{ what: "a client that loses every third message", caught: deaf === 1 || lossy.faults().gaps > 0 }],
        counts: {
          clients: amount.clients,
          returns: back.length,
          "messages to one who stays": lossy.deliveries(),
          "longest absence ms": Math.round(Math.max(...back.map(({ awayMs }) => awayMs))),
          restarts,
          runs: load.runs(),
          reasons: reasonsOf(back.map(({ kind, reason }) => reason ?? kind))
        },
        notes: [
          "Every second restart is a kill. FIN, RST and silence come in equal parts; a silenced line is left for dead by its client.",
          `The window is ${amount.window}; absences are drawn evenly up to ${amount.longestMs / 1_000} s.`
        ]
      }
    }
  )

const filterOf = (i: number): object =>
  i % 3 === 0 ? {} : i % 3 === 1 ? { bookmakers: ["betpawa-ng"] } : { markets: ["1x2_ft"] }

const breaking = async (follower: Follower, { drops: times, longestMs }: Amount, draw: Draw): Promise<void> => {
  for (let i = 0; i < times; i++) {
    await pause(draw.between(50, 1_500))
    const how = (["FIN", "RST", "SILENCE"] as const)[Math.floor(draw.share() * 3)] ?? "FIN"
    follower.leave(how)
    await pause(draw.between(0, longestMs))
    await follower.comeBack()
  }
}

/** How many folds differ from the server's digest, once everything is still. */
const differences = async (api: Address, followers: readonly Follower[]): Promise<number> => {
  let differ = followers.map((_, i) => i)
  for (let tries = 0; tries < 60 && differ.length > 0; tries++) {
    await pause(250)
    const digests = await Promise.all([0, 1, 2].map((i) => post<Digest>(api, DIGEST, { filter: filterOf(i) })))
    differ = differ.filter((i) => followers[i]?.fold.digest() !== digests[i % 3]?.cacheDigest.digest)
  }
  return differ.length
}

interface Digest {
  readonly cacheDigest: { readonly digest: string }
}
const DIGEST = "query ($filter: OddsFilter) { cacheDigest(filter: $filter) { digest } }"

const windowMs = ({ window }: Amount): number => (window === "4 seconds" ? 4_000 : 120_000)

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0)
const total = (faults: readonly Faults[], of: (one: Faults) => number): number => sum(faults.map(of))

const reasonsOf = (words: readonly string[]): string =>
  [...Map.groupBy(words, (word) => word)].map(([word, all]) => `${word} ${all.length}`).join(", ")
