/**
 * The real adapters over a fake `Http` that answers from memory, so that one suite runs over all of them.
 */
import { ConfigProvider, Effect, Layer } from "effect"
import type { Adapter, Gate } from "../../src/bookmakers/Adapter.ts"
import { Blocked } from "../../src/bookmakers/FetchError.ts"
import type { FetchError } from "../../src/bookmakers/FetchError.ts"
import { Http } from "../../src/bookmakers/Http.ts"
import type { Asked } from "../../src/bookmakers/Http.ts"
import { Roster } from "../../src/bookmakers/Roster.ts"
import type { Board } from "../../src/domain/Board.ts"
import { OPEN, SUSPENDED } from "../../src/domain/Board.ts"

export const BASE_URLS = {
  BETPAWA_BASE_URL: "http://simulator.test/betpawa",
  SPORTYBET_BASE_URL: "http://simulator.test/sportybet",
  BET9JA_BASE_URL: "http://simulator.test/bet9ja"
}

/** Answers a request with a body, or refuses it. */
export type Answer = (asked: Asked) => string | FetchError

export const fakeHttp = (answer: Answer): Layer.Layer<Http> =>
  Layer.succeed(Http, {
    get: (asked) => {
      const given = answer(asked)
      return typeof given === "string"
        ? Effect.succeed({ asked, json: JSON.parse(given), text: given, requestedAt: 1_000, observedAt: 1_400 })
        : Effect.fail(given)
    }
  })

export const refusal = ({ bookmakerId, endpoint }: Asked): FetchError =>
  new Blocked({ bookmakerId, endpoint, message: "refused by the test" })

/** The roster's adapters, in its order, over this answer. */
export const adaptersOver = (answer: Answer): Effect.Effect<readonly Adapter[]> =>
  Roster.use(({ adapters }) => Effect.succeed(adapters)).pipe(
    Effect.provide(
      Roster.layerNoDeps.pipe(
        Layer.provide(fakeHttp(answer)),
        Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env: BASE_URLS })))
      )
    ),
    Effect.orDie
  )

export const openGate: Gate = (_, request) => request

/** A board as plain values: market key → outcome key → price, or what it is instead. */
export const oddsOf = (board: Board): Map<string, Map<string, number | "suspended" | "unreadable">> =>
  new Map(
    board.shape.slots.map(({ market, layout }, slot) => [
      market.key,
      new Map(
        layout.outcomes.map((outcome, i) => {
          const at = (board.shape.offsets[slot] ?? 0) + i
          const state = board.states[at]
          return [
            outcome,
            state === OPEN ? (board.milli[at] ?? 0) / 1000 : state === SUSPENDED ? "suspended" : "unreadable"
          ]
        })
      )
    ])
  )
