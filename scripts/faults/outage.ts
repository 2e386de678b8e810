/**
 * Postgres goes away while odds are scraped and followed, and the house is killed in the middle of it.
 *
 * The database is one of the run's own behind a door, so that it can also hang; the embedded one differs only in who
 * starts it.
 */
import { setTimeout as pause } from "node:timers/promises"
import { certainWithin } from "../../test/support/accounts.ts"
import type { Span } from "../../test/support/accounts.ts"
import { follow } from "../../test/support/follower.ts"
import { startHouse } from "../../test/support/house.ts"
import { readAt } from "../../test/support/stored.ts"
import { atMost, none } from "./FaultRun.ts"
import type { Check, FaultRun, Outcome, Size } from "./FaultRun.ts"
import { checksOf, judgeHouse, leastCertain, tamperings } from "./house/Judge.ts"
import type { Judgement, Witnessed } from "./house/Judge.ts"
import { startLoad } from "./house/Load.ts"
import { servedIn } from "./house/Served.ts"
import { withScene } from "./house/Scene.ts"
import { forgetsItsJournal } from "./outage/Control.ts"
import { percentileOf, riseOf } from "./outage/Figures.ts"
import type { Windows } from "./outage/Figures.ts"
import { makeGate } from "./outage/Gate.ts"
import { KNOWN_WITHIN_MS, stateOf, undergo } from "./outage/Outage.ts"
import type { Plan, Told } from "./outage/Outage.ts"

const PROMISE = "Postgres may be away: nothing is lost, live odds go on as before, and history is level soon after"

export const outage: FaultRun = {
  name: "outage",
  promise: PROMISE,
  run: (size, seed) => suffered(MINUTES[size], seed)
}

/** The same for an hour; its short form is that of `outage`. */
export const outageHour: FaultRun = {
  name: "outage-hour",
  promise: `${PROMISE}, also for an hour`,
  run: (size, seed) => suffered(size === "long" ? HOUR : MINUTES.short, seed)
}

export interface Extent extends Windows {
  readonly events: number
  /** That a house runs before its delays count: code that has just started is slow, with or without a database. */
  readonly warmUpMs: number
  /** Of steady scraping before the first outage, and again after the last one. */
  readonly steadyMs: number
  /** Between two runs. */
  readonly restMs: number
  readonly plans: readonly Plan[]
  /** Before and after the outages, and as many during them. */
  readonly leastWindows: number
  /** Snapshots that must be in the history. */
  readonly certain: number
  /** That the 99th percentile of delays may come to in any case: seconds of a busy machine give no better one. */
  readonly toleratedMs: number
}

const stoppedFor = (lastsMs: number): Plan => ({ way: "stopped", lastsMs, kills: "the house in the middle" })
const shortly = (way: Plan["way"], lastsMs: number): Plan => ({ way, lastsMs, kills: "nobody" })

const MINUTES: { readonly [S in Size]: Extent } = {
  short: {
    events: 40,
    warmUpMs: 500,
    steadyMs: 2_000,
    restMs: 500,
    plans: [stoppedFor(7_000), shortly("hanging", 6_000)],
    windowMs: 2_000,
    perWindow: 3,
    leastWindows: 1,
    certain: 100,
    toleratedMs: 3_000
  },
  long: {
    events: 300,
    warmUpMs: 30_000,
    steadyMs: 90_000,
    restMs: 500,
    plans: [stoppedFor(300_000), shortly("frozen", 60_000), shortly("hanging", 60_000)],
    windowMs: 10_000,
    perWindow: 100,
    leastWindows: 5,
    certain: 10_000,
    toleratedMs: 50
  }
}

/** At a calmer rate, so that it is the hour that is put to the test and not the machine. */
const HOUR: Extent = { ...MINUTES.long, restMs: 5_000, plans: [stoppedFor(3_600_000)] }

export const suffered = (extent: Extent, seed: number): Promise<Outcome> => {
  const { certain, events, plans, restMs, steadyMs, warmUpMs } = extent
  return withScene({ seed, events, markets: 40 }, async (bare) => {
    const gate = await makeGate(bare.folder)
    bare.ends({ kill: gate.close })
    const scene = {
      ...bare,
      options: { ...bare.options, environment: { ...bare.options.environment, DATABASE_URL: gate.url } }
    }
    const { api, simulator } = scene
    let house = await startHouse(scene.options)
    scene.ends(house)
    while (!(await stateOf(api)).storage.reachable) await pause(100)
    const follower = follow(api)
    const load = startLoad(api, simulator, 0.05, restMs)
    await pause(warmUpMs)
    const before = await steady(steadyMs)
    const told: Told[] = []
    for (const plan of plans) {
      const after = await undergo(scene, gate, plan, house)
      house = after.house
      told.push(after.told)
    }
    const after = await steady(steadyMs)
    await load.stop()
    const witnessed: Witnessed = {
      api,
      accounts: async (rows) => certainWithin(load.ended, await servedIn(scene)(rows)),
      followers: [follower],
      kills: told.flatMap(({ kills }) => kills),
      read: (reads) => readAt(gate.behind, reads)
    }
    const judgement = await judgeHouse(witnessed)
    await follower.close()
    const exit = await house.stop()
    const around = percentileOf(follower, [before, after], extent)
    const during = percentileOf(
      follower,
      told.flatMap(({ up }) => up).map(({ from, to, isNew }) => ({ from: isNew ? from + warmUpMs : from, to })),
      extent
    )
    return {
      checks: [
        ...checksOf(judgement),
        none(`snapshots instead of a resumption (${follower.snapshots.join() || "none"})`, follower.snapshots.length),
        ...told.flatMap(checksOfOutage),
        atMost(
          "99th percentile from a snapshot to the subscriber during the outages",
          during.ms,
          Math.max(1.2 * around.ms, extent.toleratedMs),
          "ms"
        ),
        none("exit code of the last house", exit ?? -1)
      ],
      least: [
        ...leastOf(told, judgement),
        leastCertain(judgement, certain),
        { what: "windows timed before and after the outages", seen: around.windows, atLeast: extent.leastWindows },
        { what: "windows timed during the outages", seen: during.windows, atLeast: extent.leastWindows }
      ],
      controls: [...tamperings(judgement, witnessed), await forgetsItsJournal(seed)],
      counts: {
        outages: told.map(({ way, from, to }) => `${way} ${Math.round((to - from) / 1_000)} s`).join(", "),
        "p99 before and after": `${Math.round(around.ms)} ms of ${around.deltas}`,
        "p99 during": `${Math.round(during.ms)} ms of ${during.deltas}`,
        "records held": Math.max(...told.map(({ backlog }) => backlog)),
        "journal at most": `${(Math.max(...told.map(({ journalBytes }) => journalBytes)) / 2 ** 20).toFixed(1)} MB`,
        "drained in": told.map(({ drainedMs }) => `${Math.round(drainedMs ?? NaN)} ms`).join(", "),
        "known after": told.map(({ openedMs }) => `${Math.round(openedMs ?? NaN)} ms`).join(", "),
        rows: judgement.rows.length,
        seen: judgement.seen,
        resumed: follower.resumed()
      },
      notes: [
        "Delays run from our clock at the snapshot to the arrival of the delta, under the same load before, during and after; what was replayed after the kill is left out, and so is a house that has just started.",
        `The 99th percentile is the median of those of windows of ${extent.windowMs / 1_000} s, so that a neighbour's burst on this machine decides nothing.`
      ]
    }
  })
}

const steady = async (forMs: number): Promise<Span> => {
  const from = Date.now()
  await pause(forMs)
  return { from, to: Date.now() }
}

const MOST_RISE_MB = 64
/** Of an outage of five minutes, in 60 s; of a longer one as much more. */
const DRAINS_FIVE_TIMES_AS_FAST = 5

const checksOfOutage = (told: Told): readonly Check[] => {
  const { way, from, to, openedMs, closedMs, falseAlarms, drainedMs, listings, warm, rss } = told
  const mayTakeS = Math.max(60, Math.round((to - from) / 1_000 / DRAINS_FIVE_TIMES_AS_FAST))
  return [
    atMost(`${way}: the incident is told after`, openedMs ?? Infinity, KNOWN_WITHIN_MS, "ms"),
    atMost(`${way}: the incident has ended after`, closedMs ?? Infinity, KNOWN_WITHIN_MS, "ms"),
    none(`${way}: probes that did not say 200`, falseAlarms),
    none(`${way}: listings not served without a database after the kill`, Math.max(0, listings - warm)),
    atMost(`${way}: everything is stored after`, (drainedMs ?? Infinity) / 1_000, mayTakeS, "s"),
    atMost(`${way}: memory rises, by its slope in the last half of the time watched`, riseOf(rss), MOST_RISE_MB, "MB")
  ]
}

const leastOf = (told: readonly Told[], { rows, seen }: Judgement): Outcome["least"] => [
  { what: "kills during an outage", seen: told.flatMap(({ kills }) => kills).length, atLeast: 1 },
  { what: "offers seen", seen, atLeast: 500 },
  { what: "rows stored", seen: rows.length, atLeast: 500 },
  { what: "records held back by an outage", seen: Math.min(...told.map(({ backlog }) => backlog)), atLeast: 20 }
]
