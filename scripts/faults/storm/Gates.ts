/** The real gate, and two that are known to be broken. */
import { Effect, Result } from "effect"
import type { Scope } from "effect"
import type { Gate } from "../../../src/bookmakers/Adapter.ts"
import { Held } from "../../../src/bookmakers/FetchError.ts"
import { BookmakerId } from "../../../src/domain/Bookmaker.ts"
import { noPauses } from "../../../test/scraping/house.ts"
import { makeGate } from "../../../src/scraping/politeness/Gate.ts"

export const BOOKMAKER = BookmakerId("storm-ng")

export interface Gated {
  readonly gate: Gate
  /** True while requests pass as usual. */
  readonly isClosed: () => boolean
  /** When the next probe may leave; -Infinity while requests pass. */
  readonly probeAt: () => number
}

export type MakeGate = Effect.Effect<Gated, never, Scope.Scope>

export const realGate: MakeGate = Effect.map(
  makeGate({
    bookmaker: { id: BOOKMAKER, name: "Storm", country: "NG", ours: false, mapped: new Set() },
    pace: () => ({ concurrency: 5, delayMs: 0 }),
    standing: { state: "CONFIRMED", since: 0 },
    afterRefusal: { firstMs: 300_000, longestMs: 1_800_000 },
    pauses: noPauses,
    closing: () => false,
    turned: Effect.void
  }),
  (gate) => {
    const open = () => Object.values(gate.circuits()).filter(({ phase }) => phase !== "CLOSED")
    return {
      gate: (endpoint, request) => Effect.suspend(() => gate.open(undefined)(endpoint, request)),
      isClosed: () => open().length === 0,
      probeAt: () => Math.max(-Infinity, ...open().map(({ until }) => until), gate.throttle.pausedUntil())
    }
  }
)

export const budgetless: MakeGate = Effect.succeed({
  gate: (_, request) => Effect.retry(request, { times: 3 }),
  isClosed: () => true,
  probeAt: () => -Infinity
})

export const stuck: MakeGate = Effect.sync(() => {
  let failures = 0
  return {
    gate: (endpoint, request) =>
      Effect.suspend(() =>
        failures < 5
          ? Effect.tap(Effect.result(request), (result) =>
              Effect.sync(() => (failures += Result.isFailure(result) ? 1 : 0))
            ).pipe(
              Effect.flatMap((result) =>
                Result.isFailure(result) ? Effect.fail(result.failure) : Effect.succeed(result.success)
              )
            )
          : Effect.fail(
              new Held({
                bookmakerId: BOOKMAKER,
                endpoint,
                code: "BREAKER_OPEN",
                until: undefined,
                message: "open for good"
              })
            )
      ),
    isClosed: () => failures < 5,
    probeAt: () => -Infinity
  }
})
