/** `replayDeadLetters`: puts rows that Postgres refused back, each once and never over a newer value. */
import { Effect } from "effect"
import { History } from "../../storage/History.ts"
import { listOf } from "../arguments/Arguments.ts"
import type { Maybe } from "../arguments/Arguments.ts"
import type { GraphQLContext } from "../Runtime.ts"
import { operatorsOnly } from "./Operators.ts"
import type { UserError } from "./Operators.ts"

export const replayDeadLetters = Effect.fn("GraphQL.replayDeadLetters")(function* (
  args: { readonly ids?: Maybe<readonly string[]> },
  context: GraphQLContext
) {
  yield* operatorsOnly(context)
  const ids = yield* listOf("dead letter", args.ids)
  const { unknown, ...counts } = yield* (yield* History).replayDeadLetters(ids)
  return { ...counts, errors: unknown.map((id) => notParked(id, ids ?? [])) }
})

const notParked = (id: string, ids: readonly string[]): UserError => ({
  code: "NOT_FOUND",
  message: `No dead letter ${JSON.stringify(id.slice(0, 64))} is parked; without ids all that are parked are written.`,
  path: ["ids", String(ids.indexOf(id))],
  value: id.slice(0, 64)
})
