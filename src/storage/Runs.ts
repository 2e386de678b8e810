/**
 * Runs in Postgres. Saving never waits: the newest state of each run is held until the database takes it.
 *
 * Runs that were under way when the process before this one ended are closed at the first contact, before
 * anything of this process is written, so that none of its own can be taken for one of them.
 */
import { Clock, Effect, Latch, Layer, Schedule } from "effect"
import { BookmakerId } from "../domain/Bookmaker.ts"
import { EventId } from "../domain/Event.ts"
import type { ReasonCode } from "../domain/Freshness.ts"
import { RunStore } from "../domain/Run.ts"
import type { Run, RunFailure, RunPhase, RunTrigger } from "../domain/Run.ts"
import { Database } from "./Database.ts"
import { mayBeStored, readable, statement } from "./connection/Statement.ts"
import type { Transaction } from "./connection/Statement.ts"

export const layer: Layer.Layer<RunStore, never, Database> = Layer.effect(
  RunStore,
  Effect.gen(function* () {
    const database = yield* Database
    const held = new Map<string, Held>()
    const work = yield* Latch.make(false)

    const save = (run: Run, failures: readonly RunFailure[]) => {
      const before = held.get(run.id)?.failures ?? []
      held.delete(run.id)
      held.set(run.id, { run, failures: [...before, ...failures] })
      const oldest = held.size > MOST_HELD ? held.keys().next().value : undefined
      if (oldest !== undefined) held.delete(oldest)
      Latch.openUnsafe(work)
    }

    const flush = Effect.gen(function* () {
      yield* work.await
      Latch.closeUnsafe(work)
      const some = [...held.values()].slice(0, AT_ONCE)
      yield* database
        .transaction((sql) => store(sql, some))
        .pipe(
          Effect.catchTag("RowRefused", ({ message }) =>
            Effect.logWarning("Runs that Postgres refuses were dropped").pipe(Effect.annotateLogs({ message }))
          ),
          Effect.onError(() => Effect.sync(() => Latch.openUnsafe(work)))
        )
      for (const one of some) if (held.get(one.run.id) === one) held.delete(one.run.id)
      if (held.size > 0) Latch.openUnsafe(work)
    })

    const patiently = <A, E>(step: Effect.Effect<A, E>) =>
      Effect.retry(
        step,
        Schedule.jittered(Schedule.min([Schedule.exponential("500 millis"), Schedule.spaced("30 seconds")]))
      )

    // Of a Postgres that is away nothing is hoped: its last runs are told as interrupted after the next start.
    const last = Effect.suspend(() => (database.reachability().reachable ? flushAll(held, flush) : Effect.void))
    yield* Effect.addFinalizer(() => Effect.ignore(Effect.timeout(last, "3 seconds")))
    yield* Effect.forkScoped(
      Effect.ignore(
        database.opened.pipe(
          Effect.andThen(patiently(closeInterrupted(database))),
          Effect.andThen(Effect.forever(patiently(flush)))
        )
      )
    )

    return {
      save: (run, failures) => Effect.sync(() => save(run, failures)),
      list: (triggers, first, after) => readable(listRuns(database, triggers, first, after)),
      get: (id) =>
        mayBeStored(id)
          ? readable(
              Effect.map(
                database.query((sql) => sql<RunRow[]>`select * from scrape_run where id = ${id}`),
                ([row]) => row && readRun(row)
              )
            )
          : Effect.undefined,
      failures: (runId, first, after) => readable(listFailures(database, runId, first, after))
    }
  })
)

interface Held {
  readonly run: Run
  readonly failures: readonly RunFailure[]
}

/** Cadence refreshes are the many: an hour without a database makes some thousands. The oldest give way. */
const MOST_HELD = 10_000
const AT_ONCE = 100

const flushAll = Effect.fnUntraced(function* <E>(held: ReadonlyMap<string, Held>, flush: Effect.Effect<void, E>) {
  while (held.size > 0) yield* flush
})

const closeInterrupted = Effect.fnUntraced(function* (database: Database["Service"]) {
  const now = yield* Clock.currentTimeMillis
  const closed = yield* database.query(
    (sql) => sql`
    update scrape_run set phase = 'FAILED', ended_at = ${now}, at = ${now},
      message = 'Interrupted: the process ended before the run did.'
    where phase not in ('COMPLETED', 'PARTIAL', 'FAILED', 'CANCELLED')`
  )
  if (closed.count > 0) {
    yield* Effect.logWarning("Runs that an earlier process left unfinished were closed").pipe(
      Effect.annotateLogs({ runs: closed.count })
    )
  }
})

const store = Effect.fnUntraced(function* (sql: Transaction, some: readonly Held[]) {
  const runs = some.map(({ run }) => ({
    ...run,
    started: instant(run.startedAt),
    ended: run.endedAt === undefined ? null : instant(run.endedAt),
    reached: instant(run.at)
  }))
  yield* statement(
    () => sql`
    insert into scrape_run (id, trigger, request, phase, started_at, ended_at, current, total, events_count, message, at,
      counts, timings, durable_seq, failure_count)
    select id, trigger, request, phase, started, ended, current, total, "eventsCount", message, reached,
      counts, timings, "durableSeq", "failureCount"
    from jsonb_to_recordset(${JSON.stringify(runs)}::text::jsonb)
      as r(id text, trigger text, request jsonb, phase text, started timestamptz, ended timestamptz, current integer, total integer,
        "eventsCount" integer, message text, reached timestamptz, counts jsonb, timings jsonb, "durableSeq" bigint, "failureCount" integer)
    on conflict (id) do update set phase = excluded.phase, ended_at = excluded.ended_at, current = excluded.current,
      total = excluded.total, events_count = excluded.events_count, message = excluded.message, at = excluded.at,
      counts = excluded.counts, timings = excluded.timings, durable_seq = excluded.durable_seq, failure_count = excluded.failure_count`
  )
  const failures = some.flatMap(({ run, failures }) =>
    failures.map((failure) => ({ ...failure, runId: run.id, number: numberOf(failure.id), at: instant(failure.at) }))
  )
  if (failures.length === 0) return
  yield* statement(
    () => sql`
    insert into scrape_failure (run_id, number, bookmaker_id, event_id, class, message, duration_ms, at)
    select "runId", number, "bookmakerId", "eventId", class, message, round("durationMs"), at
    from jsonb_to_recordset(${JSON.stringify(failures)}::text::jsonb)
      as r("runId" text, number integer, "bookmakerId" text, "eventId" text, class text, message text, "durationMs" float, at timestamptz)
    on conflict do nothing`
  )
})

const listRuns = Effect.fnUntraced(function* (
  database: Database["Service"],
  triggers: readonly RunTrigger[],
  first: number,
  after: string | undefined
) {
  const rows = yield* database.query(
    (sql) => sql<RunRow[]>`
    select * from scrape_run where trigger = any(${[...triggers]}::text[]) and (${after === undefined} or id < ${after ?? ""})
    order by id desc limit ${first + 1}`
  )
  const [all] = yield* database.query(
    (sql) => sql<{ count: number }[]>`
    select count(*) from scrape_run where trigger = any(${[...triggers]}::text[])`
  )
  return { nodes: rows.slice(0, first).map(readRun), hasNextPage: rows.length > first, totalCount: all?.count ?? 0 }
})

const listFailures = Effect.fnUntraced(function* (
  database: Database["Service"],
  runId: string,
  first: number,
  after: string | undefined
) {
  const rows = yield* database.query(
    (sql) => sql<FailureRow[]>`
    select * from scrape_failure where run_id = ${runId} and number > ${after === undefined ? 0 : numberOf(after)}
    order by number limit ${first + 1}`
  )
  const [all] = yield* database.query(
    (sql) => sql<{ count: number }[]>`
    select count(*) from scrape_failure where run_id = ${runId}`
  )
  return { nodes: rows.slice(0, first).map(readFailure), hasNextPage: rows.length > first, totalCount: all?.count ?? 0 }
})

interface RunRow {
  readonly id: string
  readonly trigger: RunTrigger
  /** JSON leaves absent fields out. */
  readonly request: Partial<Run["request"]>
  readonly phase: RunPhase
  readonly started_at: number
  readonly ended_at: number | null
  readonly current: number
  readonly total: number
  readonly events_count: number
  readonly message: string
  readonly at: number
  readonly counts: Run["counts"]
  readonly timings: readonly (Omit<Run["timings"][number], "bookmakerId"> & { readonly bookmakerId?: BookmakerId })[]
  readonly durable_seq: number | null
  readonly failure_count: number
}

const readRun = (row: RunRow): Run => ({
  id: row.id,
  trigger: row.trigger,
  request: { bookmakers: row.request.bookmakers, competitions: row.request.competitions, events: row.request.events },
  phase: row.phase,
  startedAt: row.started_at,
  endedAt: row.ended_at ?? undefined,
  current: row.current,
  total: row.total,
  eventsCount: row.events_count,
  message: row.message,
  at: row.at,
  counts: row.counts,
  timings: row.timings.map((timing) => ({ ...timing, bookmakerId: timing.bookmakerId })),
  durableSeq: row.durable_seq ?? undefined,
  failureCount: row.failure_count
})

interface FailureRow {
  readonly run_id: string
  readonly number: number
  readonly bookmaker_id: string
  readonly event_id: string | null
  readonly class: ReasonCode
  readonly message: string
  readonly duration_ms: number
  readonly at: number
}

const readFailure = (row: FailureRow): RunFailure => ({
  id: `${row.run_id}/${row.number}`,
  bookmakerId: BookmakerId(row.bookmaker_id),
  eventId: row.event_id === null ? undefined : EventId(row.event_id),
  class: row.class,
  message: row.message,
  durationMs: row.duration_ms,
  at: row.at
})

/** `<runId>/<n>` → n; 0 for what is no such id, so that paging begins at the start. */
const numberOf = (failureId: string): number => {
  const number = Number(failureId.slice(failureId.lastIndexOf("/") + 1))
  return Number.isSafeInteger(number) ? number : 0
}

const instant = (ms: number): string => new Date(ms).toISOString()
