/** The newest value of a market and what was parked of it, against a real Postgres, batch after batch. */
import { assert, describe, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import type { Record } from "../../../src/domain/Record.ts"
import { Journal } from "../../../src/journal/Journal.ts"
import { Database } from "../../../src/storage/Database.ts"
import { History } from "../../../src/storage/History.ts"
import { Writer } from "../../../src/storage/Writer.ts"
import { memoryJournal } from "../../support/MemoryJournal.ts"
import { Server, storage } from "../../support/postgres.ts"
import { NOW, eventRecord, marketsRecord } from "../../support/records.ts"

/** Each record is a batch of its own. */
const tell = Effect.fnUntraced(function* (...records: readonly Record[]) {
  const journal = yield* Journal
  const writer = yield* Writer
  for (const record of records) {
    yield* (yield* journal.append([{ record, image: undefined }])).committed
    yield* writer.caughtUp
  }
})

const count = (table: string) =>
  Database.use((database) =>
    Effect.map(
      database.query((sql) => sql<{ count: number }[]>`select count(*) from ${sql(table)}`),
      ([row]) => row?.count
    )
  )

describe("newest values", () => {
  layer(Server.layer, { excludeTestServices: true, timeout: "60 seconds" })((it) => {
    const inNewDatabase = <A, E>(use: Effect.Effect<A, E, Journal | Database | Writer | History>) =>
      Effect.gen(function* () {
        const url = yield* Server.use((server) => server.newDatabase)
        return yield* Effect.provide(use, storage(url).pipe(Layer.provideMerge(memoryJournal(NOW))))
      })

    it.effect("are one per market, also of a market without a line, however often it changes", () =>
      inNewDatabase(
        Effect.gen(function* () {
          yield* tell(eventRecord("1"), marketsRecord("1", 1_850), marketsRecord("1", 1_900), marketsRecord("1", 1_950))
          assert.strictEqual(yield* count("market_history"), 3)
          assert.strictEqual(yield* count("market_current"), 1)
        })
      )
    )

    it.effect("are not put back from what was parked in an earlier life of their event", () =>
      inNewDatabase(
        Effect.gen(function* () {
          const database = yield* Database
          yield* database.opened
          yield* database.query((sql) => sql`alter table market_history add constraint dear check (milli[1] <> 1850)`)
          const event = eventRecord("1")
          yield* tell(event, marketsRecord("1", 1_850), { ...event, before: event.after, after: undefined }, event)
          assert.strictEqual(yield* count("dead_letter"), 1)
          yield* database.query((sql) => sql`alter table market_history drop constraint dear`)
          yield* History.use((history) => history.replayDeadLetters(undefined))
          assert.strictEqual(yield* count("market_current"), 0)
          const board = yield* History.use((history) => history.event(event.eventId, NOW + 1))
          assert.isEmpty(board?.listings.flatMap(({ markets }) => markets))
          const states = yield* database.query(
            (sql) => sql<{ states: string }[]>`select states from market_history order by seq`
          )
          assert.deepStrictEqual(
            states.map((row) => row.states.length > 0),
            [true, false]
          )
        })
      )
    )

    it.effect("are put back once from what was parked: asked again there is nothing left", () =>
      inNewDatabase(
        Effect.gen(function* () {
          const database = yield* Database
          yield* database.opened
          yield* database.query((sql) => sql`alter table market_history add constraint dear check (milli[1] <> 1850)`)
          yield* tell(eventRecord("1"), marketsRecord("1", 1_850))
          assert.strictEqual(yield* count("dead_letter"), 1)
          yield* database.query((sql) => sql`alter table market_history drop constraint dear`)
          const replay = History.use((history) => history.replayDeadLetters(undefined))
          assert.deepInclude(yield* replay, { replayed: 1, stillParked: 0 })
          assert.deepInclude(yield* replay, { replayed: 0, stillParked: 0 })
          assert.strictEqual(yield* count("market_history"), 1)
        })
      )
    )
  })
})
