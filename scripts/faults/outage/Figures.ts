/** Figures of an outage that a noisy machine does not decide: percentiles by windows, and the slope of memory. */
import type { Span } from "../../../test/support/accounts.ts"
import type { Follower } from "../../../test/support/follower.ts"
import { quantile } from "../../bench/rounds.ts"

export interface Windows {
  readonly windowMs: number
  /** Deltas without which a window says nothing of a 99th percentile. */
  readonly perWindow: number
}

export interface Percentile {
  readonly ms: number
  readonly windows: number
  readonly deltas: number
}

/** Of what was fetched and told within the spans: the median of the windows' own percentiles. */
export const percentileOf = (
  { delays }: Follower,
  spans: readonly Span[],
  { perWindow, windowMs }: Windows
): Percentile => {
  const windows = spans.flatMap(({ from, to }) =>
    Array.from({ length: Math.floor((to - from) / windowMs) }, (_, i) => {
      const [begins, ends] = [from + i * windowMs, from + (i + 1) * windowMs]
      return delays.flatMap(({ at, ms }) => (at - ms >= from && at >= begins && at < ends ? [ms] : []))
    })
  )
  const telling = windows.filter(({ length }) => length >= perWindow)
  return {
    ms: quantile(
      telling.map((window) => quantile(window, 0.99)),
      0.5
    ),
    windows: telling.length,
    deltas: telling.flat().length
  }
}

/** The median slope between samples half of the half apart, over the last half: a garbage collection is no slope. */
export const riseOf = (rss: readonly number[]): number => {
  const half = rss.slice(Math.floor(rss.length / 2))
  const apart = Math.floor(half.length / 2)
  if (apart === 0) return 0
  const rises = half.slice(apart).map((after, i) => after - (half[i] ?? after))
  return (quantile(rises, 0.5) / apart) * half.length
}
