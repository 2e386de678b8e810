/**
 * A house under the virtual clock, and what was punctual in it: each refresh by when the one before it had run out.
 *
 * Judged by the requests alone and by DESIGN's tiers written out here, so that the scheduler's own arithmetic is not
 * what it is judged by.
 */
import type { Played, Request } from "../../../test/scraping/house.ts"
import { START } from "../../../test/scraping/house.ts"

export interface Punctuality {
  /** Spans between the start or a confirmation and the next, or the end; and how many of them were no longer than their tier's. */
  readonly spans: number
  readonly onTime: number
  /** The worst lateness, ms. */
  readonly latestMs: number
}

const MINUTE = 60_000
const TIERS = [
  { within: 30 * MINUTE, every: MINUTE / 2 },
  { within: 120 * MINUTE, every: MINUTE },
  { within: 1_440 * MINUTE, every: 5 * MINUTE },
  { within: Infinity, every: 30 * MINUTE }
]

/** Of the listings of events between `from` and `to` ms before kickoff. */
export const punctuality = (
  { lists, requests }: Played,
  answered: (request: Request) => number,
  until: number,
  within: { readonly from: number; readonly to: number }
): Punctuality => {
  const asked = Map.groupBy(
    requests.filter(({ endpoint }) => endpoint === "event"),
    ({ bookmakerId, eventId }) => `${bookmakerId}/${eventId}`
  )
  const all = { spans: 0, onTime: 0, latestMs: 0 }
  for (const { bookmakerId, eventId, kickoff } of listed(lists)) {
    const end = Math.min(kickoff, until)
    // What is never asked for is late from the start on.
    const confirmed = [START, ...(asked.get(`${bookmakerId}/${eventId}`) ?? []).map(answered)].filter((at) => at < end)
    for (const [i, at] of confirmed.entries()) {
      const late = Math.min(...TIERS.map(({ every, within: tier }) => Math.max(kickoff - tier, at + every)))
      const next = confirmed[i + 1] ?? end
      const untilKickoff = kickoff - late
      if ((next === end && late > end) || untilKickoff < within.from || untilKickoff >= within.to) continue
      all.spans++
      if (next <= late) all.onTime++
      all.latestMs = Math.max(all.latestMs, next - late)
    }
  }
  return all
}

const listed = (lists: Played["lists"]) =>
  [...lists].flatMap(([bookmakerId, events]) =>
    events.map(({ eventId, kickoff }) => ({ bookmakerId, eventId: String(eventId), kickoff }))
  )

/** Clocks cut off fractions of a millisecond, and the latencies drawn here have them. */
const ROUNDED_MS = 1

/** The most requests of a bookmaker under way at once, pauses after them included, by replaying when each began and ended. */
export const mostAtOnce = ({ requests }: Played, bookmakerId: string, held: (request: Request) => number): number => {
  const steps = requests
    .filter((request) => request.bookmakerId === bookmakerId)
    .flatMap((request) => [
      { at: request.at, step: 1 },
      { at: request.at + held(request) - ROUNDED_MS, step: -1 }
    ])
    .sort((a, b) => a.at - b.at || a.step - b.step)
  let [now, most] = [0, 0]
  for (const { step } of steps) most = Math.max(most, (now += step))
  return most
}
