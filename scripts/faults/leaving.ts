/**
 * The house is told to end, under load and at the worst of times, and has to go within its time with nothing lost; and
 * once it is stopped for a while as by a machine that sleeps.
 */
import { setTimeout as pause } from "node:timers/promises"
import { certainWithin } from "../../test/support/accounts.ts"
import { follow } from "../../test/support/follower.ts"
import { startHouse } from "../../test/support/house.ts"
import { readAt } from "../../test/support/stored.ts"
import { quantile } from "../bench/rounds.ts"
import { atMost, exactly, none } from "./FaultRun.ts"
import type { FaultRun, Outcome, Size } from "./FaultRun.ts"
import { drawFrom } from "./house/Draw.ts"
import { checksOf, judgeHouse, leastCertain, tamperings } from "./house/Judge.ts"
import type { Witnessed } from "./house/Judge.ts"
import { startLoad } from "./house/Load.ts"
import { servedIn } from "./house/Served.ts"
import { withScene } from "./house/Scene.ts"
import { diesAtOnce } from "./leaving/Control.ts"
import { depart } from "./leaving/Departures.ts"
import type { Circumstance, Departure } from "./leaving/Departures.ts"
import { makeGate } from "./outage/Gate.ts"

export const leaving: FaultRun = {
  name: "leaving",
  promise: "Told to end, the house is gone within 20 s with code 0, loses nothing, and its subscribers come back",
  run: (size, seed) => left(EXTENTS[size], seed)
}

interface Extent {
  readonly events: number
  readonly departures: readonly Circumstance[]
  readonly sleepsMs: number
  /** Snapshots that must be in the history. */
  readonly certain: number
}

/** By then the house may listen already. */
const NEARLY_BUILT_MS = 250

const HARD: readonly Circumstance[] = ["twice", "starting", "stopped", "hanging", "frozen"]

const EXTENTS: { readonly [S in Size]: Extent } = {
  short: { events: 40, departures: ["plain", ...HARD], sleepsMs: 7_000, certain: 100 },
  long: {
    events: 200,
    departures: Array.from({ length: 100 }, (_, i) =>
      i % 4 === 3 ? (HARD[(i >> 2) % HARD.length] ?? "plain") : "plain"
    ),
    sleepsMs: 60_000,
    certain: 500
  }
}

const left = ({ certain, events, departures, sleepsMs }: Extent, seed: number): Promise<Outcome> =>
  withScene({ seed, events, markets: 12 }, async (bare) => {
    const gate = await makeGate(bare.folder)
    bare.ends({ kill: gate.close })
    const environment = { ...bare.options.environment, DATABASE_URL: gate.url }
    const scene = { ...bare, options: { ...bare.options, environment } }
    const { api, simulator } = scene
    const draw = drawFrom(seed)
    const follower = follow(api)
    const load = startLoad(api, simulator, 0.3)
    const gone: Departure[] = []
    const surroundings = { scene, gate, follower, draw }
    for (const circumstance of departures) {
      // At once until one was in the midst of being built; later ones may nearly be.
      const withinMs = gone.some(({ halfway }) => halfway) ? NEARLY_BUILT_MS : 0
      gone.push(await depart(surroundings, circumstance, withinMs))
    }
    const last = await startHouse(scene.options)
    scene.ends(last)
    const runs = load.ended.length
    while (load.ended.length === runs) await pause(50)
    const asleep = Date.now()
    process.kill(last.pid, "SIGSTOP")
    await pause(sleepsMs)
    process.kill(last.pid, "SIGCONT")
    const awake = Date.now()
    await pause(1_000)
    await load.stop()
    // What was fetched while the house left or slept may have been let go.
    const interruptions = [...gone.flatMap(({ from, to }) => everySecond(from, to)), ...everySecond(asleep, awake)]
    const witnessed: Witnessed = {
      api,
      accounts: async (rows) => certainWithin(load.ended, await servedIn(scene)(rows)),
      followers: [follower],
      kills: interruptions,
      read: (reads) => readAt(gate.behind, reads)
    }
    const judgement = await judgeHouse(witnessed)
    const closes = new Map(follower.closes)
    // Each house that a follower was with has to say that it goes; the last one is left by the follower itself.
    const told = follower.greeted() - 1
    await follower.close()
    const exit = await last.stop()
    const wrong = gone.filter(({ code }) => code !== 0)
    return {
      checks: [
        ...checksOf(judgement),
        none(
          `exits with another code than 0 (${wrong.map(({ circumstance, code }) => `${circumstance}: ${code}`).join(", ") || "none"})`,
          wrong.length
        ),
        none("exit code of the last house", exit ?? -1),
        atMost("longest departure while Postgres answers nothing", longestOf(gone, isSilent) / 1_000, 10, "s"),
        atMost("longest departure", longestOf(gone, () => true) / 1_000, 20, "s"),
        exactly("connections closed with 1012", closes.get(1012) ?? 0, told),
        none(
          "connections closed otherwise",
          [...closes].reduce((sum, [code, count]) => sum + (code === 1012 ? 0 : count), 0)
        ),
        none(`snapshots instead of a resumption (${follower.snapshots.join() || "none"})`, follower.snapshots.length)
      ],
      least: [
        { what: "departures", seen: gone.length, atLeast: departures.length },
        {
          what: "departures from a follower that was there",
          seen: told,
          atLeast: departures.filter((circumstance) => circumstance !== "starting").length
        },
        {
          what: "departures of a house that had not told its address yet",
          seen: gone.filter(({ halfway }) => halfway).length,
          atLeast: 1
        },
        { what: "circumstances", seen: new Set(departures).size, atLeast: HARD.length + 1 },
        { what: "offers seen", seen: judgement.seen, atLeast: 500 },
        { what: "rows stored", seen: judgement.rows.length, atLeast: 500 },
        leastCertain(judgement, certain)
      ],
      controls: [...tamperings(judgement, witnessed), await diesAtOnce(seed)],
      counts: {
        ...Object.fromEntries(
          [...Map.groupBy(gone, ({ circumstance }) => circumstance)].map(([circumstance, all]) => [
            circumstance,
            `${all.length}, longest ${Math.max(...all.map(({ tookMs }) => tookMs))} ms`
          ])
        ),
        "departure p50": `${Math.round(
          quantile(
            gone.map(({ tookMs }) => tookMs),
            0.5
          )
        )} ms`,
        slept: `${Math.round(sleepsMs / 1_000)} s`,
        resumed: follower.resumed(),
        seen: judgement.seen,
        rows: judgement.rows.length
      },
      notes: [
        `starting = the signal comes as soon as the journal is opened, with most rooms still to be built, or in later ones up to ${NEARLY_BUILT_MS / 1_000} s after; stopped, hanging and frozen are what Postgres does meanwhile.`,
        "What was served outside a run that was heard to end, or around a departure or the sleep, may have been let go; the next serving then has to tell the difference."
      ]
    }
  })

const isSilent = ({ circumstance }: Departure): boolean => circumstance === "frozen" || circumstance === "hanging"

const longestOf = (gone: readonly Departure[], which: (departure: Departure) => boolean): number =>
  Math.max(...gone.filter(which).map(({ tookMs }) => tookMs))

/** A span as the instants around which the oracle lets a serving be absent. */
const everySecond = (from: number, to: number): readonly number[] =>
  Array.from({ length: Math.ceil((to - from) / 1_000) + 1 }, (_, i) => Math.min(to, from + i * 1_000))
