/**
 * The time in which the journal's disk cannot be written: since when, why, and when to try again.
 *
 * Changes go on with `durable: false`. When the disk is back a GAP record names the numbers that are not on it;
 * the books then write a BASE for each listing they touched. It is noted before the first change is told
 * (`OutageMark.ts`), so that a kill in that time cannot hide it.
 */
import { Effect } from "effect"
import type { GapRecord } from "../../domain/Record.ts"
import type { OutageMark } from "./OutageMark.ts"
import { DiskRefused } from "../thread/JournalThread.ts"

export const COMMIT_TIMEOUT_MS = 5_000
export const PROBE_MS = 1_000

export interface Outage {
  readonly isOn: () => boolean
  readonly since: () => number | undefined
  readonly why: () => string
  /** True once per probe interval. */
  readonly isDue: (now: number) => boolean
  /** `lastGiven` is the newest number so far. */
  readonly begin: (now: number, why: string, lastGiven: number) => Effect.Effect<void>
  /** Sees to it that no later process gives these numbers again, however long this lasts. */
  readonly reserve: (lastGiven: number) => Effect.Effect<void>
  readonly end: Effect.Effect<void>
}

/** More than is numbered between two probes. */
const RESERVED_AHEAD = 100_000

export const makeOutage = (mark: OutageMark): Outage => {
  let since: number | undefined
  let reserved = 0
  let tried = 0
  let why = ""
  const reserve = (lastGiven: number): Effect.Effect<void> =>
    Effect.suspend(() => {
      if (lastGiven + RESERVED_AHEAD <= reserved) return Effect.void
      reserved = lastGiven + 2 * RESERVED_AHEAD
      return mark.reserve(reserved)
    })
  return {
    isOn: () => since !== undefined,
    since: () => since,
    why: () => why,
    isDue: (now) => {
      // A clock that was set back is a reason to try, not to wait.
      if (now >= tried && now - tried < PROBE_MS) return false
      tried = now
      return true
    },
    reserve,
    begin: (now, message, lastGiven) =>
      Effect.suspend(() => {
        tried = now
        why = message
        if (since !== undefined) return Effect.void
        since = now
        return Effect.andThen(
          Effect.logError("The journal's disk is unusable; changes are shown as not durable").pipe(
            Effect.annotateLogs({ why })
          ),
          reserve(lastGiven)
        )
      }),
    end: Effect.suspend(() => {
      since = undefined
      reserved = 0
      return Effect.andThen(Effect.logWarning("The journal's disk is usable again; the gap is recorded"), mark.leave)
    })
  }
}

export const tooSlow = (): DiskRefused =>
  new DiskRefused({ message: `The disk took longer than ${COMMIT_TIMEOUT_MS / 1_000} s for a commit.` })

export const gapRecord = (from: number, to: number, at: number, why: string): GapRecord => ({
  kind: "GAP",
  at,
  from,
  to,
  reason: { code: "OTHER", text: `The journal's disk could not be written: ${why}` }
})
