/**
 * Asks Postgres something small every second, on a connection of its own.
 *
 * A server that stands still refuses nothing: statements that wait for it are given their time, and meanwhile only
 * asking tells that it is away. What it finds is told and cuts nothing short.
 */
import { Clock, Effect, Schedule } from "effect"
import type { Redacted } from "effect"
import { StorageUnavailable } from "../../domain/StorageUnavailable.ts"
import { connections } from "./Connections.ts"
import { classify } from "./Statement.ts"

/** Beats in the caller's scope; `tell` hears undefined where there was an answer, else what was wrong, and when it asked. */
export const pulse = Effect.fnUntraced(function* (
  address: () => Redacted.Redacted,
  tell: (complaint: string | undefined, askedAt: number) => Effect.Effect<void>
) {
  const { pool, renew } = yield* connections(address)
  const beat = Effect.flatMap(Clock.currentTimeMillis, (askedAt) =>
    Effect.tryPromise({ try: () => pool()`select 1`, catch: classify }).pipe(
      Effect.timeoutOrElse({ duration: PATIENCE, orElse: () => Effect.fail(silent()) }),
      Effect.matchEffect({
        onSuccess: () => tell(undefined, askedAt),
        onFailure: ({ message }) => Effect.andThen(renew, tell(message, askedAt))
      })
    )
  )
  yield* Effect.forkScoped(Effect.repeat(beat, Schedule.spaced(EVERY)))
})

const EVERY = "1 second"
const PATIENCE = "2 seconds"

const silent = () => new StorageUnavailable({ message: "Postgres: no answer in 2 s." })
