/** `deadLetters`: what `replayDeadLetters` would write, for operators, since only they can do something about it. */
import { Effect } from "effect"
import type { Record } from "../../domain/Record.ts"
import { History } from "../../storage/History.ts"
import { sizeOf } from "../arguments/Arguments.ts"
import type { Maybe } from "../arguments/Arguments.ts"
import { pageKey, readPageKey } from "../arguments/PageKey.ts"
import { operatorsOnly } from "../mutations/Operators.ts"
import type { GraphQLContext } from "../Runtime.ts"

const PAYLOAD = 10_000

export const deadLetters = Effect.fn("GraphQL.deadLetters")(function* (
  args: { readonly first: number; readonly after?: Maybe<string> },
  context: GraphQLContext
) {
  yield* operatorsOnly(context)
  const first = yield* sizeOf(args.first)
  const [after] = (yield* readPageKey("deadLetters", ["integer"], args.after)) ?? []
  const { hasNextPage, nodes, totalCount } = yield* (yield* History).deadLetters(first, Number(after ?? 0))
  const last = nodes[nodes.length - 1]
  return {
    nodes: nodes.map(({ record, seq, ...letter }) => ({
      ...letter,
      seq: String(seq),
      kind: record.kind,
      at: record.at,
      payload: textOf(record).slice(0, PAYLOAD).toWellFormed()
    })),
    pageInfo: { hasNextPage, endCursor: last === undefined ? null : pageKey("deadLetters", [last.id]) },
    totalCount
  }
})

/** Markets and layouts by their names: what they are made of is the catalogue's. */
const textOf = (record: Record): string =>
  JSON.stringify(record, (name, value) => {
    if (value instanceof Set) return [...value]
    if (name === "market") return value.key
    return name === "layout" ? value.outcomes : value
  })
