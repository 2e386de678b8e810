/**
 * Writes the incident log: what each room says of itself, looked at once a second, opened and closed here.
 *
 * Rooms keep their states and know nothing of incidents, so an incident can never be forgotten open.
 */
import { Clock, Effect, Schedule, SubscriptionRef } from "effect"
import type { ActorStatus } from "./actor/Supervisor.ts"
import { Supervisor } from "./actor/Supervisor.ts"
import { Journal } from "./journal/Journal.ts"
import { Incidents } from "./observability/Incidents.ts"
import type { Opened } from "./observability/Incidents.ts"
import { Scraping } from "./scraping/Scraping.ts"
import { Database } from "./storage/Database.ts"

/** Something that is wrong as long as it has a cause. */
interface Condition extends Omit<Opened, "cause"> {
  readonly cause: string | undefined
}

/** A start or a restart of Postgres takes less than this and is no incident. */
const AWAY_FOR_MS = 5_000

export const watch = Effect.gen(function* () {
  const incidents = yield* Incidents
  const { actors } = yield* Supervisor
  const { setAside } = yield* Journal
  if (setAside !== undefined) {
    const cause = `The journal could not be used (${setAside.why}) and lies aside as ${setAside.name}; a new epoch has begun.`
    yield* incidents.note({ kind: "quarantine", subject: "journal", cause, touched: ["journal", "history"] })
  }
  let restarts = restartsOf(yield* SubscriptionRef.get(actors))
  const look = Effect.gen(function* () {
    const all = yield* SubscriptionRef.get(actors)
    for (const { name, lastError } of all.values()) {
      const more = (restartsOf(all).get(name) ?? 0) > (restarts.get(name) ?? 0)
      if (more) yield* incidents.note({ kind: "restart", subject: name, cause: lastError ?? "", touched: [name] })
    }
    restarts = restartsOf(all)
    for (const { kind, subject, cause, touched } of [...failed(all), ...(yield* conditions)]) {
      yield* cause === undefined ? incidents.close(kind, subject) : incidents.open({ kind, subject, cause, touched })
    }
  })
  yield* Effect.forkScoped(Effect.repeat(look, Schedule.spaced("1 second")))
})

const restartsOf = (all: ReadonlyMap<string, ActorStatus>): ReadonlyMap<string, number> =>
  new Map([...all].map(([name, { restarts }]) => [name, restarts]))

const failed = (all: ReadonlyMap<string, ActorStatus>): readonly Condition[] =>
  [...all.values()].map(({ name, state, lastError }) => ({
    kind: "failed",
    subject: name,
    cause: state === "FAILED" ? (lastError ?? "It gave up.") : undefined,
    touched: [name]
  }))

const conditions = Effect.gen(function* () {
  const { degraded } = yield* (yield* Journal).stats
  const { reachable, since, lastError } = (yield* Database).reachability()
  const work = yield* (yield* Scraping).work
  const now = yield* Clock.currentTimeMillis
  const breakers = work.flatMap(({ bookmakerId, breakers: each }) =>
    each.map(({ endpoint, state, until }): Condition => ({
      kind: "breaker",
      subject: `${bookmakerId}/${endpoint}`,
      cause:
        state === "CLOSED"
          ? undefined
          : `No request is sent${until === undefined ? "" : ` before ${new Date(until).toISOString()}`}; then one probe.`,
      touched: [bookmakerId]
    }))
  )
  return [
    {
      kind: "degraded",
      subject: "journal",
      cause: degraded ? "The journal's disk is unusable: changes are shown as not durable." : undefined,
      touched: ["journal", "history"]
    },
    {
      kind: "away",
      subject: "postgres",
      cause:
        reachable || now - since < AWAY_FOR_MS
          ? undefined
          : `Postgres cannot be reached: ${lastError ?? "no answer yet"}`,
      touched: ["history"]
    },
    ...breakers
  ]
})
