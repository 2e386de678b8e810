/** A history of many rows under the schema of an earlier version, and somebody who reads it all the time. */
import { setTimeout as pause } from "node:timers/promises"
import type { Stored } from "../../../test/support/stored.ts"

/** Before the bounds of rows, so that each row has to be looked at. */
export const OLD_VERSION = 3

export const fill = async (sql: Stored, rows: number): Promise<void> => {
  await sql`insert into market_layout (market, outcome_keys) values ('1x2_ft', '{home,draw,away}')`
  for (let from = 0; from < rows; from += AT_ONCE) {
    await sql`
      insert into market_history (day, epoch, seq, position, at, event_id, bookmaker_id, phase, market, layout_id, milli,
        previous, states, state, since, changed_at)
      select '2026-01-01', 1, seq, 0, '2026-01-01'::timestamptz + seq * interval '1 millisecond', (seq % ${EVENTS})::text,
        'betpawa-ng', 'PREMATCH', '1x2_ft', 1, '{1500,4100,6000}', '{1510,4000,5900}', 'OOO', 'CONFIRMED', '2026-01-01',
        '2026-01-01'
      from generate_series(${from}::bigint, ${Math.min(rows, from + AT_ONCE) - 1}::bigint) as seq`
  }
  await sql`
    insert into bookmaker (id, name, country, ours, state, since)
    values ('betpawa-ng', 'BetPawa', 'NG', true, 'CONFIRMED', '2026-01-01')`
}

const AT_ONCE = 200_000
const EVENTS = 5_000

export interface Reader {
  readonly reads: () => number
  readonly failed: () => number
  /** Of one read, ms. */
  readonly longest: () => number
  readonly stop: () => Promise<void>
}

/** Reads what the history of one event shows, a hundred times a second. */
export const readAllTheTime = (sql: Stored): Reader => {
  let isOver = false
  let reads = 0
  let failed = 0
  let longest = 0
  const loop = async (): Promise<void> => {
    while (!isOver) {
      const began = performance.now()
      await sql`
        select milli, states from market_history where event_id = ${String(reads % EVENTS)} order by at desc limit 50`.catch(
        () => (failed += 1)
      )
      reads += 1
      longest = Math.max(longest, performance.now() - began)
      await pause(10)
    }
  }
  const over = loop()
  return {
    reads: () => reads,
    failed: () => failed,
    longest: () => longest,
    stop: async () => {
      isOver = true
      await over
    }
  }
}
