/**
 * Where a client stands that comes with a cursor: resumable from there, or in need of a snapshot for one reason.
 */
import type { Told } from "../../broadcast/Group.ts"
import type { Position } from "../../domain/Record.ts"
import { parseCursor } from "../arguments/Cursor.ts"
import type { OddsFilter } from "../arguments/Filter.ts"
import type { SnapshotReason } from "./OddsMessage.ts"

export type Standing =
  | { readonly _tag: "Resumable"; readonly at: Told }
  | { readonly _tag: "Lost"; readonly reason: SnapshotReason }

/**
 * The journal can replay what follows `floor`; nothing above `mark` was ever shown. Who still waits for
 * confirmations goes on from before them: what is then told twice is told as it is now.
 */
export const standingOf = (after: string, filter: OddsFilter, mark: Position, floor: number): Standing => {
  const cursor = parseCursor(after)
  if (cursor === undefined) return lost("INVALID_CURSOR")
  if (cursor.epoch !== mark.epoch) return lost(cursor.epoch > mark.epoch ? "INVALID_CURSOR" : "EPOCH_CHANGED")
  if (cursor.seq > mark.seq) return lost("INVALID_CURSOR")
  if (cursor.filter !== "" && cursor.filter !== filter.part) return lost("FILTER_CHANGED")
  // It left in the middle of a snapshot, so it has no base yet.
  if (cursor.page !== undefined) return lost("FIRST")
  const confirmedTo = cursor.seq - cursor.unconfirmed
  return confirmedTo < floor
    ? lost("TOO_OLD")
    : { _tag: "Resumable", at: { epoch: cursor.epoch, seq: cursor.seq, confirmedTo } }
}

const lost = (reason: SnapshotReason): Standing => ({ _tag: "Lost", reason })
