/** What a page of history tells beside its rows. */
import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import type { OddsState } from "../../../src/domain/Freshness.ts"
import { History } from "../../../src/storage/History.ts"
import { Server } from "../../support/postgres.ts"
import { betpawa, bookmakerRecord, eventRecord, factsOf, marketsRecord, NOW } from "../../support/records.ts"
import { inNewDatabase, stored } from "../drained.ts"

const stood = (state: OddsState, at: number) => bookmakerRecord({ state, since: at }, at)

const QUERY = {
  events: [factsOf("1").id],
  competitions: undefined,
  bookmakers: [betpawa],
  markets: ["1x2_ft"],
  from: NOW,
  to: NOW + 1_000
}

describe("a page of history", () => {
  layer(Server.layer, { excludeTestServices: true, timeout: "60 seconds" })((it) => {
    it.effect("tells how its bookmakers stood from its beginning to its end", () =>
      inNewDatabase(
        Effect.gen(function* () {
          yield* stored(
            eventRecord("1"),
            stood("CONFIRMED", NOW - 200),
            stood("STALE", NOW - 100),
            marketsRecord("1", 1_850),
            stood("CONFIRMED", NOW + 100),
            marketsRecord("1", 1_900, NOW + 200),
            stood("STALE", NOW + 300),
            stood("CONFIRMED", NOW + 1_100)
          )
          const states = (query: typeof QUERY, first: number) =>
            Effect.map(
              History.use((reads) => reads.rows(query, first, undefined)),
              ({ standings }) => standings.map(({ at, standing }) => [standing.state, at - NOW])
            )
          assert.deepStrictEqual(yield* states(QUERY, 5), [
            ["STALE", -100],
            ["CONFIRMED", 100],
            ["STALE", 300]
          ])
          assert.deepStrictEqual(yield* states(QUERY, 1), [["STALE", -100]])
          assert.deepStrictEqual(yield* states({ ...QUERY, bookmakers: [] }, 5), [])
        })
      )
    )
  })
})
