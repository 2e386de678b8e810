/**
 * What is not kept by days and has passed retention as well: how bookmakers stood, check spans, runs, and everything of
 * events that were closed by then.
 *
 * The newest value of a market outlives the history of its changes for as long as its event lives, and the retention
 * after it; without an end the table of newest values would be the one that fills the disk.
 */
import { Effect } from "effect"
import type { Database } from "../Database.ts"

/** `oldest` is the first day that is kept. */
export const forgetPassed = Effect.fn("Storage.forgetPassed")(function* (
  database: Database["Service"],
  oldest: string
) {
  yield* database.query(
    (sql) => sql`
    with gone as (delete from scrape_run where ended_at < ${oldest}::text::date returning id)
    delete from scrape_failure f using gone where f.run_id = gone.id`
  )
  yield* database.query(
    (sql) => sql`
    with gone as (delete from event where closed_at < ${oldest}::text::date returning id),
      markets as (delete from market_current m using gone where m.event_id = gone.id)
    delete from event_listing l using gone where l.event_id = gone.id`
  )
  yield* database.query(
    (sql) => sql`
    delete from bookmaker_history h where at < ${oldest}::text::date and exists (
      select from bookmaker_history later where later.bookmaker_id = h.bookmaker_id
        and (later.epoch, later.seq, later.position) > (h.epoch, h.seq, h.position)
        and later.at <= ${oldest}::text::timestamptz)`
  )
  // The last look before the first day tells how old was what is shown in it.
  yield* database.query(
    (sql) => sql`
    delete from check_span s where to_at < ${oldest}::text::date and (
      markets <> '{}' or not exists (select from event e where e.id = s.event_id)
      or exists (
        select from check_span later
        where (later.event_id, later.bookmaker_id, later.phase, later.markets)
            = (s.event_id, s.bookmaker_id, s.phase, s.markets)
          and later.from_at > s.from_at and later.from_at <= ${oldest}::text::timestamptz))`
  )
})
