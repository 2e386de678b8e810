/**
 * A simulator on a free port, its clock stopped at noon, and how to ask it.
 */
import { Data, Effect, Schema } from "effect"
import { DEFAULT_OPTIONS, startSimulator } from "../../../src/simulator/Simulator.ts"
import type { SimulatorOptions } from "../../../src/simulator/Simulator.ts"

export const NOON = Date.UTC(2026, 10, 20, 12)
export const MINUTE = 60_000

export interface Reply {
  readonly status: number
  readonly type: string
  readonly text: string
  readonly retryAfter: string | null
}

/** The connection ended before the answer did. */
export class NoReply extends Data.TaggedError("NoReply")<{ readonly path: string; readonly cause: unknown }> {}

export const BETPAWA_HEADERS = { accept: "application/json", "x-pawa-brand": "betpawa-nigeria" }

export const running = Effect.fnUntraced(function* (options: Partial<SimulatorOptions> = {}) {
  const { url } = yield* startSimulator({ ...DEFAULT_OPTIONS, events: 60, faults: "none", latency: "none", ...options })
  const ask = (path: string, request: RequestInit = {}): Effect.Effect<Reply, NoReply> =>
    Effect.tryPromise({
      try: async () => {
        const response = await fetch(`${url}${path}`, { headers: BETPAWA_HEADERS, ...request })
        return {
          status: response.status,
          type: response.headers.get("content-type") ?? "",
          text: await response.text(),
          retryAfter: response.headers.get("retry-after")
        }
      },
      catch: (cause) => new NoReply({ path, cause })
    })
  const read = <A>(schema: Schema.Codec<A>, path: string, request: RequestInit = {}) =>
    ask(path, request).pipe(Effect.map(({ text }) => Schema.decodeUnknownSync(Schema.fromJsonString(schema))(text)))
  const post = (path: string, body: unknown): Effect.Effect<Reply, NoReply> =>
    ask(path, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } })
  yield* post("/_sim/clock", { at: NOON, frozen: true })
  return { url, ask, read, post, advance: (ms: number) => post("/_sim/clock", { advance_ms: ms }) }
})

export const MatchesView = Schema.Array(
  Schema.Struct({
    sportradarId: Schema.String,
    kickoff: Schema.Number,
    ids: Schema.Struct({
      betpawa: Schema.optionalKey(Schema.String),
      sportybet: Schema.optionalKey(Schema.String),
      bet9ja: Schema.optionalKey(Schema.String)
    })
  })
)

export const ServedPrices = Schema.Array(
  Schema.Struct({
    at: Schema.Number,
    request: Schema.Number,
    whole: Schema.Boolean,
    part: Schema.Boolean,
    prices: Schema.Array(
      Schema.Struct({
        market: Schema.NullOr(Schema.String),
        outcome: Schema.String,
        milli: Schema.Int,
        suspended: Schema.Boolean,
        native: Schema.Struct({ market: Schema.String, line: Schema.String, outcome: Schema.String })
      })
    )
  })
)

export const FaultsView = Schema.Struct({
  faults: Schema.Array(
    Schema.Struct({
      at: Schema.Number,
      bookmaker: Schema.String,
      endpoint: Schema.String,
      kind: Schema.String,
      attempt: Schema.Int,
      request: Schema.Int,
      final: Schema.Boolean,
      commanded: Schema.Boolean,
      event: Schema.NullOr(Schema.Struct({ id: Schema.String, sportradarId: Schema.NullOr(Schema.String) }))
    })
  )
})

export type Ids = (typeof MatchesView.Type)[number]["ids"]

/** The three details of a match. */
export const detailPaths = (ids: Ids): readonly (readonly [bookmaker: string, path: string])[] => [
  ["betpawa", `/betpawa/api/sportsbook/v4/events/${ids.betpawa}`],
  ["sportybet", `/sportybet/api/ng/factsCenter/event?eventId=${ids.sportybet}&productId=3`],
  ["bet9ja", `/bet9ja/desktop/feapi/PalimpsestAjax/GetEvent?EVENTID=${ids.bet9ja}`]
]

export const everywhere = (ids: Ids): boolean =>
  ids.betpawa !== undefined && ids.sportybet !== undefined && ids.bet9ja !== undefined
