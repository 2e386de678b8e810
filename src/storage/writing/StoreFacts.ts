/** Writes what is known of competitions, events, bookmakers and listings, and the gaps: small rows, sent as one JSON per table. */
import { Effect } from "effect"
import { statement } from "../connection/Statement.ts"
import type { Sql, Transaction } from "../connection/Statement.ts"
import type { HistoryWay } from "./HistoryWay.ts"
import { instant } from "./Instant.ts"
import type { BookmakerRow, CompetitionRow, EventRow, GapRow, ListingRow } from "./Rows.ts"
import { newestById, newestListings } from "./WriteBatch.ts"

export const storeCompetitions = (sql: Transaction, competitions: readonly CompetitionRow[]) =>
  statement(
    () => sql`
    insert into competition (id, name, country_code, country_name, epoch, seq)
    select * from jsonb_to_recordset(${json(competitions)}::text::jsonb)
      as r(id text, name text, country_code text, country_name text, epoch bigint, seq bigint)
    on conflict (id) do update set name = excluded.name, country_code = excluded.country_code,
      country_name = excluded.country_name, epoch = excluded.epoch, seq = excluded.seq
    where (competition.epoch, competition.seq) < (excluded.epoch, excluded.seq)`
  )

export const storeEvents = Effect.fnUntraced(function* (sql: Transaction, events: readonly EventRow[]) {
  yield* statement(
    () => sql`
    insert into event_history (day, epoch, seq, position, at, event_id, home, away, kickoff, competition_id, closed_at)
    select (at at time zone 'UTC')::date, epoch, seq, position, at, id, home, away, kickoff, competition_id, closed_at
    from jsonb_to_recordset(${json(events.map(eventFields))}::text::jsonb)
      as r(epoch bigint, seq bigint, position integer, at timestamptz, id text, home text, away text, kickoff timestamptz,
        competition_id text, closed_at timestamptz)`
  )
  yield* statement(
    () => sql`
    insert into event (id, home, away, kickoff, competition_id, closed_at, at, epoch, seq)
    select id, home, away, kickoff, competition_id, closed_at, at, epoch, seq
    from jsonb_to_recordset(${json(newestById(events).map(eventFields))}::text::jsonb)
      as r(id text, home text, away text, kickoff timestamptz, competition_id text, closed_at timestamptz, at timestamptz,
        epoch bigint, seq bigint)
    on conflict (id) do update set home = excluded.home, away = excluded.away, kickoff = excluded.kickoff,
      competition_id = excluded.competition_id, closed_at = excluded.closed_at, at = excluded.at, epoch = excluded.epoch,
      seq = excluded.seq
    where (event.epoch, event.seq) < (excluded.epoch, excluded.seq)`
  )
})

const eventFields = (row: EventRow) => ({
  ...row,
  at: instant(row.at),
  kickoff: instant(row.kickoff),
  closed_at: instant(row.closed_at)
})

export const storeBookmakers = Effect.fnUntraced(function* (sql: Transaction, bookmakers: readonly BookmakerRow[]) {
  yield* statement(
    () => sql`
    insert into bookmaker_history (epoch, seq, position, at, bookmaker_id, state, since, reason_code, reason_text, reason_until)
    select * from jsonb_to_recordset(${json(bookmakers.map(bookmakerFields))}::text::jsonb)
      as r(epoch bigint, seq bigint, position integer, at timestamptz, id text, state text, since timestamptz, reason_code text,
        reason_text text, reason_until timestamptz)`
  )
  yield* statement(
    () => sql`
    insert into bookmaker (id, name, country, ours, state, since, reason_code, reason_text, reason_until, epoch, seq)
    select id, id, '', false, state, since, reason_code, reason_text, reason_until, epoch, seq
    from jsonb_to_recordset(${json(newestById(bookmakers).map(bookmakerFields))}::text::jsonb)
      as r(id text, state text, since timestamptz, reason_code text, reason_text text, reason_until timestamptz, epoch bigint, seq bigint)
    on conflict (id) do update set state = excluded.state, since = excluded.since, reason_code = excluded.reason_code,
      reason_text = excluded.reason_text, reason_until = excluded.reason_until, epoch = excluded.epoch, seq = excluded.seq
    where (bookmaker.epoch, bookmaker.seq) < (excluded.epoch, excluded.seq)`
  )
})

const bookmakerFields = (row: BookmakerRow) => ({ ...timed(row), at: instant(row.at) })

export const storeListings = Effect.fnUntraced(function* (
  sql: Transaction,
  listings: readonly ListingRow[],
  history: HistoryWay
) {
  yield* history.listings(sql, listings)
  const named = listings.filter((row) => row.bookmaker_competition_id !== null)
  if (named.length > 0) yield* storeCompetitionIds(sql, named)
  const rows = newestListings(listings).map((row) => ({ ...timed(row), at: instant(row.at) }))
  yield* statement(
    () => sql`
    insert into event_listing (event_id, bookmaker_id, phase, bookmaker_event_id, state, since, reason_code, reason_text,
      reason_until, mapped_count, unmapped, at, epoch, seq)
    select * from jsonb_to_recordset(${json(rows)}::text::jsonb)
      as r(event_id text, bookmaker_id text, phase text, bookmaker_event_id text, state text, since timestamptz, reason_code text,
        reason_text text, reason_until timestamptz, mapped_count integer, unmapped jsonb, at timestamptz, epoch bigint, seq bigint)
    on conflict (event_id, bookmaker_id, phase) do update set bookmaker_event_id = excluded.bookmaker_event_id,
      state = excluded.state, since = excluded.since, reason_code = excluded.reason_code, reason_text = excluded.reason_text,
      reason_until = excluded.reason_until, mapped_count = excluded.mapped_count, unmapped = excluded.unmapped,
      at = excluded.at, epoch = excluded.epoch, seq = excluded.seq
    where (event_listing.epoch, event_listing.seq) < (excluded.epoch, excluded.seq)`
  )
})

/** A competition keeps every id that a bookmaker has had for it, under the number of the record that told it first. */
const storeCompetitionIds = (sql: Transaction, listings: readonly ListingRow[]) =>
  statement(
    () => sql`
    insert into competition_listing (competition_id, bookmaker_id, bookmaker_competition_id, epoch, seq)
    select competition_id, bookmaker_id, bookmaker_competition_id, epoch, seq
    from jsonb_to_recordset(${json(listings)}::text::jsonb)
      as r(competition_id text, bookmaker_id text, bookmaker_competition_id text, epoch bigint, seq bigint)
    on conflict do nothing`
  )

/** The journal tells again by itself what such a gap had changed. */
export const storeGap = (sql: Sql, { epoch, from_seq, to_seq, at, reason }: GapRow) =>
  statement(
    () => sql`
    insert into history_gap (epoch, from_seq, to_seq, at, reason, healed_at)
    values (${epoch}, ${from_seq}, ${to_seq}, ${instant(at)}::text::timestamptz, ${reason}, ${instant(at)}::text::timestamptz)
    on conflict (epoch, from_seq) do update set to_seq = greatest(history_gap.to_seq, excluded.to_seq)`
  )

const timed = <R extends { readonly since: number; readonly reason_until: number | null }>(row: R) => ({
  ...row,
  since: instant(row.since),
  reason_until: instant(row.reason_until)
})

// Sent as text and cast there: the driver would otherwise encode a string parameter of type jsonb once more.
const json = (value: unknown): string => JSON.stringify(value)
