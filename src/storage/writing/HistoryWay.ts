/**
 * The two ways into the tables of history: COPY, and INSERT for finding out which row is bad.
 *
 * COPY is several times faster but its refusal comes without a reason (`Statement.copy`), and a row may be parked
 * only for a reason.
 */
import type { Writable } from "node:stream"
import { Effect } from "effect"
import type { StorageUnavailable } from "../../domain/StorageUnavailable.ts"
import { copy, RowRefused, statement } from "../connection/Statement.ts"
import type { Transaction } from "../connection/Statement.ts"
import type { MarketLayouts } from "../tables/MarketLayouts.ts"
import { copyBinary } from "./CopyBinary.ts"
import type { CopyBinary } from "./CopyBinary.ts"
import { instant } from "./Instant.ts"
import type { ListingRow, MarketRow } from "./Rows.ts"

type Put<R> = (sql: Transaction, rows: readonly R[]) => Effect.Effect<unknown, StorageUnavailable | RowRefused>

export interface HistoryWay {
  readonly markets: Put<MarketRow>
  readonly listings: Put<ListingRow>
}

export const byCopy = (layouts: MarketLayouts): HistoryWay => ({
  markets: (sql, rows) => {
    const cells = copyBinary()
    for (const row of rows) writeMarket(cells, row, layouts.idOf(row.layout))
    return copied(
      sql,
      () =>
        sql`
      copy market_history (day, epoch, seq, position, at, event_id, bookmaker_id, phase, market, line, layout_id, milli, previous,
        states, state, since, reason_code, reason_text, reason_until, changed_at, published_at, run_id)
      from stdin (format binary)`.writable(),
      cells
    )
  },
  listings: (sql, rows) => {
    const cells = copyBinary()
    for (const row of rows) writeListing(cells, row)
    return copied(
      sql,
      () =>
        sql`
      copy listing_history (day, epoch, seq, position, at, event_id, bookmaker_id, phase, bookmaker_event_id, state, since,
        reason_code, reason_text, reason_until, mapped_count, unmapped) from stdin (format binary)`.writable(),
      cells
    )
  }
})

const copied = (sql: Transaction, open: () => Promise<Writable>, cells: CopyBinary) => {
  const bytes = cells.bytes()
  return bytes === undefined ? Effect.fail(unfit()) : copy(sql, open, bytes)
}

const unfit = () => new RowRefused({ sqlstate: "22003", message: "A value does not fit the form of its column." })

/** What the rows of both tables begin with: their day and number, when, and whose they are. */
const writePlace = (to: CopyBinary, row: MarketRow | ListingRow): void => {
  to.date(row.at)
  to.int8(row.epoch)
  to.int8(row.seq)
  to.int4(row.position)
  to.time(row.at)
  to.text(row.event_id)
  to.text(row.bookmaker_id)
  to.text(row.phase)
}

const writeMarket = (to: CopyBinary, row: MarketRow, layoutId: number): void => {
  to.row(22)
  writePlace(to, row)
  to.text(row.layout.type.key)
  to.numeric(row.line)
  to.int4(layoutId)
  to.int4s(row.milli)
  to.int4s(row.previous)
  to.text(row.states)
  to.text(row.state)
  to.time(row.since)
  to.text(row.reason_code)
  to.text(row.reason_text)
  to.time(row.reason_until)
  to.time(row.changed_at)
  to.time(row.published_at)
  to.text(row.run_id)
}

const writeListing = (to: CopyBinary, row: ListingRow): void => {
  to.row(16)
  writePlace(to, row)
  to.text(row.bookmaker_event_id)
  to.text(row.state)
  to.time(row.since)
  to.text(row.reason_code)
  to.text(row.reason_text)
  to.time(row.reason_until)
  to.int4(row.mapped_count)
  to.json(row.unmapped)
}

export const byInsert = (layouts: MarketLayouts): HistoryWay => ({
  markets: (sql, rows) =>
    statement(
      () => sql`
      insert into market_history (day, epoch, seq, position, at, event_id, bookmaker_id, phase, market, line, layout_id, milli,
        previous, states, state, since, reason_code, reason_text, reason_until, changed_at, published_at, run_id)
      select (at at time zone 'UTC')::date, r.* from jsonb_to_recordset(${marketsJson(rows, layouts)}::text::jsonb)
        as r(epoch bigint, seq bigint, position integer, at timestamptz, event_id text, bookmaker_id text, phase text, market text,
          line numeric, layout_id integer, milli integer[], previous integer[], states text, state text, since timestamptz,
          reason_code text, reason_text text, reason_until timestamptz, changed_at timestamptz, published_at timestamptz, run_id text)`
    ),
  listings: (sql, rows) =>
    statement(
      () => sql`
      insert into listing_history (day, epoch, seq, position, at, event_id, bookmaker_id, phase, bookmaker_event_id, state, since,
        reason_code, reason_text, reason_until, mapped_count, unmapped)
      select (at at time zone 'UTC')::date, r.* from jsonb_to_recordset(${JSON.stringify(rows.map(listingFields))}::text::jsonb)
        as r(epoch bigint, seq bigint, position integer, at timestamptz, event_id text, bookmaker_id text, phase text,
          bookmaker_event_id text, state text, since timestamptz, reason_code text, reason_text text, reason_until timestamptz,
          mapped_count integer, unmapped jsonb)`
    )
})

/** Market rows as Postgres reads them from text, for statements that take a set of rows as JSON. */
export const marketsJson = (rows: readonly MarketRow[], layouts: MarketLayouts): string =>
  JSON.stringify(
    rows.map(({ layout, ...row }) => ({
      ...row,
      market: layout.type.key,
      layout_id: layouts.idOf(layout),
      at: instant(row.at),
      since: instant(row.since),
      reason_until: instant(row.reason_until),
      changed_at: instant(row.changed_at),
      published_at: instant(row.published_at)
    }))
  )

const listingFields = (row: ListingRow) => ({
  ...row,
  at: instant(row.at),
  since: instant(row.since),
  reason_until: instant(row.reason_until)
})
