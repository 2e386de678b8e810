/**
 * History on Postgres: joins the reads, and keeps the figures that `stats` gives without asking anybody.
 *
 * The figures are refreshed every 15 seconds, which is also what notices a database that went away or came
 * back while nothing is being written.
 */
import { Effect, Layer, Schedule, SubscriptionRef } from "effect"
import { LiveSettings } from "../domain/Settings.ts"
import { Database } from "./Database.ts"
import { replay } from "./tables/DeadLetters.ts"
import { History } from "./History.ts"
import { historyPage } from "./reading/HistoryRows.ts"
import { makeMarketLayouts } from "./tables/MarketLayouts.ts"
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
    let figures: Figures = { dead_letters: 0, partitions: 0, bytes: 0 }

    const refresh = Effect.gen(function* () {
      const [found] = yield* database.query(
        (sql) => sql<Figures[]>`
        select (select count(*) from dead_letter) as dead_letters,
          (select count(*) from pg_inherits where inhparent = 'market_history'::regclass) as partitions,
          pg_database_size(current_database()) as bytes`
      )
      figures = found ?? figures
    })
    yield* Effect.forkScoped(
      Effect.ignore(
        Effect.andThen(database.opened, Effect.repeat(Effect.ignore(refresh), Schedule.spaced("15 seconds")))
      )
    )

    return {
      rows: (query, first, after) => readable(historyPage(database, query, first, after)),
      event: (id, asOf) => (mayBeStored(id) ? readable(storedEvent(database, id, asOf)) : Effect.undefined),
      replayDeadLetters: Effect.fnUntraced(function* (ids) {
        const { tiers } = yield* SubscriptionRef.get(settings.current)
        const answer = yield* readable(replay(database, layouts, tiers, ids))
        yield* Effect.ignore(refresh)
        return answer
      }),
      stats: Effect.sync(() => ({
        ...database.reachability(),
        drained: writer.drained(),
        rowsWritten: writer.rowsWritten(),
        deadLetters: figures.dead_letters,
        partitions: figures.partitions,
        bytes: figures.bytes
      }))
    }
  })
)

interface Figures {
  readonly dead_letters: number
  readonly partitions: number
  readonly bytes: number
}
