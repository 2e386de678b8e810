/** Pages of market history, when its listings were checked, and how their bookmakers stood: three statements. */
import { Effect } from "effect"
import { BookmakerId } from "../../domain/Bookmaker.ts"
import { EventId } from "../../domain/Event.ts"
import type { Phase } from "../../domain/Event.ts"
import type { Position } from "../../domain/Record.ts"
import type { Database } from "../Database.ts"
import type { BookmakerStanding, CheckSpan, HistoryQuery, HistoryRow } from "../History.ts"
import { readMarket, readStanding } from "./ReadMarket.ts"
import type { StandingRow, StoredMarketRow } from "./ReadMarket.ts"
import { mayBeStored } from "../connection/Statement.ts"

interface Row extends StoredMarketRow, Position {
  readonly position: number
  readonly at: number
  readonly event_id: string
  readonly bookmaker_id: string
  readonly phase: Phase
  readonly published_at: number | null
  readonly run_id: string | null
}

export const historyPage = Effect.fn("History.rows")(function* (
  database: Database["Service"],
  asked: HistoryQuery,
  first: number,
  after: (Position & { readonly position: number }) | undefined
) {
  const query = {
    ...asked,
    events: asked.events?.filter(mayBeStored),
    competitions: asked.competitions?.filter(mayBeStored)
  }
  const { events, competitions, bookmakers, from, to } = query
  const markets = query.markets.map(splitKey)
  const rows = yield* database.query(
    (sql) => sql<Row[]>`
    with anchor as (
      select at, epoch, seq, position from market_history
      where day between ${from}::timestamptz::date and ${to}::timestamptz::date
        and epoch = ${after?.epoch ?? 0} and seq = ${after?.seq ?? 0} and position = ${after?.position ?? 0}::bigint
    )
    select h.epoch, h.seq, h.position, h.at, h.event_id, h.bookmaker_id, h.phase, h.market, h.line, l.outcome_keys, h.milli,
      h.previous, h.states, h.state, h.since, h.reason_code, h.reason_text, h.reason_until, h.changed_at, h.published_at, h.run_id
    from market_history h join market_layout l on l.id = h.layout_id
    where h.day between ${from}::timestamptz::date and ${to}::timestamptz::date
      and h.at >= ${from}::timestamptz and h.at <= ${to}::timestamptz
      and (${events === undefined} or h.event_id = any(${[...(events ?? [])]}::text[]))
      and (${competitions === undefined} or h.event_id in (
        select id from event where competition_id = any(${[...(competitions ?? [])]}::text[])))
      and (${bookmakers === undefined} or h.bookmaker_id = any(${[...(bookmakers ?? [])]}::text[]))
      and exists (
        select from unnest(${markets.map(({ type }) => type)}::text[], ${markets.map(({ line }) => line)}::text[]) as m(type, line)
        where m.type = h.market and nullif(m.line, '')::numeric is not distinct from h.line)
      and h.states <> ''
      and (${after === undefined} or (h.at, h.epoch, h.seq, h.position) > (select at, epoch, seq, position from anchor))
    order by h.at, h.epoch, h.seq, h.position limit ${first + 1}`
  )
  const page = rows.slice(0, first)
  const hasNextPage = rows.length > first
  return {
    rows: page.map(readRow),
    checks: yield* checksOf(database, page, query),
    standings: yield* standingsOf(database, bookmakers, {
      from: after === undefined ? from : (page[0]?.at ?? from),
      to: hasNextPage ? (page[page.length - 1]?.at ?? to) : to
    }),
    hasNextPage
  }
})

interface SpanRow {
  readonly event_id: string
  readonly bookmaker_id: string
  readonly from_at: number
  readonly to_at: number
  readonly checks: number
}

/**
 * Of the events asked for, or else of those the page shows. A span in which only some markets were looked at counts when
 * they are all of those asked for: outside of the spans that are told nobody looked.
 */
const checksOf = Effect.fnUntraced(function* (
  database: Database["Service"],
  page: readonly Row[],
  query: HistoryQuery
) {
  const events = query.events ?? [...new Set(page.map((row) => row.event_id))]
  const { bookmakers, from, to } = query
  const types = query.markets.map((key) => splitKey(key).type)
  const spans = yield* database.query(
    (sql) => sql<SpanRow[]>`
    select event_id, bookmaker_id, from_at, to_at, checks from check_span
    where event_id = any(${[...events]}::text[]) and to_at >= ${from}::timestamptz and from_at <= ${to}::timestamptz
      and (${bookmakers === undefined} or bookmaker_id = any(${[...(bookmakers ?? [])]}::text[]))
      and (markets = '{}' or markets @> ${types}::text[])
    order by event_id, bookmaker_id, from_at`
  )
  return spans.map((span): CheckSpan => ({
    eventId: EventId(span.event_id),
    bookmakerId: BookmakerId(span.bookmaker_id),
    from: span.from_at,
    to: span.to_at,
    checks: span.checks
  }))
})

/** Each holds until the next one of its bookmaker, so the first may have come long before. */
const standingsOf = Effect.fnUntraced(function* (
  database: Database["Service"],
  bookmakers: HistoryQuery["bookmakers"],
  { from, to }: { readonly from: number; readonly to: number }
) {
  const rows = yield* database.query(
    (sql) => sql<(StandingRow & { readonly bookmaker_id: string; readonly at: number })[]>`
    select bookmaker_id, at, state, since, reason_code, reason_text, reason_until from (
      select *, lead(at) over (partition by bookmaker_id order by epoch, seq, position) as until_at
      from bookmaker_history
      where at <= ${to}::timestamptz
        and (${bookmakers === undefined} or bookmaker_id = any(${[...(bookmakers ?? [])]}::text[]))
    ) h
    where until_at is null or until_at > ${from}::timestamptz
    order by at, epoch, seq, position`
  )
  return rows.map((row): BookmakerStanding => ({
    bookmakerId: BookmakerId(row.bookmaker_id),
    at: row.at,
    standing: readStanding(row)
  }))
})

const readRow = (row: Row): HistoryRow => ({
  epoch: row.epoch,
  seq: row.seq,
  position: row.position,
  at: row.at,
  publishedAt: row.published_at ?? undefined,
  runId: row.run_id ?? undefined,
  eventId: EventId(row.event_id),
  bookmakerId: BookmakerId(row.bookmaker_id),
  phase: row.phase,
  state: readMarket(row)
})

/** `line` is empty where the key has none. */
const splitKey = (key: string): { readonly type: string; readonly line: string } => {
  const [type = "", line = ""] = key.split("@")
  return { type, line }
}
