/**
 * The instant a change was due, carried as its own `changedAt`: microseconds of the machine's clock, told as if they
 * were milliseconds, so that they pass through every server as an ordinary time and keep their precision.
 */

export const STAMP_KEY = '"changedAt":"'
export const STAMP_LENGTH = 24

/** One clock for all processes of the machine. */
export const nowUs = (): number => Number(process.hrtime.bigint() / 1_000n)

export const stampOf = (us: number): string => new Date(us).toISOString()

export const stampedAt = (stamp: string): number => Date.parse(stamp)
