/**
 * History on Postgres: joins the reads, and keeps the figures that `stats` gives without asking anybody.
 *
 * The figures are refreshed every 5 seconds, so that a default partition that is used is told in time; parked rows are
 * counted as soon as the writer parks one.
 */
import { Clock, Effect, Layer, Metric, Schedule, Stream, SubscriptionRef } from "effect"
import { LiveSettings } from "../domain/Settings.ts"
import { Database } from "./Database.ts"
import { countParked, parked, replay } from "./tables/DeadLetters.ts"
import { History } from "./History.ts"
import { historyPage } from "./reading/HistoryRows.ts"
import { makeMarketLayouts } from "./tables/MarketLayouts.ts"
import { daysUntilFull, diskOf, NO_SPACE, spaceOf } from "./tables/Space.ts"
import type { Disk } from "./tables/Space.ts"
import { dayOf } from "./writing/Instant.ts"
import { mayBeStored, readable } from "./connection/Statement.ts"
import { storedEvent } from "./reading/StoredEvents.ts"
import { Writer } from "./Writer.ts"

export const layer: Layer.Layer<History, never, Database | Writer | LiveSettings> = Layer.effect(
  History,
  Effect.gen(function* () {
    const database = yield* Database
    const writer = yield* Writer
    const settings = yield* LiveSettings
    const layouts = makeMarketLayouts(database)
    let figures: Figures = { partitions: 0, bytes: 0 }
    let deadLetters = 0
    let space = NO_SPACE
    let disk: Disk | undefined
    let full: number | undefined

    const refreshSpace = Effect.gen(function* () {
      const { retentionDays } = yield* SubscriptionRef.get(settings.current)
      space = yield* spaceOf(database, dayOf(yield* Clock.currentTimeMillis))
      disk = database.folder === undefined ? undefined : yield* diskOf(database.folder)
      full = daysUntilFull(space, retentionDays, disk?.free)
      for (const { name, bytes } of space.tables)
        yield* Metric.update(Metric.withAttributes(tableBytes, { table: name }), bytes)
      yield* Metric.update(growth, space.growthPerDay ?? 0)
      yield* Metric.update(untilFull, full ?? Infinity)
      yield* Metric.update(strays, space.strayDays)
    })

    const tellParked = (count: number) => {
      deadLetters = count
      return Metric.update(refused, count)
    }
    const recount = Effect.flatMap(countParked(database), tellParked)
    yield* Effect.forkScoped(Stream.runForEach(writer.rowsParked, () => Effect.ignore(recount)))

    const refresh = Effect.gen(function* () {
      const [found] = yield* database.query(
        (sql) => sql<Figures[]>`
        select (select count(*) from pg_inherits where inhparent = 'market_history'::regclass) as partitions,
          pg_database_size(current_database()) as bytes`
      )
      figures = found ?? figures
      yield* recount
      yield* refreshSpace
    })
    yield* Effect.forkScoped(
      Effect.ignore(
        Effect.andThen(database.opened, Effect.repeat(Effect.ignore(refresh), Schedule.spaced("5 seconds")))
      )
    )

    return {
      rows: (query, first, after) => readable(historyPage(database, query, first, after)),
      event: (id, asOf) => (mayBeStored(id) ? readable(storedEvent(database, id, asOf)) : Effect.undefined),
      deadLetters: (first, after) => readable(parked(database, first, after)),
      replayDeadLetters: Effect.fnUntraced(function* (ids) {
        const { tiers } = yield* SubscriptionRef.get(settings.current)
        const answer = yield* readable(replay(database, layouts, tiers, ids))
        yield* tellParked(answer.stillParked)
        return answer
      }),
      stats: Effect.sync(() => ({
        ...database.reachability(),
        drained: writer.drained(),
        rowsWritten: writer.rowsWritten(),
        held: writer.held(),
        deadLetters,
        partitions: figures.partitions,
        bytes: figures.bytes,
        space,
        disk,
        daysUntilFull: full
      }))
    }
  })
)

const tableBytes = Metric.gauge("storage_table_bytes", { description: "Bytes of a table with its indexes and days" })
const refused = Metric.gauge("storage_dead_letters", {
  description: "Rows that Postgres refused, parked until they are replayed"
})
const growth = Metric.gauge("storage_growth_bytes_per_day", {
  description: "Bytes of one day of history, the mean of the last seven whole days; 0 before the first"
})
const untilFull = Metric.gauge("storage_days_until_full", {
  description: "Whole days until the disk is full at this growth; +Inf = never, or not known"
})
const strays = Metric.gauge("storage_default_partitions_used", {
  description: "History tables with rows in no day's partition"
})

interface Figures {
  readonly partitions: number
  readonly bytes: number
}
