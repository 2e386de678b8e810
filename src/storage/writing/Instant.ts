/**
 * Times as Postgres reads them. A number that is no time becomes a text that Postgres refuses with the row it stands
 * in, instead of an exception that would end the writer.
 */

/** What a JavaScript date can be, in ms around 1970. */
const FURTHEST_MS = 8.64e15

export const isInstant = (ms: number): boolean => Math.abs(ms) <= FURTHEST_MS

export const instant = (ms: number | null): string | null =>
  ms === null ? null : isInstant(ms) ? new Date(ms).toISOString() : `no time: ${ms}`

/** The UTC day a row belongs to: its partition. */
export const dayOf = (ms: number): string => (isInstant(ms) ? new Date(ms).toISOString().slice(0, 10) : `no day: ${ms}`)
