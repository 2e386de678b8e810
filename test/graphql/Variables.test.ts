import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { ask, codes } from "./http.ts"
import { ready } from "./subscriptions/client.ts"
import { House, house } from "./subscriptions/house.ts"
import { api } from "./world.ts"

type Case = readonly [query: string, variables: Readonly<Record<string, unknown>>, named: string]

const EVENT = "query ($id: ID!) { event(id: $id) { id } }"
const EVENTS = "query ($filter: EventFilter) { events(filter: $filter) { totalCount } }"

const cases: Readonly<Record<string, Case>> = {
  "one that is missing": [EVENT, {}, "$id"],
  "one of the wrong type": [EVENT, { id: {} }, "$id"],
  "a misspelt field of an input": [EVENTS, { filter: { kickofFrom: "2026-11-20T00:00:00Z" } }, "kickoffFrom"],
  "a time that is none": [EVENTS, { filter: { kickoffFrom: "nope" } }, "nope"],
  "a null where the argument allows none": [
    "query ($first: Int = 5) { events(first: $first) { totalCount } }",
    { first: null },
    "$first"
  ],
  "a null in a condition": ["query ($no: Boolean = true) { bookmakers @skip(if: $no) { id } }", { no: null }, "$no"]
}

describe("a variable that does not fit its type", () => {
  for (const [name, [query, variables, named]] of Object.entries(cases)) {
    it.effect(`is the document's fault over HTTP: ${name}`, () =>
      Effect.gen(function* () {
        const answer = yield* ask(query, variables)
        assert.deepStrictEqual([...new Set(codes(answer))], ["VALIDATION_FAILED"])
        assert.strictEqual(answer.status, 400)
        assert.include(answer.text, named)
      }).pipe(Effect.provide(api()))
    )

    it.effect(`is the document's fault over the websocket: ${name}`, () =>
      Effect.gen(function* () {
        const client = yield* ready((yield* House).url)
        client.send({ id: "1", type: "subscribe", payload: { query, variables } })
        const { payload } = yield* client.until(({ id }) => id === "1")
        const codes = payload?.errors?.map(({ extensions }) => extensions.code)
        assert.deepStrictEqual([...new Set(codes)], ["VALIDATION_FAILED"])
        assert.include(JSON.stringify(payload), named)
      }).pipe(Effect.provide(house()))
    )
  }
})
