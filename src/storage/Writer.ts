/**
 * The write queue's second half: drains the journal into Postgres, batch by batch, each exactly once.
 *
 * An outage is not an attempt: the batch is held and tried again with growing pauses for as long as it takes,
 * while the journal keeps everything. Only what is committed there is released here.
 */
import { randomUUID } from "node:crypto"
import { Context, Deferred, Effect, Fiber, Layer, Schedule, SubscriptionRef } from "effect"
import { Supervisor } from "../actor/Supervisor.ts"
import { Bookmakers } from "../domain/Bookmaker.ts"
import type { NumberedRecord, Position } from "../domain/Record.ts"
import { LiveSettings } from "../domain/Settings.ts"
import { StorageUnavailable } from "../domain/StorageUnavailable.ts"
import { Journal } from "../journal/Journal.ts"
import { dayOf } from "./writing/Instant.ts"
import { Database } from "./Database.ts"
import { claim, readMark } from "./tables/DrainMark.ts"
import type { MarkMoved } from "./tables/DrainMark.ts"
import { makeMarketLayouts } from "./tables/MarketLayouts.ts"
import { makePartitions } from "./tables/Partitions.ts"
import type { RowRefused } from "./connection/Statement.ts"
import { storeBatch } from "./writing/StoreBatch.ts"

export class Writer extends Context.Service<
  Writer,
  {
    /** Everything up to here is stored. */
    readonly drained: () => Position
    readonly rowsWritten: () => number
    /** Ends when everything the journal holds now is stored; for shutdown and for `stored` of a run. */
    readonly caughtUp: Effect.Effect<void>
  }
>()("oddswire/storage/Writer") {
  static readonly layer = Layer.effect(
    Writer,
    Effect.gen(function* () {
      const journal = yield* Journal
      const database = yield* Database
      const supervisor = yield* Supervisor
      const settings = yield* LiveSettings
      const { all: roster } = yield* Bookmakers
      const layouts = makeMarketLayouts(database)
      const partitions = makePartitions(database)
      const owner = randomUUID()
      const { epoch } = journal
      let drained: Position = { epoch, seq: 0 }
      let rowsWritten = 0
      let moved = Deferred.makeUnsafe<void>()

      const advanceTo = Effect.fnUntraced(function* (seq: number) {
        drained = { epoch, seq }
        yield* journal.release(seq)
        const waiters = moved
        moved = Deferred.makeUnsafe()
        Deferred.doneUnsafe(waiters, Effect.void)
      })

      const begin = Effect.gen(function* () {
        yield* database.query(
          (sql) => sql`
          insert into bookmaker (id, name, country, ours)
          select * from unnest(${roster.map(({ id }) => id)}::text[], ${roster.map(({ name }) => name)}::text[],
            ${roster.map(({ country }) => country)}::text[], ${roster.map(({ ours }) => String(ours))}::text[]::boolean[])
          on conflict (id) do update set name = excluded.name, country = excluded.country, ours = excluded.ours`
        )
        yield* advanceTo((yield* database.transaction((sql) => claim(sql, epoch, owner))).seq)
      })

      const write = Effect.fnUntraced(function* (records: readonly NumberedRecord[]) {
        const { retentionDays, tiers } = yield* SubscriptionRef.get(settings.current)
        yield* partitions.ensure(new Set(records.map(({ record }) => dayOf(record.at))), retentionDays)
        const to = records.at(-1)?.seq ?? drained.seq
        rowsWritten += yield* storeBatch(database, layouts, { epoch, from: drained.seq, to, owner, records, tiers })
        yield* advanceTo(to)
      })

      const loop = Effect.gen(function* () {
        yield* held(begin)
        while (true) {
          const records = yield* nextRecords(journal, drained.seq)
          yield* held(write(records)).pipe(
            // The answer to a commit was lost: the mark says whether it took place.
            Effect.catchTag("MarkMoved", () =>
              Effect.flatMap(held(database.transaction((sql) => readMark(sql, epoch, owner))), ({ seq }) =>
                advanceTo(seq)
              )
            )
          )
        }
      })

      const upkeep = Effect.gen(function* () {
        yield* database.opened
        const { retentionDays } = yield* SubscriptionRef.get(settings.current)
        yield* held(Effect.andThen(partitions.ensure([], retentionDays), partitions.dropExpired(retentionDays)))
      })

      yield* supervisor.supervise({
        name: "writer",
        depth: () => 0,
        loop,
        onFailed: (lastError) =>
          Effect.logError("The writer gave up; history waits in the journal until a restart").pipe(
            Effect.annotateLogs({ lastError })
          )
      })
      yield* Effect.forkScoped(Effect.ignore(Effect.repeat(upkeep, Schedule.spaced("1 hour"))))

      return {
        drained: () => drained,
        rowsWritten: () => rowsWritten,
        caughtUp: Effect.gen(function* () {
          const last = yield* journal.last
          while (drained.seq < last) yield* Deferred.await(moved)
        })
      }
    })
  )
}

const BATCH = 500

/** Asks before it waits, and again once it is waiting: a commit in between would otherwise go unheard. */
const nextRecords = Effect.fnUntraced(function* (journal: Journal["Service"], after: number) {
  while (true) {
    const growing = yield* Effect.forkChild(journal.grown, { startImmediately: true })
    const records = yield* journal.read(after, BATCH)
    if (records.length === 0) {
      yield* Fiber.join(growing)
      continue
    }
    yield* Fiber.interrupt(growing)
    return records
  }
})

/** Tries until Postgres takes it. What is left to the row alone has been parked before it gets here. */
const held = <A, E extends StorageUnavailable | RowRefused | MarkMoved>(work: Effect.Effect<A, E>) =>
  work.pipe(
    Effect.mapError((error) =>
      error._tag === "RowRefused" ? new StorageUnavailable({ message: error.message }) : error
    ),
    Effect.retry({
      schedule: Schedule.jittered(Schedule.min([Schedule.exponential("500 millis"), Schedule.spaced("30 seconds")])),
      while: (error) => error._tag === "StorageUnavailable"
    })
  )
