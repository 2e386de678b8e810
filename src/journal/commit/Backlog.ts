/**
 * What has been numbered and not yet committed: the journal's mailbox, oldest first.
 *
 * Full at 1,000 records or 8 MB, so that a slow disk makes the books wait and conflate instead of filling
 * memory. Plain state with one owner; the time of waiting is the journal's affair.
 */
import type { Deferred } from "effect"
import type { Committed, Entry, Image } from "../Journal.ts"
import { encodeText } from "../RecordCodec.ts"

/** The entries of one append. */
export interface Unit {
  readonly first: number
  readonly last: number
  /** Text until they are committed, because bytes would lie outside the JavaScript heap, one allocation each. */
  readonly records: readonly string[]
  readonly images: readonly Image[]
  readonly bytes: number
  readonly committed: Deferred.Deferred<Committed>
}

export interface Backlog {
  /** An empty backlog takes any unit, however large: it could never fit otherwise. */
  readonly hasRoomFor: (unit: Encoded) => boolean
  readonly push: (unit: Unit) => void
  /** Everything that waits. It stays in the backlog until `settle`: a commit that dies is tried again. */
  readonly waiting: () => readonly Unit[]
  readonly settle: (units: number) => void
  readonly records: () => number
  readonly bytes: () => number
}

export const MOST_RECORDS = 1_000
export const MOST_BYTES = 8 * 1024 * 1024

export interface Encoded {
  readonly records: readonly string[]
  readonly images: readonly Image[]
  readonly bytes: number
}

export const encodeEntries = (entries: readonly Entry[]): Encoded => {
  const records = entries.map((entry) => encodeText(entry.record))
  const images = entries.flatMap((entry) => entry.image ?? [])
  const bytes =
    records.reduce((sum, record) => sum + record.length, 0) + images.reduce((sum, image) => sum + image.bytes.length, 0)
  return { records, images, bytes }
}

export const makeBacklog = (): Backlog => {
  const units: Unit[] = []
  let records = 0
  let bytes = 0
  return {
    hasRoomFor: (unit) =>
      units.length === 0 || (records + unit.records.length <= MOST_RECORDS && bytes + unit.bytes <= MOST_BYTES),
    push: (unit) => {
      units.push(unit)
      records += unit.records.length
      bytes += unit.bytes
    },
    waiting: () => units,
    settle: (count) => {
      for (const unit of units.splice(0, count)) {
        records -= unit.records.length
        bytes -= unit.bytes
      }
    },
    records: () => records,
    bytes: () => bytes
  }
}
