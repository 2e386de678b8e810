/**
 * An hour of refreshes under the virtual clock: 1,300 events of which twenty are always inside half an hour of kickoff,
 * answers as slow as was recorded, the real limits, the real scheduler, gates and runs.
 */
import { Effect, References } from "effect"
import { TestClock } from "effect/testing"
import type { Settings } from "../../src/domain/Settings.ts"
import { house, play, START } from "../../test/scraping/house.ts"
import type { Played, Request } from "../../test/scraping/house.ts"
import { none } from "./FaultRun.ts"
import type { Check, FaultRun, Size } from "./FaultRun.ts"
import { board, PACES, recordedLatency } from "./pace/Latencies.ts"
import { mostAtOnce, punctuality } from "./pace/Watched.ts"

const MINUTE = 60_000

/** `least`: refreshes near kickoff that make the run count. */
const SIZES: { readonly [S in Size]: { readonly events: number; readonly minutes: number; readonly least: number } } = {
  short: { events: 1_300, minutes: 7, least: 500 },
  long: { events: 1_300, minutes: 62, least: 7_000 }
}
const NEAR = 20
/** Enough to show what a control is for. */
const CONTROL = { events: 150, minutes: 3 }

export const cadence: FaultRun = {
  name: "cadence",
  promise: "What is near kickoff is refreshed in time, and no bookmaker's limit is ever exceeded",
  run: async (size, seed) => {
    const { events, minutes, least } = SIZES[size]
    const latency = recordedLatency(seed)
    const judged = (played: Played, lasted: number) => {
      const of = (from: number, to: number) =>
        punctuality(played, (request) => request.at + latency(request), START + lasted * MINUTE, {
          from: from * MINUTE,
          to: to * MINUTE
        })
      return { urgent: of(0, 30), soon: of(30, 120), day: of(120, 1_440), later: of(1_440, Infinity) }
    }
    const held = (request: Request): number => latency(request) + (PACES[request.bookmakerId]?.delayMs ?? 0)
    const excess = (played: Played): number =>
      Object.entries(PACES).filter(([id, { concurrency }]) => mostAtOnce(played, id, held) > concurrency).length
    const played = await lived(seed, { events, minutes }, {})
    const { urgent, soon, day, later } = judged(played, minutes)
    // A bookmaker that may be asked one thing at a time cannot serve twenty events every half minute, and it must be seen.
    const slow = { ...PACES, "gamma-ng": { concurrency: 1, delayMs: 2_000 } }
    const starved = judged(await lived(seed, CONTROL, { pace: slow }), CONTROL.minutes)
    const loose = await lived(seed, CONTROL, { pace: { ...PACES, "gamma-ng": { concurrency: 30, delayMs: 0 } } })
    return {
      checks: [
        share("under 30 min to kickoff: refreshed within 30 s", urgent, 0.99),
        share("30 min to 2 h: refreshed within 60 s", soon, 0.99),
        share("2 h to a day: refreshed within 5 min", day, 0.99),
        none("bookmakers asked for more at once than their limit", excess(played))
      ],
      least: [
        { what: "refreshes under 30 min to kickoff", seen: urgent.spans, atLeast: least },
        { what: "refreshes between 30 min and 2 h", seen: soon.spans, atLeast: least },
        { what: "events", seen: new Set(played.requests.map(({ eventId }) => eventId)).size - 1, atLeast: events }
      ],
      controls: [
        {
          what: "a bookmaker that cannot serve them in time",
          caught: starved.urgent.onTime < starved.urgent.spans * 0.99
        },
        { what: "a scraper with twice the limit at one bookmaker", caught: excess(loose) === 1 }
      ],
      counts: {
        requests: played.requests.length,
        "latest under 30 min": `${(urgent.latestMs / 1_000).toFixed(1)} s`,
        "latest 30 min to 2 h": `${(soon.latestMs / 1_000).toFixed(1)} s`,
        "on time beyond a day": `${later.onTime} of ${later.spans}`,
        ...Object.fromEntries(
          Object.entries(PACES).map(([id, { concurrency }]) => [
            `most at once, ${id}`,
            `${mostAtOnce(played, id, held)} of ${concurrency}`
          ])
        )
      },
      notes: [
        "Virtual time: answers take the recorded latencies of BetPawa, SportyBet and Bet9ja with their tails; the machine's own work takes none.",
        "A span counts from the start, or from the answer that confirmed a listing, to the next one; it is on time if no longer than the listing's tier, or the one it enters, allows.",
        "A permit is held for the answer and for the pause after it, and so it is counted."
      ]
    }
  }
}

interface Scope {
  readonly events: number
  readonly minutes: number
}

const lived = (seed: number, scope: Scope, change: Partial<Settings>): Promise<Played> =>
  Effect.runPromise(passed(seed, scope, change).pipe(Effect.provideService(References.MinimumLogLevel, "None")))

const passed = Effect.fnUntraced(function* (seed: number, { events, minutes }: Scope, change: Partial<Settings>) {
  yield* TestClock.setTime(START)
  const played = yield* play(board(events, NEAR), { pace: PACES, ...change })
  played.latencyMs = recordedLatency(seed)
  yield* Effect.provide(TestClock.adjust(minutes * MINUTE), house(played, "SCHEDULED"))
  return played
}, Effect.provide(TestClock.layer()))

const share = (
  what: string,
  { onTime, spans }: { readonly onTime: number; readonly spans: number },
  least: number
): Check => ({
  what,
  seen: `${((100 * onTime) / spans).toFixed(2)} %`,
  must: `≥ ${least * 100} %`,
  holds: onTime >= least * spans
})
