/** Days that pass on a virtual clock over the rooms that keep things: journal, writer, upkeep and Postgres are real. */
import { Clock, Effect, Layer, Logger, SubscriptionRef } from "effect"
import { TestClock } from "effect/testing"
import { Fatal } from "../../../src/actor/Fatal.ts"
import { Supervisor } from "../../../src/actor/Supervisor.ts"
import { EventId } from "../../../src/domain/Event.ts"
import type { Record } from "../../../src/domain/Record.ts"
import { LiveSettings } from "../../../src/domain/Settings.ts"
import { Journal } from "../../../src/journal/Journal.ts"
import { Place } from "../../../src/journal/Place.ts"
import * as SqliteJournal from "../../../src/journal/SqliteJournal.ts"
import { Database } from "../../../src/storage/Database.ts"
import { makePartitions } from "../../../src/storage/tables/Partitions.ts"
import { spaceOf, daysUntilFull } from "../../../src/storage/tables/Space.ts"
import { Writer } from "../../../src/storage/Writer.ts"
import { Server, storage } from "../../../test/support/postgres.ts"
import { eventRecord, factsOf, marketsRecord } from "../../../test/support/records.ts"

export interface Asked {
  readonly folder: string
  readonly days: number
  readonly markets: number
  readonly retentionDays: number
  readonly seed: number
  readonly fileBytes: () => number
}

export interface Passed {
  /** One a day. */
  readonly samples: readonly { readonly bytes: number; readonly journalBytes: number }[]
  readonly written: number
  readonly oldRows: number
  readonly strayRows: number
  readonly partitions: number
  readonly keptRows: number
  readonly expectedRows: number
  readonly told: { readonly growthPerDay: number | undefined; readonly daysUntilFull: number | undefined }
}

const DAY_MS = 86_400_000

/** The clock of rows and partitions is virtual; waits on disk and database are real ones. */
export const passDays = (asked: Asked): Promise<Passed> => {
  const rooms = (url: Parameters<typeof storage>[0]) =>
    storage(url).pipe(
      Layer.provideMerge(SqliteJournal.layer),
      Layer.provideMerge([Supervisor.layer, Layer.fresh(Fatal.layer)]),
      Layer.provideMerge(Layer.succeed(Place, { dataDir: asked.folder, world: "test" }))
    )
  return Effect.runPromise(
    Effect.gen(function* () {
      const url = yield* Server.use((server) => server.newDatabase)
      return yield* Effect.provide(pass(asked), rooms(url))
    }).pipe(Effect.provide([Server.layer, Logger.layer([])]), Effect.scoped)
  )
}

const pass = Effect.fnUntraced(function* ({ days, fileBytes, markets, retentionDays, seed }: Asked) {
  const database = yield* Database
  const journal = yield* Journal
  const writer = yield* Writer
  const { current } = yield* LiveSettings
  yield* database.opened
  yield* SubscriptionRef.update(current, (settings) => ({ ...settings, retentionDays }))
  const partitions = makePartitions(database)
  const start = yield* Clock.currentTimeMillis
  const samples: { bytes: number; journalBytes: number }[] = []
  let written = 0

  for (let day = 0; day < days; day++) {
    // The last day is the real today, so that the writer's own clock finds it within retention.
    const at = start - (days - 1 - day) * DAY_MS
    const onThatDay = yield* TestClock.make()
    yield* onThatDay.setTime(at)
    const then = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.provideService(effect, Clock.Clock, onThatDay)
    yield* then(Effect.andThen(partitions.ensure([], retentionDays), partitions.dropExpired(retentionDays)))
    const records = ofOneDay(day, markets, seed, at)
    for (const record of records) yield* (yield* journal.append([{ record, image: undefined }])).committed
    yield* writer.caughtUp
    written += markets
    // A day passes in a second: what Postgres's own vacuum does of a night is done by hand.
    yield* database.query((sql) => sql`vacuum market_current, event, event_listing, competition, check_span`)
    const { tables } = yield* then(spaceOf(database, new Date(at).toISOString().slice(0, 10)))
    samples.push({ bytes: tables.reduce((sum, { bytes }) => sum + bytes, 0), journalBytes: fileBytes() })
  }
  yield* Effect.andThen(partitions.ensure([], retentionDays), partitions.dropExpired(retentionDays))

  const oldest = new Date(start - retentionDays * DAY_MS).toISOString().slice(0, 10)
  const [found] = yield* database.query(
    (sql) => sql<Omit<Passed, "samples" | "written" | "told" | "expectedRows">[]>`
    select (select count(*) from market_history where day < ${oldest}::text::date) as "oldRows",
      (select count(*) from market_history_default) + (select count(*) from listing_history_default) as "strayRows",
      (select count(*) from pg_inherits where inhparent = 'market_history'::regclass) - 1 as partitions,
      (select count(*) from market_history) as "keptRows"`
  )
  const space = yield* spaceOf(database, new Date(start).toISOString().slice(0, 10))
  return {
    samples,
    written,
    oldRows: found?.oldRows ?? -1,
    strayRows: found?.strayRows ?? -1,
    partitions: found?.partitions ?? -1,
    keptRows: found?.keptRows ?? -1,
    // What was told last of an event that ended on the first kept day was told the day before.
    expectedRows: (days > retentionDays + 1 ? retentionDays + 2 : days) * markets,
    told: { growthPerDay: space.growthPerDay, daysUntilFull: daysUntilFull(space, retentionDays, 10 ** 12) }
  }
})

/** Ten markets to an event; the events of the day before are closed. */
const ofOneDay = (day: number, markets: number, seed: number, at: number): readonly Record[] => {
  const ids = Array.from({ length: Math.ceil(markets / TYPES.length) }, (_, i) => `${day}${String(i).padStart(4, "0")}`)
  const before = ids.map((id) => EventId(`${day - 1}${id.slice(String(day).length)}`))
  return [
    ...(day === 0
      ? []
      : before.map((id): Record => ({ kind: "EVENT", at, eventId: id, before: factsOf(id), after: undefined }))),
    ...ids.flatMap((id, i) => [
      eventRecord(id, "Home", at),
      marketsRecord(id, 1_500 + ((seed + i) % 400), at, undefined, TYPES.slice(0, markets - i * TYPES.length))
    ])
  ]
}

/** Of the catalogue, by place. */
const TYPES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
