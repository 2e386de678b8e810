/**
 * How far this journal has been stored: one row, moved by the same transaction that stores the records.
 *
 * Whether a commit with a lost answer took place is settled by reading it. It names its owner, so that two
 * processes cannot both drain into one database. A mark below the journal's floor means that the database was emptied or
 * is an older copy: what lies between is in no journal any more, and is written down as a gap.
 */
import { Data, Effect } from "effect"
import { StorageUnavailable } from "../../domain/StorageUnavailable.ts"
import type { Position } from "../../domain/Record.ts"
import { statement } from "../connection/Statement.ts"
import type { Sql, Transaction } from "../connection/Statement.ts"

/** Someone else moved the mark, or a commit that seemed lost took place: read it and go on from there. */
export class MarkMoved extends Data.TaggedError("MarkMoved")<{}> {}

export interface Claimed {
  /** Where to go on. */
  readonly seq: number
  /** Numbers that are in no journal and not in this history either; what they changed has not been told again yet. */
  readonly missing: { readonly from: number; readonly to: number } | undefined
  /** There was no mark: this database has never been drained into, or was emptied. */
  readonly isNew: boolean
}

/** Takes the mark over; a journal of a newer epoch begins at 0, and none below its floor. */
export const claim = Effect.fnUntraced(function* (sql: Transaction, epoch: number, floor: number, owner: string) {
  const [mark] = yield* statement(() => sql<Position[]>`select epoch, seq from drain_mark for update`)
  if (mark !== undefined && mark.epoch > epoch) {
    return yield* new StorageUnavailable({
      message: `Postgres holds history of a newer journal (${mark.epoch}) than this one (${epoch}); start with the newer DATA_DIR, or use another database.`
    })
  }
  const stood = mark?.epoch === epoch ? mark.seq : 0
  const seq = Math.max(stood, floor)
  if (seq > stood) {
    yield* statement(
      () => sql`
      insert into history_gap (epoch, from_seq, to_seq, at, reason) values (${epoch}, ${stood + 1}, ${seq}, now(), ${REASON})
      on conflict (epoch, from_seq) do update set to_seq = excluded.to_seq, healed_at = null`
    )
  }
  yield* statement(
    () => sql`
    insert into drain_mark (epoch, seq, owner) values (${epoch}, ${seq}, ${owner})
    on conflict (single) do update set epoch = ${epoch}, seq = ${seq}, owner = ${owner}, at = now()`
  )
  const claimed: Claimed = { seq, missing: yield* openGap(sql, epoch), isNew: mark === undefined }
  return claimed
})

const REASON = "Postgres was emptied, or is an older copy: the journal no longer has these."

/** From the first to the last number of all that has not been made up for, also by an earlier process. */
const openGap = Effect.fnUntraced(function* (sql: Sql, epoch: number) {
  const [gap] = yield* statement(
    () => sql<{ from: number | null; to: number | null }[]>`
    select min(from_seq) as from, max(to_seq) as to from history_gap where epoch = ${epoch} and healed_at is null`
  )
  return gap === undefined || gap.from === null || gap.to === null ? undefined : { from: gap.from, to: gap.to }
})

/** What was missing has been told again. */
export const healGaps = (sql: Sql, epoch: number, to: number) =>
  statement(
    () => sql`
    update history_gap set healed_at = now() where epoch = ${epoch} and to_seq <= ${to} and healed_at is null`
  )

/** Where the mark stands, as long as it is ours; undefined when it is gone. */
export const readMark = Effect.fnUntraced(function* (sql: Sql, epoch: number, owner: string) {
  const [mark] = yield* statement(() => sql<(Position & { owner: string })[]>`select epoch, seq, owner from drain_mark`)
  if (mark !== undefined && (mark.owner !== owner || mark.epoch !== epoch)) {
    return yield* new StorageUnavailable({
      message: "Another process stores its journal in this database; stop one of them."
    })
  }
  return mark?.seq
})

export const advance = Effect.fnUntraced(function* (sql: Sql, epoch: number, from: number, to: number, owner: string) {
  const moved = yield* statement(
    () => sql`
    update drain_mark set seq = ${to}, at = now() where epoch = ${epoch} and seq = ${from} and owner = ${owner}`
  )
  if (moved.count === 0) return yield* new MarkMoved()
})
