/** What a database must be to be used: of this world and of a schema the code knows. And what happens without one. */
import { readdirSync } from "node:fs"
import { assert, describe, layer } from "@effect/vitest"
import { Effect, Exit, Fiber, Redacted, Schedule } from "effect"
import postgres from "postgres"
import { Database } from "../../src/storage/Database.ts"
import { statement } from "../../src/storage/connection/Statement.ts"
import type { Sql } from "../../src/storage/connection/Statement.ts"
import { transaction } from "../../src/storage/connection/Transaction.ts"
import { closableDoor } from "../support/closableDoor.ts"
import { databaseAt, Server } from "../support/postgres.ts"

/** Of the migrations there are, in order. */
const NUMBERS = readdirSync(new URL("../../schema/postgres/", import.meta.url))
  .map((name) => Number(name.slice(0, 4)))
  .sort((a, b) => a - b)

const opening = Database.use((database) => database.opened)

const query = (text: string) =>
  Database.use((database) =>
    Effect.andThen(
      database.opened,
      database.query((sql) => sql.unsafe(text))
    )
  )

describe("Database", () => {
  layer(Server.layer, { excludeTestServices: true, timeout: "60 seconds" })((it) => {
    it.effect("can be opened again and again", () =>
      Effect.gen(function* () {
        const url = yield* Server.use((server) => server.newDatabase)
        yield* Effect.provide(opening, databaseAt(url))
        yield* Effect.provide(opening, databaseAt(url))
        const rows = yield* Effect.provide(
          query("select number from schema_migration order by number"),
          databaseAt(url)
        )
        assert.deepStrictEqual(
          rows.map((row) => row["number"]),
          NUMBERS
        )
      })
    )

    it.effect("is brought to the schema once when two processes start at the same moment", () =>
      Effect.gen(function* () {
        const url = yield* Server.use((server) => server.newDatabase)
        const start = Effect.provide(opening, databaseAt(url))
        yield* Effect.all([start, start, start], { concurrency: "unbounded" })
      })
    )

    it.effect("is brought to the schema whole when its migrations are cut off at any moment, and leaves no lock", () =>
      Effect.gen(function* () {
        const url = yield* Server.use((server) => server.newDatabase)
        const before = postgres(Redacted.value(url), { max: 1, onnotice: () => {} })
        const cut = Effect.promise(
          () => before`
          select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and application_name = 'oddswire'`
        )
        const opened = yield* Effect.forkChild(Effect.provide(opening, databaseAt(url)), { startImmediately: true })
        yield* Effect.repeat(cut, { times: 30 })
        yield* Fiber.join(opened)
        const whole = yield* Effect.promise(
          () => before`
          select (select count(*)::integer from schema_migration) as applied,
            (select count(*)::integer from pg_locks where locktype = 'advisory' and database = 
              (select oid from pg_database where datname = current_database())) as locks`
        )
        yield* Effect.promise(() => before.end({ timeout: 1 }))
        assert.deepStrictEqual([...whole], [{ applied: NUMBERS.length, locks: 0 }])
      })
    )

    it.effect("refuses the database of another world with a sentence", () =>
      Effect.gen(function* () {
        const url = yield* Server.use((server) => server.newDatabase)
        yield* Effect.provide(opening, databaseAt(url, "live"))
        const refused = yield* Effect.flip(Effect.provide(opening, databaseAt(url, "simulator")))
        assert.include(refused.message, `belongs to the world "live"`)
      })
    )

    it.effect("refuses a newer schema with a sentence", () =>
      Effect.gen(function* () {
        const url = yield* Server.use((server) => server.newDatabase)
        yield* Effect.provide(
          query("insert into schema_migration values (9000, '9000_later.sql', '')"),
          databaseAt(url)
        )
        const refused = yield* Effect.flip(Effect.provide(opening, databaseAt(url)))
        assert.include(
          refused.message,
          `its schema is version 9000 (9000_later.sql) and this code knows ${NUMBERS.length}`
        )
      })
    )

    it.effect("refuses a migration that was changed after it was applied", () =>
      Effect.gen(function* () {
        const url = yield* Server.use((server) => server.newDatabase)
        yield* Effect.provide(query("update schema_migration set checksum = 'other' where number = 2"), databaseAt(url))
        const refused = yield* Effect.flip(Effect.provide(opening, databaseAt(url)))
        assert.include(refused.message, "0002_markets.sql was applied with another content")
      })
    )

    it.effect("lets a transaction fail whose connection is cut, in a savepoint too, and the process lives on", () =>
      Effect.gen(function* () {
        const url = yield* Server.use((server) => server.newDatabase)
        const cut = (sql: Sql) =>
          Database.use((database) =>
            Effect.gen(function* () {
              const [own] = yield* statement(() => sql<{ pid: number }[]>`select pg_backend_pid() as pid`)
              yield* database.query((other) => other`select pg_terminate_backend(${own?.pid ?? 0})`)
              return yield* Effect.never
            })
          )
        const away = yield* Effect.gen(function* () {
          const database = yield* Database
          yield* database.opened
          const outer = yield* Effect.flip(database.transaction(cut))
          const inner = yield* Effect.flip(
            database.transaction((sql) => transaction((body) => sql.savepoint(body), cut))
          )
          yield* database.query((sql) => sql`select 1`)
          return [outer._tag, inner._tag]
        }).pipe(Effect.provide(databaseAt(url)))
        assert.deepStrictEqual(away, ["StorageUnavailable", "StorageUnavailable"])
      })
    )

    it.effect("answers again when its server is back, however often it was refused meanwhile", () =>
      Effect.gen(function* () {
        const url = yield* Server.use((server) => server.newDatabase)
        const port = Number(new URL(Redacted.value(url)).port)
        const door = yield* closableDoor(port)
        const through = Redacted.make(Redacted.value(url).replace(`:${port}/`, `:${door.port}/`))
        const answers = yield* Effect.gen(function* () {
          const database = yield* Database
          yield* database.opened
          const ask = Effect.exit(database.query((sql) => sql`select 1`))
          yield* door.close
          const refused = yield* Effect.forEach(Array.from({ length: 20 }), () => ask)
          yield* door.open
          return [...refused.map(Exit.isSuccess), Exit.isSuccess(yield* ask)]
        }).pipe(Effect.provide(databaseAt(through)))
        assert.deepStrictEqual(answers, [...Array.from({ length: 20 }, () => false), true])
      })
    )

    it.effect("stands up without a server and says so at once", () =>
      Effect.gen(function* () {
        const nobody = Redacted.make("postgres://oddswire:x@127.0.0.1:1/postgres")
        const away = yield* Effect.flip(
          Effect.provide(
            Database.use((database) => database.query((sql) => sql`select 1`)),
            databaseAt(nobody)
          )
        )
        assert.strictEqual(away._tag, "StorageUnavailable")
      })
    )

    it.effect("says why it is away once it has tried, also when it never was there", () =>
      Effect.gen(function* () {
        const nobody = Redacted.make("postgres://oddswire:x@127.0.0.1:1/postgres")
        const why = yield* Effect.provide(
          Database.use(({ reachability }) =>
            Effect.retry(
              Effect.suspend(() => said(reachability().lastError)),
              Schedule.spaced("20 millis")
            )
          ),
          databaseAt(nobody)
        )
        assert.include(why, "ECONNREFUSED")
      })
    )
  })
})

const said = (text: string | undefined) => (text === undefined ? Effect.fail("nothing yet") : Effect.succeed(text))
