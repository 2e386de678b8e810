/**
 * Writes the rows of a batch inside a transaction, one statement per table.
 *
 * The newest value of each market is taken from the history just written, inside the server: the prices cross
 * the wire once. Every table of newest values takes only what is newer than it has.
 */
import { Effect } from "effect"
import { dayOf, instant } from "./CopyText.ts"
import type { HistoryWay } from "./HistoryWay.ts"
import type { CheckRow, ListingRow, MarketRow, Rows } from "./Rows.ts"
import { statement } from "../connection/Statement.ts"
import type { Transaction } from "../connection/Statement.ts"
import { newestListings } from "./WriteBatch.ts"

export const storeRows = Effect.fnUntraced(function* (sql: Transaction, rows: Rows, history: HistoryWay) {
  if (rows.competitions.length > 0) yield* storeCompetitions(sql, rows)
  if (rows.events.length > 0) yield* storeEvents(sql, rows)
  if (rows.bookmakers.length > 0) yield* storeBookmakers(sql, rows)
  if (rows.listings.length > 0) yield* storeListings(sql, rows.listings, history)
  if (rows.markets.length > 0) yield* storeMarkets(sql, rows.markets, history)
  for (const { event_id, bookmaker_id, phase, epoch, seq } of rows.resets) {
    yield* statement(
      () => sql`
      delete from market_current
      where event_id = ${event_id} and bookmaker_id = ${bookmaker_id} and phase = ${phase} and (epoch, seq) < (${epoch}, ${seq})`
    )
  }
  for (const wave of waves(rows.checks)) yield* storeChecks(sql, wave)
})

const storeCompetitions = (sql: Transaction, { competitions }: Rows) =>
  statement(
    () => sql`
    insert into competition (id, name, country_code, country_name, epoch, seq)
    select * from jsonb_to_recordset(${json(competitions)}::text::jsonb)
      as r(id text, name text, country_code text, country_name text, epoch bigint, seq bigint)
    on conflict (id) do update set name = excluded.name, country_code = excluded.country_code,
      country_name = excluded.country_name, epoch = excluded.epoch, seq = excluded.seq
    where (competition.epoch, competition.seq) < (excluded.epoch, excluded.seq)`
  )

const storeEvents = (sql: Transaction, { events }: Rows) =>
  statement(
    () => sql`
    insert into event (id, home, away, kickoff, competition_id, closed_at, epoch, seq)
    select id, home, away, kickoff, competition_id, closed_at, epoch, seq
    from jsonb_to_recordset(${json(events.map((row) => ({ ...row, kickoff: instant(row.kickoff), closed_at: instant(row.closed_at) })))}::text::jsonb)
      as r(id text, home text, away text, kickoff timestamptz, competition_id text, closed_at timestamptz, epoch bigint, seq bigint)
    on conflict (id) do update set home = excluded.home, away = excluded.away, kickoff = excluded.kickoff,
      competition_id = excluded.competition_id, closed_at = excluded.closed_at, epoch = excluded.epoch, seq = excluded.seq
    where (event.epoch, event.seq) < (excluded.epoch, excluded.seq)`
  )

const storeBookmakers = (sql: Transaction, { bookmakers }: Rows) =>
  statement(
    () => sql`
    insert into bookmaker (id, name, country, ours, state, since, reason_code, reason_text, reason_until, epoch, seq)
    select id, id, '', false, state, since, reason_code, reason_text, reason_until, epoch, seq
    from jsonb_to_recordset(${json(bookmakers.map(timed))}::text::jsonb)
      as r(id text, state text, since timestamptz, reason_code text, reason_text text, reason_until timestamptz, epoch bigint, seq bigint)
    on conflict (id) do update set state = excluded.state, since = excluded.since, reason_code = excluded.reason_code,
      reason_text = excluded.reason_text, reason_until = excluded.reason_until, epoch = excluded.epoch, seq = excluded.seq
    where (bookmaker.epoch, bookmaker.seq) < (excluded.epoch, excluded.seq)`
  )

const storeListings = Effect.fnUntraced(function* (
  sql: Transaction,
  listings: readonly ListingRow[],
  history: HistoryWay
) {
  yield* history.listings(sql, listings)
  yield* statement(
    () => sql`
    insert into event_listing (event_id, bookmaker_id, phase, bookmaker_event_id, state, since, reason_code, reason_text,
      reason_until, mapped_count, unmapped, epoch, seq)
    select * from jsonb_to_recordset(${json(newestListings(listings).map(timed))}::text::jsonb)
      as r(event_id text, bookmaker_id text, phase text, bookmaker_event_id text, state text, since timestamptz, reason_code text,
        reason_text text, reason_until timestamptz, mapped_count integer, unmapped jsonb, epoch bigint, seq bigint)
    on conflict (event_id, bookmaker_id, phase) do update set bookmaker_event_id = excluded.bookmaker_event_id,
      state = excluded.state, since = excluded.since, reason_code = excluded.reason_code, reason_text = excluded.reason_text,
      reason_until = excluded.reason_until, mapped_count = excluded.mapped_count, unmapped = excluded.unmapped,
      epoch = excluded.epoch, seq = excluded.seq
    where (event_listing.epoch, event_listing.seq) < (excluded.epoch, excluded.seq)`
  )
})

const storeMarkets = Effect.fnUntraced(function* (
  sql: Transaction,
  markets: readonly MarketRow[],
  history: HistoryWay
) {
  yield* history.markets(sql, markets)
  const [first, last] = [markets[0], markets.at(-1)]
  if (first === undefined || last === undefined) return
  yield* statement(
    () => sql`
    insert into market_current (event_id, bookmaker_id, phase, market, line, layout_id, milli, previous, states, state, since,
      reason_code, reason_text, reason_until, changed_at, at, published_at, run_id, epoch, seq, position)
    select distinct on (event_id, bookmaker_id, phase, market, line)
      event_id, bookmaker_id, phase, market, line, layout_id, milli, previous, states, state, since,
      reason_code, reason_text, reason_until, changed_at, at, published_at, run_id, epoch, seq, position
    from market_history
    where day = any(${[...new Set(markets.map((row) => dayOf(row.at)))]}::text[]::date[]) and epoch = ${first.epoch}
      and (seq, position) >= (${first.seq}, ${first.position}) and (seq, position) <= (${last.seq}, ${last.position})
    order by event_id, bookmaker_id, phase, market, line, seq desc, position desc
    on conflict (event_id, bookmaker_id, phase, market, line) do update set layout_id = excluded.layout_id,
      milli = excluded.milli, previous = excluded.previous, states = excluded.states, state = excluded.state,
      since = excluded.since, reason_code = excluded.reason_code, reason_text = excluded.reason_text,
      reason_until = excluded.reason_until, changed_at = excluded.changed_at, at = excluded.at,
      published_at = excluded.published_at, run_id = excluded.run_id, epoch = excluded.epoch, seq = excluded.seq,
      position = excluded.position
    where (market_current.epoch, market_current.seq, market_current.position) < (excluded.epoch, excluded.seq, excluded.position)`
  )
})

/** The open span of a listing grows while its next check comes in time; otherwise a new one begins. */
const storeChecks = Effect.fnUntraced(function* (sql: Transaction, checks: readonly CheckRow[]) {
  const rows = json(checks.map((row) => ({ ...row, from_at: instant(row.from_at), to_at: instant(row.to_at) })))
  yield* statement(
    () => sql`
    insert into check_span (event_id, bookmaker_id, phase, from_at, to_at, checks)
    select r.event_id, r.bookmaker_id, r.phase, coalesce(open.from_at, r.from_at), r.to_at, r.checks
    from jsonb_to_recordset(${rows}::text::jsonb)
      as r(event_id text, bookmaker_id text, phase text, from_at timestamptz, to_at timestamptz, checks integer, reach bigint)
    left join lateral (
      select s.from_at from check_span s
      where s.event_id = r.event_id and s.bookmaker_id = r.bookmaker_id and s.phase = r.phase
        and s.from_at <= r.from_at and s.to_at >= r.from_at - r.reach * interval '1 millisecond'
      order by s.from_at desc limit 1
    ) open on true
    on conflict (event_id, bookmaker_id, phase, from_at) do update
      set to_at = greatest(check_span.to_at, excluded.to_at), checks = check_span.checks + excluded.checks`
  )
  yield* statement(
    () => sql`
    update event_listing l set confirmed_at = greatest(l.confirmed_at, r.to_at)
    from jsonb_to_recordset(${rows}::text::jsonb) as r(event_id text, bookmaker_id text, phase text, to_at timestamptz)
    where l.event_id = r.event_id and l.bookmaker_id = r.bookmaker_id and l.phase = r.phase`
  )
})

/** A statement may touch a row once: the spans of one listing go one after another. */
const waves = (checks: readonly CheckRow[]): readonly (readonly CheckRow[])[] => {
  const counts = new Map<string, number>()
  const all: CheckRow[][] = []
  for (const row of checks) {
    const key = `${row.event_id}/${row.bookmaker_id}/${row.phase}`
    const wave = counts.get(key) ?? 0
    counts.set(key, wave + 1)
    ;(all[wave] ??= []).push(row)
  }
  return all
}

const timed = <R extends { readonly since: number; readonly reason_until: number | null }>(row: R) => ({
  ...row,
  since: instant(row.since),
  reason_until: instant(row.reason_until)
})

// Sent as text and cast there: the driver would otherwise encode a string parameter of type jsonb once more.
const json = (value: unknown): string => JSON.stringify(value)
