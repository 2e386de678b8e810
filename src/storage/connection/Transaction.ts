/**
 * A transaction, or a savepoint in one, as an Effect: committed when the body succeeds, rolled back otherwise.
 *
 * The driver wants a callback that holds the connection until its promise ends; here that promise is ended by
 * the body's exit. It is the driver's `begin` and not a reserved connection, because only `begin` notices
 * when the connection is lost between two statements.
 */
import { Context, Deferred, Effect, Exit, Fiber } from "effect"
import { StorageUnavailable } from "../../domain/StorageUnavailable.ts"
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
      const isGoneAround = yield* IsGone
      let isOver = false
      const isGone = (): boolean => isOver || isGoneAround()
      const over = (): void => {
        isOver = true
      }
      const outcome = yield* Effect.forkChild(
        Effect.tryPromise({
          try: () => {
            const whole = begin((sql) => {
              Deferred.doneUnsafe(entered, Effect.succeed(sql))
              return held.promise
            })
            whole.then(over, over)
            return whole
          },
          catch: classify
        }),
        { startImmediately: true }
      )
      // The outcome comes before the body's end only when the connection could not be had or was lost.
      const lost = Effect.andThen(Fiber.join(outcome), Effect.never)
      const work = Effect.provideService(Effect.flatMap(Deferred.await(entered), body), IsGone, isGone)
      const exit = yield* Effect.exit(restore(Effect.raceFirst(work, lost)))
      // A statement that met the end of its connection fails a moment before the transaction does.
      if (Exit.isFailure(exit)) yield* nextTurn
      // The driver would send its commit or rollback all the same: to a socket that is gone, which ends the process,
      // or on the connection made anew, into somebody else's transaction. So its promise is left open.
      if (isGone()) return yield* Exit.isFailure(exit) ? Effect.failCause(exit.cause) : Effect.fail(cutBeforeCommit())
      if (Exit.isSuccess(exit)) {
        held.resolve()
        // Whether an unanswered commit took place is for the caller to find out: the writer reads its mark.
        yield* restore(Effect.timeoutOrElse(Fiber.join(outcome), { duration: "10 seconds", orElse: unanswered }))
        return exit.value
      }
      held.reject(new RolledBack())
      // A server that answers nothing ends the transaction when its connection ends; whoever leaves has no time to wait.
      yield* Fiber.await(outcome).pipe(Effect.timeoutOption("1 second"))
      return yield* Effect.failCause(exit.cause)
    })
  )

class RolledBack extends Error {}

const cutBeforeCommit = (): StorageUnavailable =>
  new StorageUnavailable({ message: "Postgres: the connection was lost before the commit." })

const unanswered = (): Effect.Effect<never, StorageUnavailable> =>
  Effect.fail(new StorageUnavailable({ message: "Postgres: no answer to a commit in 10 s." }))

/** Whether the transaction around this effect has lost its connection: a savepoint is not told by the driver. */
const IsGone = Context.Reference<() => boolean>("oddswire/storage/Transaction/IsGone", {
  defaultValue: () => () => false
})

const nextTurn: Effect.Effect<void> = Effect.callback((resume) => {
  setImmediate(() => resume(Effect.void))
})
