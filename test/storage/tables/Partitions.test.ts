/** The daily tables against a real Postgres, also after a clock that was wrong. */
import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { Database } from "../../../src/storage/Database.ts"
import { makePartitions } from "../../../src/storage/tables/Partitions.ts"
import { databaseAt, Server } from "../../support/postgres.ts"

const DAY_MS = 86_400_000

const dayIn = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10)

describe("Partitions", () => {
  layer(Server.layer, { excludeTestServices: true, timeout: "60 seconds" })((it) => {
    it.effect("leaves a day that a wrong clock put into the default partition there, and makes the others", () =>
      Effect.gen(function* () {
        const url = yield* Server.use((server) => server.newDatabase)
        yield* Effect.gen(function* () {
          const database = yield* Database
          yield* database.opened
          const put = (seq: number) =>
            database.query(
              (sql) => sql`
              insert into listing_history (day, epoch, seq, position, at, event_id, bookmaker_id, phase, bookmaker_event_id,
                state, since, mapped_count, unmapped)
              values (${dayIn(2)}::text::date, 1, ${seq}, 0, now(), '1', 'betpawa-ng', 'PREMATCH', 'n1', 'CONFIRMED', now(), 0, '[]')`
            )
          yield* put(1)
          yield* makePartitions(database).ensure([], 30)
          yield* put(2)
          const rows = yield* database.query(
            (sql) => sql<{ home: string }[]>`select tableoid::regclass::text as home from listing_history order by seq`
          )
          assert.deepStrictEqual(
            rows.map(({ home }) => home),
            ["listing_history_default", "listing_history_default"]
          )
          const [made] = yield* database.query(
            (sql) => sql<{ count: number }[]>`
            select count(*) from pg_inherits where inhparent in ('market_history'::regclass, 'listing_history'::regclass)`
          )
          // Two tables of seven days and their default, but for the day that stays where it is.
          assert.strictEqual(made?.count, 15)
        }).pipe(Effect.provide(databaseAt(url)))
      })
    )
  })
})
