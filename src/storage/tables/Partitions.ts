/**
 * The daily tables of history: made before a batch needs them, dropped whole when retention has passed them.
 *
 * A day outside of what is kept falls into the default partition: history is not lost to a wrong clock, but
 * someone is told.
 */
import { Clock, Effect, Semaphore } from "effect"
import { keptSince } from "../../domain/Settings.ts"
import { statement } from "../connection/Statement.ts"
import type { Transaction } from "../connection/Statement.ts"
import type { Database } from "../Database.ts"
import { dayOf } from "../writing/Instant.ts"
import { carryForward } from "./CarryForward.ts"
import type { HistoryTable } from "./CarryForward.ts"
import { forgetPassed } from "./Passed.ts"

export interface Partitions {
  /** Makes today ± 3 days and these days, as far as they are within retention. */
  readonly ensure: (days: Iterable<string>, retentionDays: number) => Effect.Effect<void, Failure>
  /** What is kept can be told as before. */
  readonly dropExpired: (retentionDays: number) => Effect.Effect<void, Failure>
}

type Failure = Effect.Error<ReturnType<Database["Service"]["query"]>>

const DAY_MS = 86_400_000
const TABLES: readonly HistoryTable[] = [
  { name: "market_history", key: "event_id, bookmaker_id, phase, market, line" },
  { name: "listing_history", key: "event_id, bookmaker_id, phase" },
  { name: "event_history", key: "event_id" }
]

export const makePartitions = (database: Database["Service"]): Partitions => {
  const made = new Set<string>()
  let generation = database.generation()
  // The writer and the hourly upkeep would otherwise make the same day at once, and one of them be refused.
  const alone = Semaphore.makeUnsafe(1).withPermits(1)

  const make = Effect.fnUntraced(function* (day: string) {
    const next = dayOf(Date.parse(day) + DAY_MS)
    for (const { name: table } of TABLES) {
      // The day would be torn in two: Postgres refuses the partition, and its rows stay readable where they are.
      const [stray] = yield* database.query(
        (sql) => sql`select 1 from ${sql(defaultName(table))} where day = ${day}::text::date limit 1`
      )
      if (stray !== undefined) {
        yield* Effect.logWarning("A day of history stays in the default partition").pipe(
          Effect.annotateLogs({ table, day })
        )
        continue
      }
      // Names cannot be parameters; this one is made of digits.
      const text = `create table if not exists ${partitionName(table, day)} partition of ${table} for values from ('${day}') to ('${next}')`
      yield* database.query((sql) => sql.unsafe(text))
    }
    made.add(day)
  })

  return {
    ensure: Effect.fnUntraced(function* (days, retentionDays) {
      if (database.generation() !== generation) {
        generation = database.generation()
        made.clear()
      }
      const now = yield* Clock.currentTimeMillis
      const wanted = new Set([-3, -2, -1, 0, 1, 2, 3].map((offset) => dayOf(now + offset * DAY_MS)))
      for (const day of days) {
        const age = (now - Date.parse(day)) / DAY_MS
        if (age <= retentionDays + 1 && age >= -4) wanted.add(day)
        else
          yield* Effect.logError("History of a day outside retention goes to the default partition").pipe(
            Effect.annotateLogs({ day })
          )
      }
      for (const day of wanted) if (!made.has(day)) yield* make(day)
    }, alone),
    dropExpired: Effect.fnUntraced(function* (retentionDays) {
      const oldest = dayOf(keptSince(retentionDays, yield* Clock.currentTimeMillis))
      for (const table of TABLES) {
        const kept = partitionName(table.name, oldest)
        const expired = yield* database.query(
          (sql) => sql<{ name: string }[]>`
          select inhrelid::regclass::text as name from pg_inherits
          where inhparent = ${table.name}::regclass and inhrelid::regclass::text < ${kept}`
        )
        if (expired.length > 0) yield* alone(make(oldest))
        const drop = (gone: (sql: Transaction) => PromiseLike<unknown>) =>
          database.transaction((sql) =>
            Effect.andThen(
              carryForward(sql, table, oldest),
              statement(() => gone(sql))
            )
          )
        // One by one: a transaction holds a lock for everything that it drops.
        for (const { name } of expired) {
          yield* drop((sql) => sql`drop table ${sql(name)}`)
          yield* Effect.logInfo("A day of history has passed retention and was dropped").pipe(
            Effect.annotateLogs({ table: name })
          )
          made.clear()
        }
        const [stray] = yield* database.query(
          (sql) => sql`select 1 from ${sql(defaultName(table.name))} where day < ${oldest}::text::date limit 1`
        )
        if (stray === undefined) continue
        yield* drop((sql) => sql`delete from ${sql(defaultName(table.name))} where day < ${oldest}::text::date`)
      }
      yield* forgetPassed(database, oldest)
    })
  }
}

const partitionName = (table: string, day: string): string => `${table}_${day.replaceAll("-", "")}`

const defaultName = (table: string): string => `${table}_default`
