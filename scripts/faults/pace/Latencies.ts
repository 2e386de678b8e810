/** How long the three bookmakers take to answer, drawn from the distributions that were recorded of them. */
import { HOUR, alpha, beta, eventAt, gamma, START } from "../../../test/scraping/house.ts"
import type { Request } from "../../../test/scraping/house.ts"
import type { BookmakerId } from "../../../src/domain/Bookmaker.ts"
import type { ListedEvent } from "../../../src/domain/Event.ts"
import type { Pace } from "../../../src/domain/Settings.ts"

/** Median and 95th percentile in ms of BetPawa, SportyBet and Bet9ja, played by the three bookmakers of the tests. */
const RECORDED: ReadonlyMap<BookmakerId, { readonly median: number; readonly p95: number }> = new Map([
  [alpha, { median: 337, p95: 517 }],
  [beta, { median: 505, p95: 979 }],
  [gamma, { median: 596, p95: 841 }]
])

/** The limits that the house has by default. */
export const PACES: Readonly<Record<string, Pace>> = {
  [alpha]: { concurrency: 50, delayMs: 0 },
  [beta]: { concurrency: 50, delayMs: 0 },
  [gamma]: { concurrency: 15, delayMs: 25 }
}

/** Lognormal, by a word of the request. */
export const recordedLatency =
  (seed: number) =>
  ({ at, bookmakerId, eventId }: Request): number => {
    const { median, p95 } = RECORDED.get(bookmakerId) ?? { median: 500, p95: 900 }
    const word = `${seed}/${bookmakerId}/${eventId ?? "list"}/${at}`
    const normal = Math.sqrt(-2 * Math.log(uniform(`${word}a`))) * Math.cos(2 * Math.PI * uniform(`${word}b`))
    return median * Math.exp((Math.log(p95 / median) / P95) * normal)
  }

/** Standard deviations from the median to the 95th percentile. */
const P95 = 1.6449

/** In (0, 1), by FNV-1a and a last stir. */
const uniform = (text: string): number => {
  let hash = 2_166_136_261
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16_777_619)
  hash = Math.imul(hash ^ (hash >>> 15), 2_246_822_519)
  hash = Math.imul(hash ^ (hash >>> 13), 3_266_489_917)
  return ((hash ^ (hash >>> 16)) >>> 0 || 1) / 4_294_967_297
}

const MINUTE = 60_000

/** So many events, of which `near` are always inside half an hour of kickoff; the others follow over ten days. */
export const board = (count: number, near: number): readonly ListedEvent[] => {
  const every = (30 * MINUTE) / near
  const soon = Math.ceil((3.5 * HOUR) / every)
  return Array.from({ length: count }, (_, i) =>
    eventAt(1_000 + i, START + (i < soon ? (i + 1) * every : 3.5 * HOUR + ((i - soon) * 236 * HOUR) / (count - soon)))
  )
}
