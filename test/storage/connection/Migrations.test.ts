/** A migration that waits for a table somebody reads: who comes behind it must not wait for that reader too. */
import { assert, describe, layer } from "@effect/vitest"
import { Effect, Fiber, Redacted } from "effect"
import postgres from "postgres"
import { connections } from "../../../src/storage/connection/Connections.ts"
import { migrate } from "../../../src/storage/connection/Migrations.ts"
import { Server } from "../../support/postgres.ts"

const connected = (url: Redacted.Redacted) =>
  Effect.acquireRelease(
    Effect.sync(() => postgres(Redacted.value(url), { max: 1 })),
    (sql) => Effect.promise(() => sql.end({ timeout: 1 }))
  )

describe("a migration", () => {
  layer(Server.layer, { excludeTestServices: true, timeout: "60 seconds" })((it) => {
    it.effect("gives way to a long reader, and so to all who wait behind it", () =>
      Effect.gen(function* () {
        const url = yield* Server.use((server) => server.newDatabase)
        const [reader, other] = [yield* connected(url), yield* connected(url)]
        const { pool } = yield* connections(() => url)
        yield* Effect.promise(() => reader`create table read_long (id integer)`)
        yield* Effect.promise(() => reader`begin`)
        yield* Effect.promise(() => reader`select from read_long`)
        const text = "alter table read_long add column more integer"
        const began = performance.now()
        const migrating = yield* migrate(pool(), [{ number: 1, name: "0001_more.sql", text, checksum: "" }]).pipe(
          Effect.flip,
          Effect.forkScoped({ startImmediately: true })
        )
        yield* Effect.eventually(
          Effect.filterOrFail(
            Effect.promise(() => other`select from pg_locks where not granted`),
            ({ length }) => length > 0
          )
        )
        yield* Effect.promise(() => other`select from read_long`)
        assert.isBelow(performance.now() - began, 20_000)
        assert.match((yield* Fiber.join(migrating)).message, /lock timeout/)
      }).pipe(Effect.scoped)
    )
  })
})
