/**
 * Stores one batch of the journal exactly once: the drain mark moves in the same transaction.
 *
 * A row that Postgres will never take is found by halving and parked in that transaction, so it holds up nobody.
 * More than 20 in one batch are not bad rows but a wrong table: the batch is held, nothing is parked.
 */
import { Effect, Result } from "effect"
import type { CadenceTier } from "../../domain/Freshness.ts"
import type { Layout } from "../../domain/Layout.ts"
import type { NumberedRecord } from "../../domain/Record.ts"
import { StorageUnavailable } from "../../domain/StorageUnavailable.ts"
import type { Database } from "../Database.ts"
import { park } from "../tables/DeadLetters.ts"
import { advance } from "../tables/DrainMark.ts"
import { byCopy, byInsert } from "./HistoryWay.ts"
import type { HistoryWay } from "./HistoryWay.ts"
import type { MarketLayouts } from "../tables/MarketLayouts.ts"
import type { RowRefused, Transaction } from "../connection/Statement.ts"
import { withoutRepeats } from "./Repeats.ts"
import { storeRows } from "./StoreRows.ts"
import { transaction } from "../connection/Transaction.ts"
import { cut, runsOf, wholePieces } from "./Pieces.ts"
import type { Piece } from "./Pieces.ts"
import { rowsOf } from "./WriteBatch.ts"

export interface Batch {
  readonly epoch: number
  readonly from: number
  readonly to: number
  readonly owner: string
  readonly records: readonly NumberedRecord[]
  readonly tiers: readonly CadenceTier[]
  /** Whether more may be stored than the journal knows, from an earlier one or its own lost end; it is then asked for what repeats it. */
  readonly hasEarlier: boolean
}

const MOST_PARKED = 20

/** Answers how many rows were stored, and how many parked. */
export const storeBatch = Effect.fn("Writer.storeBatch")(function* (
  database: Database["Service"],
  layouts: MarketLayouts,
  { epoch, from, to, owner, records, tiers, hasEarlier }: Batch
) {
  yield* layouts.know(layoutsOf(records))
  const told = (way: HistoryWay) => (hasEarlier ? withoutRepeats(way) : way)
  const attempt = <A>(store: (sql: Transaction) => Effect.Effect<A, StorageUnavailable | RowRefused>) =>
    database.transaction((sql) => Effect.andThen(advance(sql, epoch, from, to, owner), store(sql)))
  const store = Effect.fnUntraced(function* (sql: Transaction, pieces: readonly Piece[], way: HistoryWay) {
    let count = 0
    for (const run of runsOf(pieces)) {
      const rows = rowsOf(run, tiers)
      yield* storeRows(sql, rows, way, layouts)
      count += rows.markets.length + rows.rebased.length + rows.listings.length + rows.events.length
    }
    return count
  })
  const pieces = wholePieces(records)
  return yield* attempt((sql) => store(sql, pieces, told(byCopy(layouts)))).pipe(
    Effect.map((stored) => ({ stored, parked: 0 })),
    Effect.catchTag("RowRefused", () =>
      attempt((sql) => parkBad(sql, pieces, (inner, some) => store(inner, some, told(byInsert(layouts)))))
    )
  )
})

const layoutsOf = (records: readonly NumberedRecord[]): ReadonlySet<Layout> => {
  const found = new Set<Layout>()
  for (const { record } of records) {
    if (record.kind === "MARKETS" || record.kind === "BASE") for (const { layout } of record.markets) found.add(layout)
  }
  return found
}

const parkBad = Effect.fnUntraced(function* (
  sql: Transaction,
  pieces: readonly Piece[],
  store: (sql: Transaction, some: readonly Piece[]) => Effect.Effect<number, StorageUnavailable | RowRefused>
) {
  const waiting: (readonly Piece[])[] = [pieces]
  let stored = 0
  let parked = 0
  while (waiting.length > 0) {
    const some = waiting.pop() ?? []
    const tried = yield* transaction(
      (body) => sql.savepoint(body),
      (inner) => store(inner, some)
    ).pipe(Effect.result)
    if (Result.isSuccess(tried)) {
      stored += tried.success
      continue
    }
    const refused = tried.failure
    if (refused._tag === "StorageUnavailable") return yield* refused
    const parts = halves(some)
    if (parts.length > 0) {
      // Last in, first out: the earlier half goes first, so rows are stored in their order.
      waiting.push(...parts.toReversed())
      continue
    }
    const [piece] = some
    if (piece === undefined) continue
    parked += 1
    if (parked > MOST_PARKED) return yield* tooMany(refused)
    yield* park(sql, piece, refused)
  }
  yield* Effect.logWarning("Rows that Postgres refuses were parked").pipe(Effect.annotateLogs({ parked }))
  return { stored, parked }
})

/** Two smaller parts of these, down to one row each; none of a single row. */
const halves = (pieces: readonly Piece[]): readonly (readonly Piece[])[] => {
  const [only] = pieces
  const parts = pieces.length === 1 && only !== undefined ? cut(only) : pieces
  if (parts.length < 2) return []
  const half = parts.length >> 1
  return [parts.slice(0, half), parts.slice(half)]
}

const tooMany = ({ message, sqlstate }: RowRefused) =>
  Effect.fail(
    new StorageUnavailable({
      message: `Postgres refuses more than ${MOST_PARKED} rows of one batch, the last with "${message}" (${sqlstate}); the schema does not fit, the journal is held.`
    })
  )
