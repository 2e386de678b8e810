/**
 * What a journal tells of markets that an earlier one has told, or that it has told itself and lost: no change where it is
 * the value told last.
 *
 * A process that lost its journal or the end of it shows what it sees as soon as it sees it, and Postgres may be away for
 * long: until it knows what was stored, that looks new. So it is the server that compares, and history has no equal
 * neighbours.
 */
import { Effect } from "effect"
import { statement } from "../connection/Statement.ts"
import type { Sql } from "../connection/Statement.ts"
import type { HistoryWay } from "./HistoryWay.ts"
import { daysOf } from "./StoreMarkets.ts"

/** Whether an open event still has a newest value of an earlier journal; a look through the whole board where none has. */
export const hasEarlier = (sql: Sql, epoch: number): PromiseLike<boolean> =>
  sql<{ found: boolean }[]>`
    select exists (
      select from market_current
      where event_id = any(array(select id from event where closed_at is null)) and epoch < ${epoch}) as found`.then(
    ([row]) => row?.found === true
  )

/** The same way, but that the first row of a market is taken back where it repeats the value before it. */
export const withoutRepeats = ({ listings, markets }: HistoryWay): HistoryWay => ({
  listings,
  markets: Effect.fnUntraced(function* (sql, rows) {
    yield* markets(sql, rows)
    const [first, last] = [rows[0], rows.at(-1)]
    if (first === undefined || last === undefined) return
    // It is the newest value all the same, in every column, as that of a market told again after a gap.
    yield* statement(
      () => sql`
      with told as (
        select distinct on (event_id, bookmaker_id, phase, market, line) *
        from market_history
        where day = any(${daysOf(rows)}::text[]::date[]) and epoch = ${first.epoch}
          and (seq, position) >= (${first.seq}, ${first.position}) and (seq, position) <= (${last.seq}, ${last.position})
        order by event_id, bookmaker_id, phase, market, line, seq, position
      ), repeated as (
        update market_current c set previous = told.previous, since = told.since, reason_code = told.reason_code,
          reason_text = told.reason_text, reason_until = told.reason_until, changed_at = told.changed_at, at = told.at,
          published_at = told.published_at, run_id = told.run_id, epoch = told.epoch, seq = told.seq,
          position = told.position
        from told
        where c.event_id = told.event_id and c.bookmaker_id = told.bookmaker_id and c.phase = told.phase
          and c.market = told.market and c.line is not distinct from told.line
          and (c.epoch, c.seq) < (told.epoch, told.seq)
          and (c.layout_id, c.milli, c.states, c.state) = (told.layout_id, told.milli, told.states, told.state)
        returning told.day, told.epoch, told.seq, told.position
      )
      delete from market_history h using repeated r
      where h.day = r.day and h.epoch = r.epoch and h.seq = r.seq and h.position = r.position`
    )
  })
})
