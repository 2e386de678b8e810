/**
 * Writes when listings were looked at: the open span of a listing grows while its next check comes in time, otherwise a
 * new one begins.
 *
 * A span ends at 60 checks, and the next begins where it ended: a row that grew for days would be rewritten whole at
 * every check.
 */
import { Effect } from "effect"
import { statement } from "../connection/Statement.ts"
import type { Transaction } from "../connection/Statement.ts"
import { instant } from "./Instant.ts"
import type { CheckRow } from "./Rows.ts"

const MOST_TIMES = 60

export const storeChecks = Effect.fnUntraced(function* (sql: Transaction, checks: readonly CheckRow[]) {
  for (const wave of waves(checks)) yield* extend(sql, wave)
  const whole = newestTimes(checks.filter(({ markets }) => markets.length === 0))
  if (whole.length > 0) yield* confirm(sql, whole)
})

/** A check that two batches tell, the last of one and the first of the other, counts once. */
const extend = (sql: Transaction, checks: readonly CheckRow[]) =>
  statement(
    () => sql`
    insert into check_span (event_id, bookmaker_id, phase, markets, from_at, to_at, checks, times)
    select r.event_id, r.bookmaker_id, r.phase, r.markets, coalesce(open.begins, r.times[1]), r.times[cardinality(r.times)],
      cardinality(r.times) - open.known, r.times[1 + open.known:]
    from jsonb_to_recordset(${JSON.stringify(checks.map(fields))}::text::jsonb)
      as r(event_id text, bookmaker_id text, phase text, markets text[], times timestamptz[], reach bigint)
    left join lateral (
      select case when cardinality(s.times) < ${MOST_TIMES} then s.from_at else s.to_at end as begins,
        case when s.to_at = r.times[1] then 1 else 0 end as known
      from check_span s
      where s.event_id = r.event_id and s.bookmaker_id = r.bookmaker_id and s.phase = r.phase and s.markets = r.markets
        and s.from_at <= r.times[1] and s.to_at >= r.times[1] - r.reach * interval '1 millisecond'
      order by s.from_at desc limit 1
    ) found on true
    cross join lateral (select found.begins, coalesce(found.known, 0) as known) open
    where cardinality(r.times) > open.known
    on conflict (event_id, bookmaker_id, phase, markets, from_at) do update
      set to_at = greatest(check_span.to_at, excluded.to_at), checks = check_span.checks + excluded.checks,
        times = check_span.times || excluded.times`
  )

const fields = (row: CheckRow) => ({ ...row, times: row.times.map(instant) })

const confirm = (sql: Transaction, checks: readonly CheckRow[]) =>
  statement(
    () => sql`
    update event_listing l set confirmed_at = greatest(l.confirmed_at, r.at)
    from jsonb_to_recordset(${JSON.stringify(checks.map((row) => ({ ...row, at: instant(row.times.at(-1) ?? null) })))}::text::jsonb)
      as r(event_id text, bookmaker_id text, phase text, at timestamptz)
    where l.event_id = r.event_id and l.bookmaker_id = r.bookmaker_id and l.phase = r.phase`
  )

const newestTimes = (checks: readonly CheckRow[]): readonly CheckRow[] => [
  ...new Map(checks.map((row) => [keyOf(row), row])).values()
]

/** A statement may touch a row once: the spans of one listing go one after another. */
const waves = (checks: readonly CheckRow[]): readonly (readonly CheckRow[])[] => {
  const counts = new Map<string, number>()
  const all: CheckRow[][] = []
  for (const row of checks) {
    const key = keyOf(row)
    const wave = counts.get(key) ?? 0
    counts.set(key, wave + 1)
    ;(all[wave] ??= []).push(row)
  }
  return all
}

const keyOf = ({ bookmaker_id, event_id, markets, phase }: CheckRow): string =>
  `${event_id}/${bookmaker_id}/${phase}/${markets.join()}`
