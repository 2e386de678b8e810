/** `replayDeadLetters`: puts rows that Postgres refused back, each once and never over a newer value. */
import { Effect } from "effect"
import { History } from "../../storage/History.ts"
import { listOf } from "../Arguments.ts"
import type { Maybe } from "../Arguments.ts"
import type { GraphQLContext } from "../Runtime.ts"
import { operatorsOnly } from "./Operators.ts"

export const replayDeadLetters = Effect.fn("GraphQL.replayDeadLetters")(function* (
  args: { readonly ids?: Maybe<readonly string[]> },
  context: GraphQLContext
) {
  yield* operatorsOnly(context)
  const ids = yield* listOf("dead letter", args.ids)
  return { ...(yield* (yield* History).replayDeadLetters(ids)), errors: [] }
})
