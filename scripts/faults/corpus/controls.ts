/**
 * Houses that are known to be broken, each in the way that a case of the corpus is there to notice.
 */
import { Clock, Effect, Layer } from "effect"
import type { Adapter } from "../../../src/bookmakers/Adapter.ts"
import { Unreachable } from "../../../src/bookmakers/FetchError.ts"
import { Http } from "../../../src/bookmakers/Http.ts"
import { OPEN, UNREADABLE } from "../../../src/domain/Board.ts"

/** As a decoder with `Number(price) || 1` would: what cannot be read becomes a price. */
export const coercing = (adapter: Adapter): Adapter => ({
  ...adapter,
  fetch: (target, gate, runId) =>
    Effect.map(adapter.fetch(target, gate, runId), (snapshot) => {
      const { milli, shape, states } = snapshot.board
      return {
        ...snapshot,
        board: {
          shape,
          milli: milli.map((price, at) => (states[at] === UNREADABLE ? 1_010 : price)),
          states: states.map((state) => (state === UNREADABLE ? OPEN : state))
        }
      }
    })
})

/** Goes past the gate, so that no breaker hears of it and nothing is repeated or waited for. */
export const ungated = (adapter: Adapter): Adapter => ({
  ...adapter,
  fetch: (target, _, runId) => adapter.fetch(target, (_endpoint, request) => request, runId)
})

/** Reads whatever comes, however much it is. */
export const uncapped: Layer.Layer<Http> = Layer.succeed(Http, {
  get: Effect.fnUntraced(function* (asked) {
    const requestedAt = yield* Clock.currentTimeMillis
    const { bookmakerId, endpoint } = asked
    const text = yield* Effect.tryPromise({
      try: () => fetch(asked.url, { headers: asked.headers }).then((response) => response.text()),
      catch: (cause) => new Unreachable({ bookmakerId, endpoint, message: String(cause) })
    })
    const json: unknown = JSON.parse(text)
    return { asked, json, text, requestedAt, observedAt: yield* Clock.currentTimeMillis }
  })
})
