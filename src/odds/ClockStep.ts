/**
 * When the host's clock is set, ages stay: the times at which listings were seen, and outages began, move with it.
 *
 * Without that a clock set forward makes everything stale at once, and one set back keeps listings fresh, and unfetched,
 * until it has caught up. Both kinds move, because what was seen in an outage is told from what was seen before it by
 * comparing them. Times in records stay as they were told.
 */
import type { Snapshot } from "../domain/Snapshot.ts"
import type { OddsBook } from "./OddsBook.ts"
import type { Head } from "./Step.ts"
import { setBook } from "./Table.ts"
import type { Sighting, Table } from "./Table.ts"

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

/**
 * The snapshot by the clock as it stands: an answer that came before the last step and is told behind it has the time
 * of the other clock, by which it is the nearer to now. Nothing was seen later than now.
 */
export const datedBy = (snapshot: Snapshot, now: number, last: ClockStep | undefined): Snapshot => {
  const { observedAt } = snapshot
  const isRecent = last !== undefined && now - last.now < LONGEST_WAY_MS
  const moved = observedAt + (isRecent ? last.by : 0)
  const nearer = Math.abs(now - moved) < Math.abs(now - observedAt) ? moved : observedAt
  const by = (nearer > now + LEAST_STEP_MS ? now : nearer) - observedAt
  return by === 0 ? snapshot : { ...snapshot, ...movedSight(snapshot, by) }
}

/** More than lies between the body of an answer and its being told. */
const LONGEST_WAY_MS = 10_000

const LEAST_STEP_MS = 2_000

/** Moves all: the owner of a table hears of a step behind what was told before it, and before what is told since. */
export const moveTimes = (table: Table, { by }: ClockStep): void => {
  for (const { books } of table.events.values()) {
    for (const book of books.values()) setBook(table, movedBook(book, by))
  }
  for (const [id, standing] of table.bookmakers) table.bookmakers.set(id, { ...standing, since: standing.since + by })
}

/** The same for the actor, with the sightings that wait for its next tick. */
export const moveHead = ({ seen, table }: Head, step: ClockStep): void => {
  moveTimes(table, step)
  for (const sightings of seen.values()) {
    for (const [id, sighting] of sightings) sightings.set(id, { ...sighting, ...movedSight(sighting, step.by) })
  }
}

const movedSight = ({ observedAt, requestedAt }: Pick<Sighting, "observedAt" | "requestedAt">, by: number) => ({
  observedAt: observedAt + by,
  requestedAt: requestedAt + by
})

const movedBook = (book: OddsBook, by: number): OddsBook => {
  const later = (at: number | undefined) => (at === undefined ? undefined : at + by)
  return {
    ...book,
    confirmedAt: later(book.confirmedAt),
    requestedAt: later(book.requestedAt),
    observedAt: later(book.observedAt)
  }
}
