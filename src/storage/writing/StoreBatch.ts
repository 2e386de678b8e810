/**
 * Stores one batch of the journal exactly once: the drain mark moves in the same transaction.
 *
 * A row that Postgres will never take is found by halving and parked in that transaction, so it holds up nobody.
 * More than 20 in one batch are not bad rows but a wrong table: the batch is held, nothing is parked.
 */
import { Effect } from "effect"
import type { CadenceTier } from "../../domain/Freshness.ts"
import type { NumberedRecord } from "../../domain/Record.ts"
import { StorageUnavailable } from "../../domain/StorageUnavailable.ts"
import type { Database } from "../Database.ts"
import { park } from "../tables/DeadLetters.ts"
import { advance } from "../tables/DrainMark.ts"
import { byCopy, byInsert } from "./HistoryWay.ts"
import type { HistoryWay } from "./HistoryWay.ts"
import type { MarketLayouts } from "../tables/MarketLayouts.ts"
import type { RowRefused, Transaction } from "../connection/Statement.ts"
import { storeRows } from "./StoreRows.ts"
import { transaction } from "../connection/Transaction.ts"
import { piecesOf, rowsOf } from "./WriteBatch.ts"
import type { Piece } from "./WriteBatch.ts"

export interface Batch {
  readonly epoch: number
  readonly from: number
  readonly to: number
  readonly owner: string
  readonly records: readonly NumberedRecord[]
  readonly tiers: readonly CadenceTier[]
}

const MOST_PARKED = 20

/** Answers how many rows were stored. */
export const storeBatch = Effect.fn("Writer.storeBatch")(function* (
  database: Database["Service"],
  layouts: MarketLayouts,
  { epoch, from, to, owner, records, tiers }: Batch
) {
  const pieces = records.flatMap(piecesOf)
  yield* layouts.know(
    pieces.flatMap(({ record }) => (record.kind === "MARKETS" ? record.markets.map(({ layout }) => layout) : []))
  )
  const attempt = (store: (sql: Transaction) => Effect.Effect<void, StorageUnavailable | RowRefused>) =>
    database.transaction((sql) => Effect.andThen(advance(sql, epoch, from, to, owner), store(sql)))
  const store = (sql: Transaction, some: readonly Piece[], way: HistoryWay) => storeRows(sql, rowsOf(some, tiers), way)

  yield* attempt((sql) => store(sql, pieces, byCopy(layouts))).pipe(
    Effect.catchTag("RowRefused", () =>
      attempt((sql) => parkBad(sql, pieces, (inner, some) => store(inner, some, byInsert(layouts))))
    )
  )
  return pieces.length
})

const parkBad = Effect.fnUntraced(function* (
  sql: Transaction,
  pieces: readonly Piece[],
  store: (sql: Transaction, some: readonly Piece[]) => Effect.Effect<void, StorageUnavailable | RowRefused>
) {
  const waiting: (readonly Piece[])[] = [pieces]
  let parked = 0
  while (waiting.length > 0) {
    const some = waiting.pop() ?? []
    const refused = yield* transaction(
      (body) => sql.savepoint(body),
      (inner) => store(inner, some)
    ).pipe(Effect.as(undefined), Effect.catchTag("RowRefused", Effect.succeed))
    if (refused === undefined) continue
    const [piece] = some
    if (some.length > 1) {
      const half = some.length >> 1
      // Last in, first out: the earlier half goes first, so rows are stored in their order.
      waiting.push(some.slice(half), some.slice(0, half))
    } else if (piece !== undefined) {
      parked += 1
      if (parked > MOST_PARKED) return yield* tooMany(refused)
      yield* park(sql, piece, refused)
    }
  }
  yield* Effect.logWarning("Rows that Postgres refuses were parked").pipe(Effect.annotateLogs({ parked }))
})

const tooMany = ({ message, sqlstate }: RowRefused) =>
  Effect.fail(
    new StorageUnavailable({
      message: `Postgres refuses more than ${MOST_PARKED} rows of one batch, the last with "${message}" (${sqlstate}); the schema does not fit, the journal is held.`
    })
  )
