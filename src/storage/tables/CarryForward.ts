/**
 * What the days that are dropped leave behind: of every event that is still kept, the newest row of each key.
 *
 * An instant is folded from the newest row at or before it, and for what had not changed for long that row lies in a day
 * that goes. It is moved into the first day that is kept, under its own number and time, so no read has to know of it.
 */
import { statement } from "../connection/Statement.ts"
import type { Transaction } from "../connection/Statement.ts"

export interface HistoryTable {
  readonly name: string
  /** What a row of it tells whole. */
  readonly key: string
}

/**
 * `oldest` is the first day that is kept; whatever is left in the days before it is needed no more. Done twice it moves
 * nothing, as what was carried is the newest from before that day.
 */
export const carryForward = (sql: Transaction, { key, name }: HistoryTable, oldest: string) =>
  // Names cannot be parameters; these are our own. `distinct on` takes two keys without a line for one.
  statement(() =>
    sql.unsafe(
      `update ${name} h set day = $1::text::date
      from (
        select distinct on (${key}) day, epoch, seq, position from ${name} r
        where day <= $1::text::date and at < $1::text::timestamptz and exists (
          select from event e where e.id = r.event_id and (e.closed_at is null or e.closed_at >= $1::text::date))
        order by ${key}, epoch desc, seq desc, position desc
      ) newest
      where h.day < $1::text::date and (h.day, h.epoch, h.seq, h.position) = (newest.day, newest.epoch, newest.seq, newest.position)`,
      [oldest]
    )
  )
