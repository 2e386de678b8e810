/** `driftSamples`: payloads that could not be read, for operators, since they are a bookmaker's own words at length. */
import { Effect } from "effect"
import { Scraping } from "../../scraping/Scraping.ts"
import { sizeOf } from "../arguments/Arguments.ts"
import { operatorsOnly } from "../mutations/Operators.ts"
import type { GraphQLContext } from "../Runtime.ts"

const EXCERPT = 2_000

export const driftSamples = Effect.fn("GraphQL.driftSamples")(function* (
  { first }: { readonly first: number },
  context: GraphQLContext
) {
  yield* operatorsOnly(context)
  const count = yield* sizeOf(first)
  const samples = yield* (yield* Scraping).driftSamples
  return samples
    .slice(0, count)
    .map(({ sample, ...kept }) => ({ ...kept, excerpt: sample.slice(0, EXCERPT).toWellFormed() }))
})
