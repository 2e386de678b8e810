/**
 * A process that brings the database at an address to the schema and waits in the middle: what the run kills.
 *
 * `migrating.ts <address> <migration> <statement>`
 */
import { argv } from "node:process"
import { Effect, Redacted } from "effect"
import { connections } from "../../../src/storage/connection/Connections.ts"
import { knownMigrations, migrate } from "../../../src/storage/connection/Migrations.ts"
import { pausedAfter } from "./Cuts.ts"

const [, , url = "", number, count] = argv

await Effect.runPromise(
  Effect.scoped(
    Effect.gen(function* () {
      const known = yield* knownMigrations
      const { pool } = yield* connections(() => Redacted.make(url))
      yield* migrate(
        pool(),
        known
          .filter((migration) => migration.number <= Number(number))
          .map((migration) => (migration.number === Number(number) ? pausedAfter(migration, Number(count)) : migration))
      )
    })
  )
)
