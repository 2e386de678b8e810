/** Both ways into history put the very same rows there: the fast one, and the one that finds out which row is bad. */
import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { Database } from "../../../src/storage/Database.ts"
import { makeMarketLayouts } from "../../../src/storage/tables/MarketLayouts.ts"
import { byCopy, byInsert } from "../../../src/storage/writing/HistoryWay.ts"
import { wholePieces } from "../../../src/storage/writing/Pieces.ts"
import { rowsOf } from "../../../src/storage/writing/WriteBatch.ts"
import { Server, databaseAt } from "../../support/postgres.ts"
import { NOW, baseRecord, betpawa, listingState, marketsRecord } from "../../support/records.ts"
import type { Record } from "../../../src/domain/Record.ts"

const reason = { code: "OVERDUE", text: "Späť – not seen.", until: NOW + 1 } as const
const markets = marketsRecord("1", 1_850, NOW, betpawa, [0, 1, 2, 3])
const told: readonly Record[] = [
  {
    ...markets,
    publishedAt: NOW - 1,
    markets: markets.markets.map((market, i) =>
      i === 0 ? { ...market, states: ["SUSPENDED", "OPEN"], state: "STALE", reason } : market
    )
  },
  { ...baseRecord("2", []), kind: "LISTING", listing: { ...listingState(), state: "STALE", reason } }
]

describe("the ways into history", () => {
  layer(Server.layer, { excludeTestServices: true, timeout: "60 seconds" })((it) => {
    it.effect("put the same rows there", () =>
      Effect.gen(function* () {
        const url = yield* Server.use((server) => server.newDatabase)
        yield* Effect.gen(function* () {
          const database = yield* Database
          yield* database.opened
          const layouts = makeMarketLayouts(database)
          const rows = rowsOf(
            wholePieces(told.map((record, i) => ({ epoch: 1, seq: i + 1, record, durable: true }))),
            []
          )
          yield* layouts.know(rows.markets.map(({ layout }) => layout))
          const stored: string[] = []
          for (const way of [byCopy(layouts), byInsert(layouts)]) {
            yield* database.transaction((sql) =>
              Effect.andThen(way.markets(sql, rows.markets), way.listings(sql, rows.listings))
            )
            for (const table of ["market_history", "listing_history"]) {
              const found = yield* database.query(
                (sql) => sql<{ row: unknown }[]>`select to_jsonb(t) as row from ${sql(table)} t order by seq, position`
              )
              stored.push(JSON.stringify(found))
              yield* database.query((sql) => sql`truncate ${sql(table)}`)
            }
          }
          for (const rowsOfTable of stored) assert.include(rowsOfTable, reason.text)
          assert.deepStrictEqual(stored.slice(0, 2), stored.slice(2))
        }).pipe(Effect.provide(databaseAt(url)))
      })
    )
  })
})
