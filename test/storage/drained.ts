/** Storage over a database and a journal of its own: what is appended there, and what has become of it. */
import { Effect, Layer } from "effect"
import type { Record } from "../../src/domain/Record.ts"
import { Journal } from "../../src/journal/Journal.ts"
import { Database } from "../../src/storage/Database.ts"
import type { History } from "../../src/storage/History.ts"
import { Writer } from "../../src/storage/Writer.ts"
import { memoryJournal } from "../support/MemoryJournal.ts"
import { Server, storage } from "../support/postgres.ts"
import { NOW } from "../support/records.ts"

/** Appends, and waits until it is stored. */
export const stored = (...records: readonly Record[]) =>
  Effect.gen(function* () {
    const journal = yield* Journal
    yield* journal.append(records.map((record) => ({ record, image: undefined })))
    yield* Writer.use((writer) => writer.caughtUp)
  })

/** (seq, first price) of all history, in order. */
export const history = Database.use((database) =>
  database.query(
    (sql) =>
      sql<{ seq: number; milli: number[] }[]>`select seq, milli from market_history order by epoch, seq, position`
  )
).pipe(Effect.map((rows) => rows.map((row) => [row.seq, row.milli[0]])))

export const inNewDatabase = <A, E>(use: Effect.Effect<A, E, Journal | Database | Writer | History | Server>) =>
  Effect.gen(function* () {
    const url = yield* Server.use((server) => server.newDatabase)
    return yield* Effect.provide(use, storage(url).pipe(Layer.provideMerge(memoryJournal(NOW))))
  })
