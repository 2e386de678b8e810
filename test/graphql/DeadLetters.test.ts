/** Rows that Postgres refused, as operators see them beside `replayDeadLetters`. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { pageKey } from "../../src/graphql/arguments/PageKey.ts"
import { factsOf } from "../support/records.ts"
import { ask, codes } from "./http.ts"
import { api, NOW } from "./world.ts"

const QUERY = `query ($after: String) {
  deadLetters(first: 1, after: $after) {
    totalCount
    nodes { id seq kind at payload sqlstate reason firstSeen tries }
    pageInfo { hasNextPage endCursor }
  }
}`
const tokens = { ACCESS_TOKENS: "viewer:the-viewers-own-token,operator:the-operators-own-token" }
const as = (token: string) => ({ authorization: `Bearer ${token}` })

describe("parked rows", () => {
  it.effect("are listed for operators page by page, with what they tell and why they were refused", () =>
    Effect.gen(function* () {
      const operator = as("the-operators-own-token")
      const { data } = yield* ask(QUERY, {}, operator)
      const at = new Date(NOW).toISOString()
      const payload = JSON.stringify({
        kind: "CONFIRMED",
        at: NOW,
        bookmakerId: "betpawa-ng",
        listings: [{ event: factsOf("1"), phase: "PREMATCH", scope: ["1x2_ft"], observedAt: NOW }]
      })
      const letter = { kind: "CONFIRMED", at, payload, sqlstate: "22021", reason: "invalid byte sequence" }
      const endCursor = pageKey("deadLetters", [7])
      assert.deepStrictEqual(data, {
        deadLetters: {
          totalCount: 2,
          nodes: [{ id: "7", seq: "17", ...letter, firstSeen: at, tries: 1 }],
          pageInfo: { hasNextPage: true, endCursor }
        }
      })
      const { text } = yield* ask(QUERY, { after: endCursor }, operator)
      assert.include(text, '"nodes":[{"id":"9","seq":"19"')
      assert.include(text, '"hasNextPage":false')
    }).pipe(Effect.provide(api({}, tokens)))
  )

  it.effect("are kept from viewers", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(codes(yield* ask(QUERY, {}, as("the-viewers-own-token"))), ["FORBIDDEN"])
    }).pipe(Effect.provide(api({}, tokens)))
  )
})
