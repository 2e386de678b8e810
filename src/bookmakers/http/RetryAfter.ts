/**
 * Reads `Retry-After`: seconds or an HTTP date, clamped to 1 s – 15 min ahead.
 *
 * Missing or senseless it is half a minute: whoever asks us to slow down should be left alone for a while.
 */

const SHORTEST = 1_000
const LONGEST = 15 * 60_000
const UNSAID = 30_000

/** The instant before which nothing is to be sent. */
export const retryAt = (header: string | readonly string[] | undefined, now: number): number =>
  now + Math.min(LONGEST, Math.max(SHORTEST, waitOf(typeof header === "string" ? header.trim() : "", now)))

const waitOf = (text: string, now: number): number => {
  if (/^-?\d+(?:\.\d+)?(?:e\d+)?$/i.test(text)) return Number(text) * 1_000
  // Date.parse takes almost anything for a date; an HTTP date begins with the name of a day.
  const at = /^(?:mon|tue|wed|thu|fri|sat|sun)/i.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? UNSAID : at - now
}
