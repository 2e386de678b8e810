/**
 * An event that has left memory and is back, as after a postponement, begins anew there: with no listing and no market.
 *
 * So what stood of it leaves the tables of newest values, and its history says so: a row without outcomes for each market,
 * and a withdrawn one for each listing.
 */
import { statement } from "../connection/Statement.ts"
import type { Transaction } from "../connection/Statement.ts"
import { instant } from "./Instant.ts"
import type { EventRow } from "./Rows.ts"

/** Before these events are stored, because the table of events still tells which of them had left. */
export const dropEarlierLives = (sql: Transaction, open: readonly EventRow[]) =>
  statement(
    () => sql`
    with back as (
      select told.* from jsonb_to_recordset(${JSON.stringify(open.map(lifeFields))}::text::jsonb)
        as told(epoch bigint, seq bigint, position integer, at timestamptz, id text)
      join event e on e.id = told.id
      where e.closed_at is not null and (e.epoch, e.seq) < (told.epoch, told.seq)
    ), listings as (
      delete from event_listing l using back
      where l.event_id = back.id and (l.epoch, l.seq) < (back.epoch, back.seq)
      returning l.event_id, l.bookmaker_id, l.phase, l.bookmaker_event_id, back.epoch, back.seq, back.position, back.at
    ), unlisted as (
      insert into listing_history (day, epoch, seq, position, at, event_id, bookmaker_id, phase, bookmaker_event_id, state,
        since, mapped_count, unmapped)
      select (at at time zone 'UTC')::date, epoch, seq,
        position - 1 + row_number() over (partition by event_id order by bookmaker_id, phase), at, event_id, bookmaker_id,
        phase, bookmaker_event_id, 'WITHDRAWN', at, 0, '[]' from listings
    ), markets as (
      delete from market_current c using back
      where c.event_id = back.id and (c.epoch, c.seq) < (back.epoch, back.seq)
      returning c.event_id, c.bookmaker_id, c.phase, c.market, c.line, c.layout_id, back.epoch, back.seq, back.position,
        back.at
    )
    insert into market_history (day, epoch, seq, position, at, event_id, bookmaker_id, phase, market, line, layout_id, milli,
      previous, states, state, since, changed_at)
    select (at at time zone 'UTC')::date, epoch, seq,
      position - 1 + row_number() over (partition by event_id order by bookmaker_id, phase, market, line), at, event_id,
      bookmaker_id, phase, market, line, layout_id, '{}', '{}', '', 'WITHDRAWN', at, at from markets`
  )

const lifeFields = ({ at, epoch, id, position, seq }: EventRow) => ({ epoch, seq, position, at: instant(at), id })
