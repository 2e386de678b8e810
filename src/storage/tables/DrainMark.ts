/**
 * How far this journal has been stored: one row, moved by the same transaction that stores the records.
 *
 * Whether a commit with a lost answer took place is settled by reading it. It names its owner, so that two
 * processes cannot both drain into one database.
 */
import { Data, Effect } from "effect"
import { StorageUnavailable } from "../../domain/StorageUnavailable.ts"
import type { Position } from "../../domain/Record.ts"
import { statement } from "../connection/Statement.ts"
import type { Sql } from "../connection/Statement.ts"

/** Someone else moved the mark, or a commit that seemed lost took place: read it and go on from there. */
export class MarkMoved extends Data.TaggedError("MarkMoved")<{}> {}

/** Takes the mark over; a journal of a newer epoch begins at 0. Answers where to go on. */
export const claim = Effect.fnUntraced(function* (sql: Sql, epoch: number, owner: string) {
  const [mark] = yield* statement(
    () => sql<Position[]>`
    insert into drain_mark (epoch, seq, owner) values (${epoch}, 0, ${owner})
    on conflict (single) do update set owner = ${owner}, at = now(), epoch = greatest(drain_mark.epoch, excluded.epoch),
      seq = case when drain_mark.epoch < excluded.epoch then 0 else drain_mark.seq end
    returning epoch, seq`
  )
  if (mark === undefined || mark.epoch !== epoch) {
    return yield* new StorageUnavailable({
      message: `Postgres holds history of a newer journal (${mark?.epoch}) than this one (${epoch}); start with the newer DATA_DIR, or use another database.`
    })
  }
  return mark
})

/** Where the mark stands, as long as it is ours. */
export const readMark = Effect.fnUntraced(function* (sql: Sql, epoch: number, owner: string) {
  const [mark] = yield* statement(() => sql<(Position & { owner: string })[]>`select epoch, seq, owner from drain_mark`)
  if (mark === undefined || mark.owner !== owner || mark.epoch !== epoch) {
    return yield* new StorageUnavailable({
      message: "Another process stores its journal in this database; stop one of them."
    })
  }
  return mark
})

export const advance = Effect.fnUntraced(function* (sql: Sql, epoch: number, from: number, to: number, owner: string) {
  const moved = yield* statement(
    () => sql`
    update drain_mark set seq = ${to}, at = now() where epoch = ${epoch} and seq = ${from} and owner = ${owner}`
  )
  if (moved.count === 0) return yield* new MarkMoved()
})
