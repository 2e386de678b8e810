/**
 * A throwaway Postgres: one embedded server per test file, a database of its own per test.
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { Context, Effect, Layer, Redacted } from "effect"
import postgres from "postgres"
import { Supervisor } from "../../src/actor/Supervisor.ts"
import { BookmakerId, Bookmakers } from "../../src/domain/Bookmaker.ts"
import { Place } from "../../src/journal/Place.ts"
import { Database } from "../../src/storage/Database.ts"
import { embeddedPostgres } from "../../src/storage/server/EmbeddedPostgres.ts"
import * as HistoryReads from "../../src/storage/HistoryReads.ts"
import * as Runs from "../../src/storage/Runs.ts"
import * as SettingsStore from "../../src/storage/SettingsStore.ts"
import { Writer } from "../../src/storage/Writer.ts"
import { temporaryFolder } from "./folder.ts"

export class Server extends Context.Service<
  Server,
  {
    /** The address of a new, empty database. */
    readonly newDatabase: Effect.Effect<Redacted.Redacted>
    /** Ends the server as an operator would; it is started again by itself. */
    readonly restart: Effect.Effect<void>
  }
>()("test/Server") {
  static readonly layer = Layer.effect(
    Server,
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const url = Redacted.value((yield* embeddedPostgres(folder)).address())
      const sql = yield* Effect.acquireRelease(
        Effect.sync(() => postgres(url, { max: 1, backoff: false, onnotice: () => {} })),
        (pool) => Effect.promise(() => pool.end({ timeout: 1 }))
      )
      yield* Effect.tryPromise(() => sql`select 1`).pipe(Effect.eventually)
      let databases = 0
      return {
        newDatabase: Effect.gen(function* () {
          const name = `test_${(databases += 1)}`
          yield* Effect.eventually(Effect.tryPromise(() => sql.unsafe(`create database ${name}`)))
          return Redacted.make(url.replace(/postgres$/, name))
        }),
        restart: Effect.sync(() => {
          process.kill(
            Number(readFileSync(join(folder, "postgres", "postmaster.pid"), "utf8").split("\n")[0]),
            "SIGINT"
          )
        })
      }
    })
  )
}

export const roster = Layer.succeed(Bookmakers, {
  all: [{ id: BookmakerId("betpawa-ng"), name: "BetPawa", country: "NG", ours: true, mapped: new Set<string>() }]
})

export const databaseAt = (url: Redacted.Redacted, world = "test") =>
  Layer.fresh(Database.at(url)).pipe(Layer.provide(Layer.succeed(Place, { dataDir: "", world })))

/** Everything of storage over one database; the journal is the test's. */
export const storage = (url: Redacted.Redacted) =>
  Layer.fresh(HistoryReads.layer).pipe(
    Layer.provideMerge(Layer.fresh(Writer.layer)),
    Layer.provideMerge([Layer.fresh(SettingsStore.layer), Layer.fresh(Runs.layer), roster, Supervisor.layer]),
    Layer.provideMerge(databaseAt(url))
  )
