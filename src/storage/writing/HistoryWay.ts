/**
 * The two ways into the tables of history: COPY, and INSERT for finding out which row is bad.
 *
 * COPY is several times faster but its refusal comes without a reason (`Statement.copy`), and a row may be parked
 * only for a reason.
 */
import type { Effect } from "effect"
import type { StorageUnavailable } from "../../domain/StorageUnavailable.ts"
import { copyText, dayOf, instant } from "./CopyText.ts"
import type { Cell } from "./CopyText.ts"
import type { MarketLayouts } from "../tables/MarketLayouts.ts"
import type { ListingRow, MarketRow } from "./Rows.ts"
import { copy, statement } from "../connection/Statement.ts"
import type { RowRefused, Transaction } from "../connection/Statement.ts"

type Put<R> = (sql: Transaction, rows: readonly R[]) => Effect.Effect<unknown, StorageUnavailable | RowRefused>

export interface HistoryWay {
  readonly markets: Put<MarketRow>
  readonly listings: Put<ListingRow>
}

export const byCopy = (layouts: MarketLayouts): HistoryWay => ({
  markets: (sql, rows) =>
    copy(
      sql,
      () =>
        sql`
      copy market_history (day, epoch, seq, position, at, event_id, bookmaker_id, phase, market, line, layout_id, milli, previous,
        states, state, since, reason_code, reason_text, reason_until, changed_at, published_at, run_id) from stdin`.writable(),
      copyText(rows.map((row) => marketCells(row, layouts)))
    ),
  listings: (sql, rows) =>
    copy(
      sql,
      () =>
        sql`
      copy listing_history (day, epoch, seq, position, at, event_id, bookmaker_id, phase, bookmaker_event_id, state, since,
        reason_code, reason_text, reason_until, mapped_count, unmapped) from stdin`.writable(),
      copyText(rows.map(listingCells))
    )
})

export const byInsert = (layouts: MarketLayouts): HistoryWay => ({
  markets: (sql, rows) =>
    statement(
      () => sql`
      insert into market_history (day, epoch, seq, position, at, event_id, bookmaker_id, phase, market, line, layout_id, milli,
        previous, states, state, since, reason_code, reason_text, reason_until, changed_at, published_at, run_id)
      select (at at time zone 'UTC')::date, r.* from jsonb_to_recordset(${json(rows.map((row) => marketFields(row, layouts)))}::text::jsonb)
        as r(epoch bigint, seq bigint, position integer, at timestamptz, event_id text, bookmaker_id text, phase text, market text,
          line numeric, layout_id integer, milli integer[], previous integer[], states text, state text, since timestamptz,
          reason_code text, reason_text text, reason_until timestamptz, changed_at timestamptz, published_at timestamptz, run_id text)`
    ),
  listings: (sql, rows) =>
    statement(
      () => sql`
      insert into listing_history (day, epoch, seq, position, at, event_id, bookmaker_id, phase, bookmaker_event_id, state, since,
        reason_code, reason_text, reason_until, mapped_count, unmapped)
      select (at at time zone 'UTC')::date, r.* from jsonb_to_recordset(${json(rows.map(listingFields))}::text::jsonb)
        as r(epoch bigint, seq bigint, position integer, at timestamptz, event_id text, bookmaker_id text, phase text,
          bookmaker_event_id text, state text, since timestamptz, reason_code text, reason_text text, reason_until timestamptz,
          mapped_count integer, unmapped jsonb)`
    )
})

const marketCells = (row: MarketRow, layouts: MarketLayouts): readonly Cell[] => {
  const at = new Date(row.at).toISOString()
  // A change began when it was seen, mostly; writing an instant is the dearest part of a row.
  const moment = (ms: number | null): string | null => (ms === row.at ? at : instant(ms))
  return [
    at.slice(0, 10),
    row.epoch,
    row.seq,
    row.position,
    at,
    row.event_id,
    row.bookmaker_id,
    row.phase,
    row.layout.type.key,
    row.line,
    layouts.idOf(row.layout),
    row.milli,
    row.previous,
    row.states,
    row.state,
    moment(row.since),
    row.reason_code,
    row.reason_text,
    instant(row.reason_until),
    moment(row.changed_at),
    instant(row.published_at),
    row.run_id
  ]
}

const listingCells = (row: ListingRow): readonly Cell[] => [
  dayOf(row.at),
  row.epoch,
  row.seq,
  row.position,
  instant(row.at),
  row.event_id,
  row.bookmaker_id,
  row.phase,
  row.bookmaker_event_id,
  row.state,
  instant(row.since),
  row.reason_code,
  row.reason_text,
  instant(row.reason_until),
  row.mapped_count,
  json(row.unmapped)
]

const marketFields = ({ layout, ...row }: MarketRow, layouts: MarketLayouts) => ({
  ...row,
  market: layout.type.key,
  layout_id: layouts.idOf(layout),
  at: instant(row.at),
  since: instant(row.since),
  reason_until: instant(row.reason_until),
  changed_at: instant(row.changed_at),
  published_at: instant(row.published_at)
})

const listingFields = (row: ListingRow) => ({
  ...row,
  at: instant(row.at),
  since: instant(row.since),
  reason_until: instant(row.reason_until)
})

const json = (value: unknown): string => JSON.stringify(value)
