/**
 * Writes markets: each change into history, and the newest of each beside it.
 *
 * The newest value is taken from the history just written, inside the server: the prices cross the wire once. A market
 * that is told again after a gap is the newest value as it is, and a change only where its prices or states differ.
 */
import { Effect } from "effect"
import { statement } from "../connection/Statement.ts"
import type { Transaction } from "../connection/Statement.ts"
import type { MarketLayouts } from "../tables/MarketLayouts.ts"
import { marketsJson } from "./HistoryWay.ts"
import type { HistoryWay } from "./HistoryWay.ts"
import { dayOf, instant } from "./Instant.ts"
import type { MarketRow, WholeRow } from "./Rows.ts"

export const storeMarkets = Effect.fnUntraced(function* (
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
    where day = any(${daysOf(markets)}::text[]::date[]) and epoch = ${first.epoch}
      and (seq, position) >= (${first.seq}, ${first.position}) and (seq, position) <= (${last.seq}, ${last.position})
      -- Ends of earlier lives may lie between them.
      and states <> ''
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

/** Records of one time share their day, so the days are counted by times and not by rows. */
export const daysOf = (markets: readonly MarketRow[]): string[] => [
  ...new Set([...new Set(markets.map(({ at }) => at))].map(dayOf))
]

/**
 * Where price and state are what is known already, history gets no row: it has no equal neighbours. The newest value is
 * taken whole all the same: a market that moved and came back within the gap has another time of change, and what was
 * parked before the gap must not be put back over it. What is known from a newer record stays.
 */
export const storeRebased = (sql: Transaction, rows: readonly MarketRow[], layouts: MarketLayouts) =>
  statement(
    () => sql`
    with told as (
      select * from jsonb_to_recordset(${marketsJson(rows, layouts)}::text::jsonb)
        as r(epoch bigint, seq bigint, position integer, at timestamptz, event_id text, bookmaker_id text, phase text, market text,
          line numeric(7, 2), layout_id integer, milli integer[], previous integer[], states text, state text, since timestamptz,
          reason_code text, reason_text text, reason_until timestamptz, changed_at timestamptz)
    ), newer as (
      select told.*, (c.layout_id, c.milli, c.states, c.state)
        is distinct from (told.layout_id, told.milli, told.states, told.state) as changed
      from told left join market_current c
        on c.event_id = told.event_id and c.bookmaker_id = told.bookmaker_id and c.phase = told.phase
          and c.market = told.market and c.line is not distinct from told.line
      where c.event_id is null or (c.epoch, c.seq, c.position) < (told.epoch, told.seq, told.position)
    ), kept as (
      insert into market_history (day, epoch, seq, position, at, event_id, bookmaker_id, phase, market, line, layout_id, milli,
        previous, states, state, since, reason_code, reason_text, reason_until, changed_at)
      select (at at time zone 'UTC')::date, epoch, seq, position, at, event_id, bookmaker_id, phase, market, line, layout_id,
        milli, previous, states, state, since, reason_code, reason_text, reason_until, changed_at from newer where changed
    )
    insert into market_current (event_id, bookmaker_id, phase, market, line, layout_id, milli, previous, states, state, since,
      reason_code, reason_text, reason_until, changed_at, at, published_at, run_id, epoch, seq, position)
    select event_id, bookmaker_id, phase, market, line, layout_id, milli, previous, states, state, since,
      reason_code, reason_text, reason_until, changed_at, at, null, null, epoch, seq, position from newer
    on conflict (event_id, bookmaker_id, phase, market, line) do update set layout_id = excluded.layout_id,
      milli = excluded.milli, previous = excluded.previous, states = excluded.states, state = excluded.state,
      since = excluded.since, reason_code = excluded.reason_code, reason_text = excluded.reason_text,
      reason_until = excluded.reason_until, changed_at = excluded.changed_at, at = excluded.at,
      published_at = null, run_id = null, epoch = excluded.epoch, seq = excluded.seq, position = excluded.position
    where (market_current.epoch, market_current.seq, market_current.position) < (excluded.epoch, excluded.seq, excluded.position)`
  )

/**
 * Markets that a listing no longer has when it is told whole leave the table of newest values. Their history ends in a
 * row without outcomes, so that a fold of it knows.
 */
export const dropUntold = (sql: Transaction, wholes: readonly WholeRow[]) =>
  statement(
    () => sql`
    with told as (
      select * from jsonb_to_recordset(${JSON.stringify(wholes.map((row) => ({ ...row, at: instant(row.at) })))}::text::jsonb)
        as r(epoch bigint, seq bigint, position integer, at timestamptz, event_id text, bookmaker_id text, phase text, markets jsonb)
    ), dropped as (
      delete from market_current c using told
      where c.event_id = told.event_id and c.bookmaker_id = told.bookmaker_id and c.phase = told.phase
        and (c.epoch, c.seq) < (told.epoch, told.seq)
        and not exists (
          select from jsonb_to_recordset(told.markets) as m(market text, line numeric(7, 2))
          where m.market = c.market and m.line is not distinct from c.line)
      returning c.event_id, c.bookmaker_id, c.phase, c.market, c.line, c.layout_id, told.epoch, told.seq, told.position, told.at
    )
    insert into market_history (day, epoch, seq, position, at, event_id, bookmaker_id, phase, market, line, layout_id, milli,
      previous, states, state, since, changed_at)
    select (at at time zone 'UTC')::date, epoch, seq,
      position - 1 + row_number() over (partition by event_id, bookmaker_id, phase, epoch, seq order by market, line), at, event_id, bookmaker_id,
      phase, market, line, layout_id, '{}', '{}', '', 'WITHDRAWN', at, at from dropped`
  )
