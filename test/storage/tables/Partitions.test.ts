/** The daily tables against a real Postgres, also after a clock that was wrong. */
import { assert, describe, layer } from "@effect/vitest"
import { Clock, Effect } from "effect"
import { TestClock } from "effect/testing"
import { Database } from "../../../src/storage/Database.ts"
import { makePartitions } from "../../../src/storage/tables/Partitions.ts"
import { databaseAt, Server } from "../../support/postgres.ts"

const DAY_MS = 86_400_000

const dayIn = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10)

/** A row of listing history on this day. */
const listed = (seq: number, day: string) =>
  Database.use((database) =>
    database.query(
      (sql) => sql`
      insert into listing_history (day, epoch, seq, position, at, event_id, bookmaker_id, phase, bookmaker_event_id,
        state, since, mapped_count, unmapped)
      values (${day}::text::date, 1, ${seq}, 0, ${day}::text::date, '1', 'betpawa-ng', 'PREMATCH', 'n1', 'CONFIRMED', now(), 0, '[]')`
    )
  )

/** The tables in which these rows lie. */
const homes = Database.use((database) =>
  database.query(
    (sql) => sql<{ home: string }[]>`select tableoid::regclass::text as home from listing_history order by seq`
  )
).pipe(Effect.map((rows) => rows.map(({ home }) => home)))

describe("Partitions", () => {
  layer(Server.layer, { excludeTestServices: true, timeout: "60 seconds" })((it) => {
    it.effect("leaves a day that a wrong clock put into the default partition there, and makes the others", () =>
      Effect.gen(function* () {
        const url = yield* Server.use((server) => server.newDatabase)
        yield* Effect.gen(function* () {
          const database = yield* Database
          yield* database.opened
          yield* listed(1, dayIn(2))
          yield* makePartitions(database).ensure([], 30)
          yield* listed(2, dayIn(2))
          assert.deepStrictEqual(yield* homes, ["listing_history_default", "listing_history_default"])
          const [made] = yield* database.query(
            (sql) => sql<{ count: number }[]>`
            select count(*) from pg_inherits where inhparent in ('market_history'::regclass, 'listing_history'::regclass)`
          )
          // Two tables of seven days and their default, but for the day that stays where it is.
          assert.strictEqual(made?.count, 15)
        }).pipe(Effect.provide(databaseAt(url)))
      })
    )

    it.effect("carries what a dropped day leaves behind into the day that is now the oldest, which it makes", () =>
      Effect.gen(function* () {
        const url = yield* Server.use((server) => server.newDatabase)
        yield* Effect.gen(function* () {
          const database = yield* Database
          yield* database.opened
          const partitions = makePartitions(database)
          yield* partitions.ensure([], 3)
          yield* database.query(
            (sql) => sql`
            insert into event (id, home, away, kickoff, competition_id, epoch, seq)
            values ('1', 'Home', 'Away', now(), 'league', 1, 1)`
          )
          yield* listed(1, dayIn(0))
          const clock = yield* TestClock.make()
          yield* clock.setTime(Date.now() + 10 * DAY_MS)
          yield* Effect.provideService(partitions.dropExpired(3), Clock.Clock, clock)
          assert.deepStrictEqual(yield* homes, [`listing_history_${dayIn(7).replaceAll("-", "")}`])
        }).pipe(Effect.scoped, Effect.provide(databaseAt(url)))
      })
    )
  })
})
