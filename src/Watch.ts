/**
 * Writes the incident log and the notices of the health page: what each room says of itself, looked at once a second,
 * opened and closed here.
 *
 * Rooms keep their states and know nothing of incidents, so an incident can never be forgotten open.
 */
import { Clock, Effect, Schedule, SubscriptionRef } from "effect"
import { HostSleep } from "./actor/Elapsed.ts"
import type { ActorStatus } from "./actor/Supervisor.ts"
import { Supervisor } from "./actor/Supervisor.ts"
import { alarmsOf, CHECKS } from "./Alarms.ts"
import type { Alarm, Seen } from "./Alarms.ts"
import { makeGapWatch } from "./Gaps.ts"
import { Journal } from "./journal/Journal.ts"
import { Place } from "./journal/Place.ts"
import { Health } from "./observability/Health.ts"
import { Incidents } from "./observability/Incidents.ts"
import { Scraping } from "./scraping/Scraping.ts"
import { History } from "./storage/History.ts"
import { diskOf } from "./storage/tables/Space.ts"

/** More than a busy process or a slewing clock explains between two looks. */
const STEP_MS = 5_000

export const watch = Effect.gen(function* () {
  const incidents = yield* Incidents
  const health = yield* Health
  const { actors } = yield* Supervisor
  const journal = yield* Journal
  if (journal.setAside !== undefined) {
    const { name, why } = journal.setAside
    const cause = `The journal could not be used (${why}) and lies aside as ${name}; a new epoch has begun.`
    yield* incidents.note({ kind: "quarantine", subject: "journal", cause, touched: ["journal", "history"] })
  }
  let restarts = restartsOf(yield* SubscriptionRef.get(actors))
  let alarms: readonly Alarm[] = []
  const { see } = yield* makeSight
  const lookForGap = yield* makeGapWatch
  const look = Effect.gen(function* () {
    const all = yield* SubscriptionRef.get(actors)
    for (const { name, lastError } of all.values()) {
      const more = (restartsOf(all).get(name) ?? 0) > (restarts.get(name) ?? 0)
      if (more) yield* incidents.note({ kind: "restart", subject: name, cause: lastError ?? "", touched: [name] })
    }
    restarts = restartsOf(all)
    yield* lookForGap
    alarms = alarmsOf(yield* see)
    for (const { kind, subject, cause, touched } of alarms) {
      yield* cause === undefined ? incidents.close(kind, subject) : incidents.open({ kind, subject, cause, touched })
    }
  })
  for (const name of CHECKS) {
    const causes = Effect.sync(() => alarms.flatMap(({ cause, check }) => (check === name ? (cause ?? []) : [])))
    const complaint = Effect.map(causes, (all) => (all.length === 0 ? undefined : all.join(" ")))
    yield* health.register({ name, kind: "notice", complaint })
  }
  yield* Effect.forkScoped(Effect.repeat(look, Schedule.spaced("1 second")))
})

/** What alarms are made of; remembers between two looks when numbers came, and what time it was. */
const makeSight = Effect.gen(function* () {
  const journal = yield* Journal
  const history = yield* History
  const scraping = yield* Scraping
  const { actors } = yield* Supervisor
  const { dataDir } = yield* Place
  const slept = yield* HostSleep
  /** The last number at each look that found another one, as long as Postgres does not have it. */
  let waiting: readonly { readonly last: number; readonly since: number }[] = []
  let before: { readonly wall: number; readonly steady: number } | undefined
  let step: Seen["step"]

  const see = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const steady = Number((yield* Clock.monotonicTimeNanos) / 1_000_000n) + slept()
    const jumped = before === undefined ? 0 : now - before.wall - (steady - before.steady)
    if (Math.abs(jumped) > STEP_MS) step = { at: now, ms: jumped }
    before = { wall: now, steady }
    const stats = yield* journal.stats
    waiting = waiting.filter(({ last }) => last > stats.released)
    const newest = waiting.at(-1)
    if (stats.last > stats.released && stats.last !== newest?.last) {
      const known = newest === undefined || waiting.length < MOST_WAITING ? waiting : waiting.slice(0, -1)
      waiting = [...known, { last: stats.last, since: known === waiting ? now : (newest?.since ?? now) }]
    }
    const seen: Seen = {
      now,
      journal: stats,
      waitingSince: waiting[0]?.since,
      storage: yield* history.stats,
      work: yield* scraping.work,
      actors: [...(yield* SubscriptionRef.get(actors)).values()],
      disk: yield* diskOf(dataDir),
      step
    }
    return seen
  })
  return { see }
})

/** An hour of looks; what comes later in a longer outage is told as older than it is. */
const MOST_WAITING = 3_600

const restartsOf = (all: ReadonlyMap<string, ActorStatus>): ReadonlyMap<string, number> =>
  new Map([...all].map(([name, { restarts }]) => [name, restarts]))
