/**
 * Postgres goes away while odds are scraped and followed, and the house is killed in the middle of it.
 *
 * The database is one of the run's own behind a door, so that it can also hang; the embedded one differs only in who
 * starts it.
 */
import { setTimeout as pause } from "node:timers/promises"
import { certainWithin } from "../../test/support/accounts.ts"
import { follow } from "../../test/support/follower.ts"
import type { Follower } from "../../test/support/follower.ts"
import { startHouse } from "../../test/support/house.ts"
import { readAt } from "../../test/support/stored.ts"
import { quantile } from "../bench/rounds.ts"
import { atMost, none } from "./FaultRun.ts"
import type { Check, FaultRun, Outcome, Size } from "./FaultRun.ts"
import { checksOf, judgeHouse, tamperings } from "./house/Judge.ts"
import type { Judgement, Witnessed } from "./house/Judge.ts"
import { startLoad } from "./house/Load.ts"
import { servedIn } from "./house/Served.ts"
import { withScene } from "./house/Scene.ts"
import { forgetsItsJournal } from "./outage/Control.ts"
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

export interface Extent {
  readonly events: number
  /** Of steady scraping before the first outage. */
  readonly beforeMs: number
  readonly plans: readonly Plan[]
  /** That the 99th percentile of delays may come to in any case: seconds of a busy machine give no better one. */
  readonly toleratedMs: number
}

const stoppedFor = (lastsMs: number): Plan => ({ way: "stopped", lastsMs, kills: "the house in the middle" })
const shortly = (way: Plan["way"], lastsMs: number): Plan => ({ way, lastsMs, kills: "nobody" })

const MINUTES: { readonly [S in Size]: Extent } = {
  short: {
    events: 40,
    beforeMs: 2_000,
    plans: [stoppedFor(7_000), shortly("frozen", 9_000), shortly("hanging", 9_000)],
    toleratedMs: 1_500
  },
  long: {
    events: 300,
    beforeMs: 60_000,
    plans: [stoppedFor(300_000), shortly("frozen", 60_000), shortly("hanging", 60_000)],
    toleratedMs: 50
  }
}

const HOUR: Extent = { events: 300, beforeMs: 60_000, plans: [stoppedFor(3_600_000)], toleratedMs: 50 }

export const suffered = ({ events, beforeMs, plans, toleratedMs }: Extent, seed: number): Promise<Outcome> =>
  withScene({ seed, events, markets: 40 }, async (bare) => {
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
    const load = startLoad(api, simulator, 0.05, 500)
    await pause(SETTLES_MS)
    const steady = { from: Date.now(), to: Date.now() + beforeMs }
    await pause(beforeMs)
    const told: Told[] = []
    for (const plan of plans) {
      const after = await undergo(scene, gate, plan, house)
      house = after.house
      told.push(after.told)
    }
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
    const before = p99(follower, [steady])
    const during = p99(
      follower,
      told.flatMap(({ up }) => up)
    )
    return {
      checks: [
        ...checksOf(judgement),
        none(`snapshots instead of a resumption (${follower.snapshots.join() || "none"})`, follower.snapshots.length),
        ...told.flatMap(checksOfOutage),
        atMost(
          "99th percentile from a snapshot to the subscriber during the outages",
          during,
          Math.max(1.2 * before, toleratedMs),
          "ms"
        ),
        none("exit code of the last house", exit ?? -1)
      ],
      least: leastOf(told, judgement, follower),
      controls: [...tamperings(judgement, witnessed), await forgetsItsJournal(seed)],
      counts: {
        outages: told.map(({ way, from, to }) => `${way} ${Math.round((to - from) / 1_000)} s`).join(", "),
        "p99 before": `${Math.round(before)} ms`,
        "p99 during": `${Math.round(during)} ms`,
        "records held": Math.max(...told.map(({ backlog }) => backlog)),
        "journal at most": `${(Math.max(...told.map(({ journalBytes }) => journalBytes)) / 2 ** 20).toFixed(1)} MB`,
        "drained in": told.map(({ drainedMs }) => `${Math.round(drainedMs ?? NaN)} ms`).join(", "),
        "known after": told.map(({ openedMs }) => `${Math.round(openedMs ?? NaN)} ms`).join(", "),
        rows: judgement.rows.length,
        seen: judgement.seen,
        resumed: follower.resumed()
      },
      notes: [
        "Delays run from our clock at the snapshot to the arrival of the delta; what was replayed after the kill is left out."
      ]
    }
  })

const SETTLES_MS = 1_500
const MOST_RISE_MB = 64

const checksOfOutage = (told: Told): readonly Check[] => {
  const { way, openedMs, closedMs, falseAlarms, drainedMs, listings, warm, rss } = told
  return [
    atMost(`${way}: the incident is told after`, openedMs ?? Infinity, KNOWN_WITHIN_MS, "ms"),
    atMost(`${way}: the incident has ended after`, closedMs ?? Infinity, KNOWN_WITHIN_MS, "ms"),
    none(`${way}: probes that did not say 200`, falseAlarms),
    none(`${way}: listings not served without a database after the kill`, Math.max(0, listings - warm)),
    atMost(`${way}: everything is stored after`, (drainedMs ?? Infinity) / 1_000, 60, "s"),
    atMost(`${way}: memory rises in the last half of the time watched`, riseOf(rss), MOST_RISE_MB, "MB")
  ]
}

const leastOf = (told: readonly Told[], { rows, seen }: Judgement, { delays }: Follower): Outcome["least"] => [
  { what: "kills during an outage", seen: told.flatMap(({ kills }) => kills).length, atLeast: 1 },
  { what: "offers seen", seen, atLeast: 500 },
  { what: "rows stored", seen: rows.length, atLeast: 500 },
  { what: "records held back by an outage", seen: Math.min(...told.map(({ backlog }) => backlog)), atLeast: 20 },
  { what: "deltas timed", seen: delays.length, atLeast: 50 }
]

interface Span {
  readonly from: number
  readonly to: number
}

/** Of what was fetched and told within the spans. */
const p99 = ({ delays }: Follower, spans: readonly Span[]): number => {
  const within = delays.filter(({ at, ms }) => spans.some(({ from, to }) => at - ms >= from && at <= to))
  return quantile(
    within.map(({ ms }) => ms),
    0.99
  )
}

/** From the third quarter to the last, by their medians: a garbage collection is no rise. */
const riseOf = (rss: readonly number[]): number => {
  const half = Math.floor(rss.length / 2)
  const quarter = Math.floor(rss.length / 4)
  if (quarter === 0) return 0
  return quantile(rss.slice(half + quarter), 0.5) - quantile(rss.slice(half, half + quarter), 0.5)
}
