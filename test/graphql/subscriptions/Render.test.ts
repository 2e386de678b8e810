import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { getOperationAST, parse } from "graphql"
import { GRID } from "../../../src/client/Documents.ts"
import { ApiRuntime } from "../../../src/graphql/Runtime.ts"
import { ApiSchema } from "../../../src/graphql/Schema.ts"
import { house } from "./house.ts"

it.effect("answers the grid's document by a plan, comparisons that are made when asked for included", () =>
  Effect.gen(function* () {
    const { execution } = yield* ApiSchema
    const runtime = yield* ApiRuntime
    const document = parse(GRID)
    const operation = getOperationAST(document)
    assert(operation !== null && operation !== undefined)
    const variables = execution.variables({ document, operation }, {})
    assert(variables !== undefined)
    const none = { events: [], listings: [], offers: [], confirmations: [], bookmakers: [], removed: [] }
    const about = { kind: "HEARTBEAT", reason: null, page: 0, lastPage: true, cursor: "c", previousCursor: "b" }
    const message = { ...none, ...about, comparisons: () => [], serverTime: 0, durable: true }
    const context = runtime.contextAtOnce({ who: "test", role: "viewer" }, "test")
    const data = execution.data({ document, operation }, variables, { oddsUpdated: message }, context)
    assert.include(data, '"comparisons":[]')
  }).pipe(Effect.provide(house()))
)
