/**
 * The server's time, from the times its messages carry and a local clock that never steps.
 *
 * A message is always older than the moment it arrives, so of several readings the one furthest ahead is the
 * truest: what is left of error is the shortest way a message took. The local date is never asked.
 */

export interface ServerClock {
  /** A message of this server time (ISO) has arrived. */
  readonly heard: (serverTime: string) => void
  /** Forgets all readings: another server may answer, and a local clock may have slept. */
  readonly reset: () => void
  /** The server's time now, in ms since 1970; undefined before the first reading. */
  readonly now: () => number | undefined
}

export const makeServerClock = (local: () => number): ServerClock => {
  let offset: number | undefined
  let next: number | undefined
  let turnAt = 0
  return {
    heard: (serverTime) => {
      const at = local()
      const reading = Date.parse(serverTime) - at
      if (Number.isNaN(reading)) return
      if (at >= turnAt) {
        // Two windows overlap, so that a clock corrected backwards is followed within one and none is without readings.
        offset = next ?? reading
        next = undefined
        turnAt = at + WINDOW_MS
      }
      offset = Math.max(offset ?? reading, reading)
      next = Math.max(next ?? reading, reading)
    },
    reset: () => {
      offset = next = undefined
      turnAt = 0
    },
    now: () => (offset === undefined ? undefined : local() + offset)
  }
}

const WINDOW_MS = 60_000
