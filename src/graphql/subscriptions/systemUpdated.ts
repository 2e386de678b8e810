/** `systemUpdated`: what the query `system` answers, every so often, from the same function. */
import { Effect, Schedule, Stream } from "effect"
import { badInput } from "../Errors.ts"
import { system } from "../queries/system.ts"
import type { GraphQLContext } from "../Runtime.ts"
import { overSocket, payloads } from "./Source.ts"

export const systemUpdated = Effect.fnUntraced(function* (
  { everyMs }: { readonly everyMs: number },
  context: GraphQLContext
) {
  const operation = yield* overSocket(context.operation)
  if (everyMs < 250 || everyMs > 60_000) {
    return yield* Effect.fail(badInput(`everyMs is ${everyMs}; it must be between 250 and 60000.`))
  }
  // A context of its own for each, because a context is one reading of the board.
  const now = Effect.suspend(() => system({}, operation.context()))
  return yield* payloads("systemUpdated", Stream.fromEffectSchedule(now, Schedule.spaced(everyMs)))
})
