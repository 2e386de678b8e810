/** A transaction whose commit is never answered: the server froze, or its answer was lost with the line. */
import { assert, describe, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { connections } from "../../../src/storage/connection/Connections.ts"
import type { Transaction } from "../../../src/storage/connection/Statement.ts"
import { transaction } from "../../../src/storage/connection/Transaction.ts"
import { Server } from "../../support/postgres.ts"

/** An empty transaction that the server commits without a word; ends once it is waiting for that word. */
const unanswered = Effect.gen(function* () {
  const url = yield* Server.use((server) => server.newDatabase)
  const { pool } = yield* connections(() => url)
  const committed = yield* Deferred.make<void>()
  const begin = async (body: (sql: Transaction) => Promise<void>): Promise<void> => {
    await pool().begin(body)
    Deferred.doneUnsafe(committed, Effect.void)
    await new Promise(() => {})
  }
  const waiting = yield* Effect.forkChild(Effect.flip(transaction(begin, () => Effect.void)))
  yield* Deferred.await(committed)
  return waiting
})

describe("transaction", () => {
  layer(Server.layer, { excludeTestServices: true, timeout: "60 seconds" })((it) => {
    it.effect("gives a commit up after 10 s without an answer", () =>
      Effect.gen(function* () {
        const waiting = yield* unanswered
        yield* TestClock.adjust("10 seconds")
        const away = yield* Fiber.join(waiting)
        assert.include(away.message, "no answer to a commit")
      }).pipe(Effect.provide(TestClock.layer()))
    )

    it.effect("lets go of an unanswered commit when it is interrupted", () =>
      Effect.gen(function* () {
        yield* Fiber.interrupt(yield* unanswered)
      })
    )
  })
})
