/**
 * What is not kept by days and has passed retention as well: strays in the default partitions, check spans, runs, and
 * everything of events that were closed by then.
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
  for (const table of ["market_history_default", "listing_history_default", "event_history_default"]) {
    yield* database.query((sql) => sql`delete from ${sql(table)} where day < ${oldest}::text::date`)
  }
  yield* database.query((sql) => sql`delete from check_span where to_at < ${oldest}::text::date`)
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
})
