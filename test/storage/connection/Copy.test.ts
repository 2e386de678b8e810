/** A copy that is interrupted, as it is when its actor dies: at the moment its stream comes, and before. */
import { Writable } from "node:stream"
import { assert, describe, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { connections } from "../../../src/storage/connection/Connections.ts"
import { copy, statement } from "../../../src/storage/connection/Statement.ts"
import type { Transaction } from "../../../src/storage/connection/Statement.ts"
import { transaction } from "../../../src/storage/connection/Transaction.ts"
import { Server } from "../../support/postgres.ts"

const ROW = Buffer.from("1\n")

describe("an interrupted copy", () => {
  layer(Server.layer, { excludeTestServices: true, timeout: "60 seconds" })((it) => {
    it.effect("breaks off a stream that comes too late, and hears its errors", () =>
      Effect.gen(function* () {
        const url = yield* Server.use((server) => server.newDatabase)
        const { pool } = yield* connections(() => url)
        const asked = yield* Deferred.make<void>()
        const late = Promise.withResolvers<Writable>()
        const open = (): Promise<Writable> => {
          Deferred.doneUnsafe(asked, Effect.void)
          return late.promise
        }
        const copying = yield* Effect.forkChild(copy(pool(), open, ROW))
        yield* Deferred.await(asked)
        yield* Fiber.interrupt(copying)
        const stream = new Writable()
        late.resolve(stream)
        yield* Effect.promise(() => late.promise)
        assert.isTrue(stream.destroyed)
        assert.isTrue(stream.emit("error", new Error("the connection is closed")))
      })
    )

    it.effect("leaves its connection to the next transaction, and no row", () =>
      Effect.gen(function* () {
        const url = yield* Server.use((server) => server.newDatabase)
        const { pool } = yield* connections(() => url)
        yield* statement(() => pool()`create table kept (n integer)`)
        const begin = (body: (sql: Transaction) => Promise<void>): Promise<unknown> => pool().begin(body)
        const interrupted = Effect.gen(function* () {
          const come = yield* Deferred.make<void>()
          const open = async (sql: Transaction): Promise<Writable> => {
            const stream = await sql`copy kept from stdin`.writable()
            // Written, and not finished.
            stream.end = () => stream
            stream.write(ROW, () => Deferred.doneUnsafe(come, Effect.void))
            return stream
          }
          const copying = yield* Effect.forkChild(transaction(begin, (sql) => copy(sql, () => open(sql), ROW)))
          yield* Deferred.await(come)
          yield* Fiber.interrupt(copying)
        })
        yield* Effect.all(Array.from({ length: pool().options.max }, () => interrupted))
        yield* transaction(begin, (sql) => statement(() => sql`insert into kept values (2)`))
        assert.deepStrictEqual([...(yield* statement(() => pool()`select n from kept`))], [{ n: 2 }])
      })
    )
  })
})
