import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { ask, codes } from "./http.ts"
import { api, DRIFT, NOW } from "./world.ts"

const iso = (at: number): string => new Date(at).toISOString()
const WORK =
  "active limit slowed pausedUntil retriesLeft breakers { endpoint state since reason until openings } drift { endpoint reason count lastAt }"

const HELD_BACK = {
  active: 1,
  limit: 50,
  slowed: true,
  pausedUntil: iso(NOW + 20_000),
  retriesLeft: 3,
  breakers: [
    {
      endpoint: "refusal",
      state: "OPEN",
      since: iso(NOW - 60_000),
      reason: "BLOCKED",
      until: iso(NOW + 240_000),
      openings: 1
    }
  ],
  drift: [{ endpoint: "event", reason: "DRIFTED", count: 2, lastAt: iso(NOW - 5_000) }]
}

describe("what holds a bookmaker's requests back", () => {
  it.effect("is told with the bookmaker, since when and until when, and nothing of one that is not scraped", () =>
    Effect.gen(function* () {
      const { data } = yield* ask(`{ bookmakers { id work { ${WORK} } } }`)
      assert.deepStrictEqual(data, {
        bookmakers: [
          { id: "betpawa-ng", work: HELD_BACK },
          { id: "sportybet-ng", work: null },
          { id: "bet9ja-ng", work: null }
        ]
      })
    }).pipe(Effect.provide(api()))
  )

  it.effect("is the same in the runtime's own state", () =>
    Effect.gen(function* () {
      const { data } = yield* ask(`{ system { bookmakers { ${WORK} } } }`)
      assert.deepStrictEqual(data, { system: { bookmakers: [HELD_BACK] } })
    }).pipe(Effect.provide(api()))
  )
})

describe("samples of payloads that could not be read", () => {
  const QUERY =
    "query ($first: Int!) { driftSamples(first: $first) { file at bookmakerId endpoint reason path excerpt } }"
  const tokens = { ACCESS_TOKENS: "viewer:the-viewers-own-token,operator:the-operators-own-token" }
  const as = (token: string) => ({ authorization: `Bearer ${token}` })

  it.effect("are listed for operators, each with the first 2,000 characters", () =>
    Effect.gen(function* () {
      const { data } = yield* ask(QUERY, { first: 5 }, as("the-operators-own-token"))
      const { sample, message: _, ...kept } = DRIFT
      assert.deepStrictEqual(data, {
        driftSamples: [{ ...kept, at: iso(DRIFT.at), excerpt: sample.slice(0, 2_000) }]
      })
    }).pipe(Effect.provide(api({}, tokens)))
  )

  it.effect("are as many as are asked for, and a number below nought is refused", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual((yield* ask(QUERY, { first: 0 }, as("the-operators-own-token"))).data, {
        driftSamples: []
      })
      assert.deepStrictEqual(codes(yield* ask(QUERY, { first: -1 }, as("the-operators-own-token"))), ["BAD_INPUT"])
    }).pipe(Effect.provide(api({}, tokens)))
  )

  it.effect("are kept from viewers: they are a bookmaker's own words at length", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(codes(yield* ask(QUERY, { first: 5 }, as("the-viewers-own-token"))), ["FORBIDDEN"])
    }).pipe(Effect.provide(api({}, tokens)))
  )
})
