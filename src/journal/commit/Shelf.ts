/**
 * What lies on the journal's disk, as far as its door needs to know: up to where, from where on, how much.
 *
 * Plain state with one owner, told by commits that have returned.
 */
import type { Commit, Opened, Segment } from "../thread/ThreadMessages.ts"
import { expired } from "./Retention.ts"

export interface Shelf {
  readonly stored: (commit: Commit) => void
  /** A commit that was given up may have ended since. */
  readonly reachesTo: (last: number) => void
  /** The number up to which the next commit may delete; 0 where it is not time to look. */
  readonly nextFloor: (now: number) => number
  readonly release: (upTo: number) => void
  readonly floor: () => number
  readonly last: () => number
  readonly released: () => number
  readonly commits: () => number
  readonly records: () => number
  readonly bytes: () => number
}

export const makeShelf = (opened: Opened, keepMs: number): Shelf => {
  const segments: Segment[] = [...opened.segments]
  let { floor, last } = opened
  let released = 0
  let commits = 0
  let trimmedAt = 0
  const total = (of: (segment: Segment) => number): number => segments.reduce((sum, segment) => sum + of(segment), 0)
  return {
    stored: ({ at, floor: deleted, records, seqs }) => {
      commits += 1
      const end = seqs.at(-1)
      if (end !== undefined) {
        last = end
        // By their sizes: the bytes themselves have been handed over.
        segments.push({ last, at, records: seqs.length, bytes: records.sizes.reduce((sum, size) => sum + size, 0) })
      }
      floor = Math.max(floor, deleted)
      while ((segments[0]?.last ?? Infinity) <= floor) segments.shift()
    },
    reachesTo: (end) => {
      last = end
    },
    nextFloor: (now) => {
      // A clock that was set back is a reason to look, not to wait.
      if (now >= trimmedAt && now - trimmedAt < TRIM_EVERY_MS) return 0
      trimmedAt = now
      return segments[expired(segments, released, now, keepMs) - 1]?.last ?? 0
    },
    release: (upTo) => {
      // Less than before where Postgres was emptied meanwhile, or is an older copy.
      released = upTo
    },
    floor: () => floor,
    last: () => last,
    released: () => released,
    commits: () => commits,
    records: () => total((segment) => segment.records),
    bytes: () => total((segment) => segment.bytes)
  }
}

const TRIM_EVERY_MS = 1_000
