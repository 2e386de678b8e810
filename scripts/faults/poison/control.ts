/** A writer that is known to be broken: it drops the batch that Postgres refuses. */
import { Effect } from "effect"
import { DEFAULT_TIERS } from "../../../src/domain/Freshness.ts"
import { Database } from "../../../src/storage/Database.ts"
import { makeMarketLayouts } from "../../../src/storage/tables/MarketLayouts.ts"
import { byInsert } from "../../../src/storage/writing/HistoryWay.ts"
import { wholePieces } from "../../../src/storage/writing/Pieces.ts"
import { storeRows } from "../../../src/storage/writing/StoreRows.ts"
import { rowsOf } from "../../../src/storage/writing/WriteBatch.ts"
import { ofHistory } from "./accounts.ts"
import type { Mixed } from "./records.ts"

const BATCH = 500
const RECORDS = 2_000
/** Another journal's time, so that its rows are told from those of the writer. */
const EPOCH = 1

/** Answers how many of the first records' good rows it stored, as if all were asked of it. */
export const dropsTheBatch = Effect.fnUntraced(function* ({ poison, records }: Mixed) {
  const database = yield* Database
  const layouts = makeMarketLayouts(database)
  const before = (yield* ofHistory).rows
  for (let from = 0; from < RECORDS; from += BATCH) {
    const batch = records.slice(from, from + BATCH)
    const numbered = batch.map((record, i) => ({ epoch: EPOCH, seq: from + i + 1, durable: true, record }))
    const rows = rowsOf(wholePieces(numbered), DEFAULT_TIERS)
    yield* layouts.know(rows.markets.map(({ layout }) => layout))
    yield* Effect.catchTag(
      database.transaction((sql) => storeRows(sql, rows, byInsert(layouts), layouts)),
      "RowRefused",
      () => Effect.void
    )
  }
  const good = records.slice(0, RECORDS).filter((_, i) => !poison.has(i + 1)).length
  return { stored: (yield* ofHistory).rows - before, asked: good }
})
