/**
 * The daily tables of history: made before a batch needs them, dropped whole when retention has passed them.
 *
 * A day outside of what is kept falls into the default partition: history is not lost to a wrong clock, but
 * someone is told.
 */
import { Clock, Effect, Semaphore } from "effect"
import type { Database } from "../Database.ts"
import { dayOf } from "../writing/Instant.ts"
import { forgetPassed } from "./Passed.ts"

export interface Partitions {
  /** Makes today ± 3 days and these days, as far as they are within retention. */
  readonly ensure: (days: Iterable<string>, retentionDays: number) => Effect.Effect<void, Failure>
  readonly dropExpired: (retentionDays: number) => Effect.Effect<void, Failure>
}

type Failure = Effect.Error<ReturnType<Database["Service"]["query"]>>

const DAY_MS = 86_400_000
const TABLES = ["market_history", "listing_history", "event_history"]

export const makePartitions = (database: Database["Service"]): Partitions => {
  const made = new Set<string>()
  let generation = database.generation()
  // The writer and the hourly upkeep would otherwise make the same day at once, and one of them be refused.
  const alone = Semaphore.makeUnsafe(1).withPermits(1)

  const make = Effect.fnUntraced(function* (day: string) {
    const next = dayOf(Date.parse(day) + DAY_MS)
    for (const table of TABLES) {
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
      const oldest = dayOf((yield* Clock.currentTimeMillis) - retentionDays * DAY_MS)
      for (const table of TABLES) {
        const kept = partitionName(table, oldest)
        const expired = yield* database.query(
          (sql) => sql<{ name: string }[]>`
          select inhrelid::regclass::text as name from pg_inherits
          where inhparent = ${table}::regclass and inhrelid::regclass::text < ${kept}`
        )
        for (const { name } of expired) {
          yield* database.query((sql) => sql`drop table ${sql(name)}`)
          yield* Effect.logInfo("A day of history has passed retention and was dropped").pipe(
            Effect.annotateLogs({ table: name })
          )
          made.clear()
        }
      }
      yield* forgetPassed(database, oldest)
    })
  }
}

const partitionName = (table: string, day: string): string => `${table}_${day.replaceAll("-", "")}`

const defaultName = (table: string): string => `${table}_default`
