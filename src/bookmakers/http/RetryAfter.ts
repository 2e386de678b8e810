/**
 * Reads `Retry-After`: seconds or an HTTP date, clamped to 1 s – 15 min ahead.
 *
 * A date is by the clock of whoever wrote it, so it is measured from the `Date` of the same answer and not by ours.
 * Missing or senseless it is half a minute: whoever asks us to slow down should be left alone for a while.
 */

const SHORTEST = 1_000
const LONGEST = 15 * 60_000
const UNSAID = 30_000

/** The instant, by our clock, before which nothing is to be sent. */
export const retryAt = (headers: Headers, now: number): number =>
  now +
  Math.min(LONGEST, Math.max(SHORTEST, waitOf(textOf(headers["retry-after"]), dateOf(textOf(headers["date"])) ?? now)))

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

const waitOf = (text: string, sentAt: number): number => {
  if (/^-?\d+(?:\.\d+)?(?:e\d+)?$/i.test(text)) return Number(text) * 1_000
  const at = dateOf(text)
  return at === undefined ? UNSAID : at - sentAt
}

const textOf = (header: string | readonly string[] | undefined): string =>
  typeof header === "string" ? header.trim() : ""

/** Date.parse takes almost anything for a date; an HTTP date begins with the name of a day. */
const dateOf = (text: string): number | undefined => {
  const at = /^(?:mon|tue|wed|thu|fri|sat|sun)/i.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? undefined : at
}
