/**
 * Writes the rows of a run inside a transaction, one statement per table, in the order in which they lean on each other.
 *
 * Every table of newest values takes only what is newer than it has.
 */
import { Effect } from "effect"
import type { Transaction } from "../connection/Statement.ts"
import type { MarketLayouts } from "../tables/MarketLayouts.ts"
import type { HistoryWay } from "./HistoryWay.ts"
import type { Rows } from "./Rows.ts"
import { storeChecks } from "./StoreChecks.ts"
import { dropEarlierLives } from "./EarlierLives.ts"
import { storeBookmakers, storeCompetitions, storeEvents, storeGap, storeListings } from "./StoreFacts.ts"
import { dropUntold, storeMarkets, storeRebased } from "./StoreMarkets.ts"

export const storeRows = Effect.fnUntraced(function* (
  sql: Transaction,
  rows: Rows,
  history: HistoryWay,
  layouts: MarketLayouts
) {
  if (rows.competitions.length > 0) yield* storeCompetitions(sql, rows.competitions)
  const open = rows.events.filter((event) => event.closed_at === null)
  if (open.length > 0) yield* dropEarlierLives(sql, open)
  if (rows.events.length > 0) yield* storeEvents(sql, rows.events)
  if (rows.bookmakers.length > 0) yield* storeBookmakers(sql, rows.bookmakers)
  if (rows.listings.length > 0) yield* storeListings(sql, rows.listings, history)
  if (rows.markets.length > 0) yield* storeMarkets(sql, rows.markets, history)
  if (rows.rebased.length > 0) yield* storeRebased(sql, rows.rebased, layouts)
  if (rows.wholes.length > 0) yield* dropUntold(sql, rows.wholes)
  if (rows.checks.length > 0) yield* storeChecks(sql, rows.checks)
  for (const gap of rows.gaps) yield* storeGap(sql, gap)
})
