/**
 * Makes the tables of newest values right again after a gap that no journal can fill: what memory knows is told again,
 * whole, under the last number of the gap.
 *
 * What came behind the gap is newer and stays; what equals what is known makes no history. Run twice it writes once.
 */
import { Effect } from "effect"
import type { CadenceTier } from "../../domain/Freshness.ts"
import type { Record } from "../../domain/Record.ts"
import { statement } from "../connection/Statement.ts"
import type { Transaction } from "../connection/Statement.ts"
import type { Database } from "../Database.ts"
import { healGaps } from "../tables/DrainMark.ts"
import type { MarketLayouts } from "../tables/MarketLayouts.ts"
import { byCopy } from "./HistoryWay.ts"
import type { Piece } from "./Pieces.ts"
import { storeRows } from "./StoreRows.ts"
import { rowsOf } from "./WriteBatch.ts"

export interface Restoration {
  readonly epoch: number
  /** The last number that is missing. */
  readonly to: number
  /** Tells everything known, events before their listings; made while it is stored, because all at once is too much. */
  readonly known: () => Iterable<Record>
  readonly tiers: readonly CadenceTier[]
}

const RECORDS_IN_A_TRANSACTION = 20
/** More than a listing has markets: its dropped ones get places behind its own. */
const PLACES = 10_000

export const restore = Effect.fn("Writer.restore")(function* (
  database: Database["Service"],
  layouts: MarketLayouts,
  { epoch, known, tiers, to }: Restoration
) {
  const events: string[] = []
  let position = yield* database.transaction((sql) => lastPosition(sql, epoch, to))
  for (const some of chunks(known())) {
    const pieces = some.map((record): Piece => ({ epoch, seq: to, position: (position += PLACES), record }))
    for (const record of some) if (record.kind === "EVENT") events.push(record.eventId)
    const rows = rowsOf(pieces, tiers)
    yield* layouts.know(rows.rebased.map(({ layout }) => layout))
    yield* database.transaction((sql) => storeRows(sql, rows, byCopy(layouts), layouts))
  }
  yield* database.transaction((sql) => Effect.andThen(closeUnknown(sql, epoch, to, events), healGaps(sql, epoch, to)))
})

function* chunks(records: Iterable<Record>): Iterable<readonly Record[]> {
  let some: Record[] = []
  for (const record of records) {
    some.push(record)
    if (some.length < RECORDS_IN_A_TRANSACTION) continue
    yield some
    some = []
  }
  if (some.length > 0) yield some
}

/** Behind what an earlier try has written under this number. */
const lastPosition = Effect.fnUntraced(function* (sql: Transaction, epoch: number, seq: number) {
  const [last] = yield* statement(
    () => sql<{ position: number }[]>`
    select coalesce(max(position), 0) as position from (
      select position from market_history where epoch = ${epoch} and seq = ${seq}
      union all select position from market_current where epoch = ${epoch} and seq = ${seq}
      union all select position from listing_history where epoch = ${epoch} and seq = ${seq}
      union all select position from event_history where epoch = ${epoch} and seq = ${seq}
      union all select position from bookmaker_history where epoch = ${epoch} and seq = ${seq}
    ) all_of_it`
  )
  return last?.position ?? 0
})

/** Events that left memory within the gap. */
const closeUnknown = (sql: Transaction, epoch: number, to: number, events: readonly string[]) =>
  statement(
    () => sql`
    update event set closed_at = now()
    where closed_at is null and (epoch, seq) <= (${epoch}, ${to}) and id <> all(${[...events]}::text[])`
  )
