/**
 * When the host's clock is set, ages stay: the times at which listings were seen, and outages began, move with it.
 *
 * Without that a clock set forward makes everything stale at once, and one set back keeps listings fresh, and unfetched,
 * until it has caught up. Both kinds move, because what was seen in an outage is told from what was seen before it by
 * comparing them. Times in records stay as they were told.
 */
import type { Snapshot } from "../domain/Snapshot.ts"
import type { OddsBook } from "./OddsBook.ts"
import { setBook } from "./Table.ts"
import type { Table } from "./Table.ts"

export interface ClockStep {
  /** Milliseconds, negative when it was set back. */
  readonly by: number
  readonly now: number
}

/**
 * Tells at each look how far the clock was set since the last one; undefined for less than a busy second explains, and
 * for the time for which the host slept, by which everything is older now.
 */
export const makeClockWatch = (slept: () => number) => {
  let sleptBefore = slept()
  let last: { readonly now: number; readonly steady: number } | undefined
  /** `steady` counts milliseconds since the start of the process, which nobody can set. */
  return (now: number, steady: number): ClockStep | undefined => {
    const apart = last === undefined ? 0 : now - last.now - (steady - last.steady)
    last = { now, steady }
    if (Math.abs(apart) < LEAST_STEP_MS) return undefined
    // Asked for only now, since the kernel takes longer to answer than a look may.
    const asleep = slept() - sleptBefore
    const wasAsleep = asleep >= LEAST_STEP_MS
    if (wasAsleep) sleptBefore += asleep
    const by = wasAsleep ? apart - asleep : apart
    return Math.abs(by) < LEAST_STEP_MS ? undefined : { by, now }
  }
}

/** Nothing was seen later than now: what says so was fetched before the clock was set back. */
export const seenBy = (snapshot: Snapshot, now: number): Snapshot =>
  snapshot.observedAt <= now + LEAST_STEP_MS
    ? snapshot
    : { ...snapshot, observedAt: now, requestedAt: Math.min(snapshot.requestedAt, now) }

/** What was seen since the clock was set has its time by the new clock: a tick is a second, and no step is shorter. */
const NEW_TIMES_MS = 5_000

const LEAST_STEP_MS = 2_000

export const moveTimes = (table: Table, { by, now }: ClockStep): void => {
  for (const { books } of table.events.values()) {
    for (const book of books.values()) {
      if (!isNew(book.observedAt, now)) setBook(table, moved(book, by))
    }
  }
  for (const [id, standing] of table.bookmakers) {
    if (!isNew(standing.since, now)) table.bookmakers.set(id, { ...standing, since: standing.since + by })
  }
}

/** What was seen while the step waited for its turn lies a little behind it. */
const isNew = (at: number | undefined, now: number): boolean =>
  at !== undefined && at <= now + LEAST_STEP_MS && at > now - NEW_TIMES_MS

const moved = (book: OddsBook, by: number): OddsBook => {
  const later = (at: number | undefined) => (at === undefined ? undefined : at + by)
  return {
    ...book,
    confirmedAt: later(book.confirmedAt),
    requestedAt: later(book.requestedAt),
    observedAt: later(book.observedAt)
  }
}
