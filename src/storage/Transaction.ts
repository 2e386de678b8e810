/**
 * A transaction, or a savepoint in one, as an Effect: committed when the body succeeds, rolled back otherwise.
 *
 * The driver wants a callback that holds the connection until its promise ends; here that promise is ended by
 * the body's exit. It is the driver's `begin` and not a reserved connection, because only `begin` notices
 * when the connection is lost between two statements.
 */
import { Deferred, Effect, Exit, Fiber } from "effect"
import type { StorageUnavailable } from "../domain/StorageUnavailable.ts"
import { classify } from "./Statement.ts"
import type { RowRefused, Transaction } from "./Statement.ts"

type Begin = (body: (sql: Transaction) => Promise<void>) => Promise<unknown>

export const transaction = <A, E, R>(
  begin: Begin,
  body: (sql: Transaction) => Effect.Effect<A, E, R>
): Effect.Effect<A, E | StorageUnavailable | RowRefused, R> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      const entered = Deferred.makeUnsafe<Transaction>()
      const held = Promise.withResolvers<void>()
      // A connection that could not be had never calls the body, and then nobody hears this promise.
      held.promise.catch(() => {})
      // A driver that never got a connection never asks for the promise, and then nobody hears of its rejection.
      held.promise.catch(() => undefined)
      const outcome = yield* Effect.forkChild(
        Effect.tryPromise({
          try: () =>
            begin((sql) => {
              Deferred.doneUnsafe(entered, Effect.succeed(sql))
              return held.promise
            }),
          catch: classify
        }),
        { startImmediately: true }
      )
      // The outcome comes before the body's end only when the connection could not be had or was lost.
      const lost = Effect.andThen(Fiber.join(outcome), Effect.never)
      const exit = yield* Effect.exit(restore(Effect.raceFirst(Effect.flatMap(Deferred.await(entered), body), lost)))
      if (Exit.isSuccess(exit)) {
        held.resolve()
        yield* Fiber.join(outcome)
        return exit.value
      }
      held.reject(new RolledBack())
      // A server that answers nothing ends the transaction when its connection ends.
      yield* Fiber.await(outcome).pipe(Effect.timeoutOption("5 seconds"))
      return yield* Effect.failCause(exit.cause)
    })
  )

class RolledBack extends Error {}
