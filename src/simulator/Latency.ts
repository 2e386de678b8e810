/**
 * How long a site takes to answer: lognormal through the recorded median and 95th percentile.
 */
import type { BookmakerName } from "./catalogue/Template.ts"
import { normal, uniform } from "./Hashing.ts"

const RECORDED: { readonly [Name in BookmakerName]: { readonly median: number; readonly p95: number } } = {
  betpawa: { median: 337, p95: 517 },
  sportybet: { median: 505, p95: 979 },
  bet9ja: { median: 596, p95: 841 }
}

/** Standard deviations from the median to the 95th percentile. */
const P95 = 1.6449

/** In milliseconds, by a word of the request. */
export const recordedLatency = (bookmaker: BookmakerName, word: number): number => {
  const { median, p95 } = RECORDED[bookmaker]
  return median * Math.exp((Math.log(p95 / median) / P95) * normal(uniform(word, 81), uniform(word, 82)))
}
