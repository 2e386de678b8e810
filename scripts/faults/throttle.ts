/**
 * A storm of 429s at one bookmaker in the middle of full runs, under the virtual clock at recorded latencies: twelve
 * seconds in which it refuses everything, and later a minute in which it takes only half of what we may ask.
 */
import { Effect, Option, References } from "effect"
import { TestClock } from "effect/testing"
import { Throttled } from "../../src/bookmakers/FetchError.ts"
import { Scraping } from "../../src/scraping/Scraping.ts"
import { EVERYTHING } from "../../src/scraping/runs/Requests.ts"
import { beta, house, play, START } from "../../test/scraping/house.ts"
import type { Played, Request } from "../../test/scraping/house.ts"
import { atMost } from "./FaultRun.ts"
import type { FaultRun, Outcome, Size } from "./FaultRun.ts"
import { board, PACES, recordedLatency } from "./pace/Latencies.ts"

const SIZES: { readonly [S in Size]: { readonly events: number } } = { short: { events: 400 }, long: { events: 1_300 } }
/** Into the run, when it is at full pace. */
const BEGIN = START + 5_000
const END = BEGIN + 12_000
const RETRY_AFTER_MS = 2_000

export const throttle: FaultRun = {
  name: "throttle",
  promise: "A bookmaker that answers 429 is asked half as much within a second, and the others lose nothing by it",
  run: async (size, seed) => {
    const { events } = SIZES[size]
    const calm = await lived(seed, events, () => false)
    const stormy = await lived(seed, events, ({ at }) => at >= BEGIN && at < END)
    return outcomeOf(calm, stormy, seed)
  }
}

const outcomeOf = (calm: Lived, stormy: Lived, seed: number): Outcome => {
  const latency = recordedLatency(seed)
  const first = Math.min(...stormy.refused.map((request) => request.at + latency(request)))
  const ours = toBeta(stormy)
  const countOf = (requests: readonly Request[], from: number, to: number): number =>
    requests.filter(({ at }) => at >= from && at < to).length
  const before = countOf(ours, first - 2_000, first) / 2
  const after = countOf(ours, first + 1_000, first + 3_000) / 2
  const unslowed = countOf(toBeta(calm), first + 1_000, first + 3_000) / 2
  const repeated = twiceRefused(stormy.refused)
  const share = (of: readonly Request[]): number => twiceRefused(of) / ours.length
  const kept = othersTook(calm) / othersTook(stormy)
  return {
    checks: [
      atMost("requests a second from one second after the first 429 on, to those before", after / before, 0.5, "×"),
      atMost("share of its requests refused twice", share(stormy.refused), 0.01),
      {
        what: "throughput of the others to a run without 429s",
        seen: kept.toFixed(3),
        must: "≥ 0.95",
        holds: kept >= 0.95
      }
    ],
    least: [
      { what: "requests refused", seen: stormy.refused.length, atLeast: 10 },
      { what: "requests to it", seen: ours.length, atLeast: stormy.events },
      { what: "requests a second before", seen: before, atLeast: 10 }
    ],
    controls: [
      { what: "a scraper that goes on as before", caught: unslowed / before > 0.5 },
      {
        what: "each of them refused once more",
        caught: share([...stormy.refused, ...stormy.refused]) > 0.01
      }
    ],
    counts: {
      "refused in all": stormy.refused.length,
      "refused twice": repeated,
      "requests/s before": before,
      "requests/s after": after,
      "the others' last request, calm": `${othersTook(calm) / 1_000} s`,
      "the others' last request, in the storm": `${othersTook(stormy) / 1_000} s`,
      "how the run ended": stormy.ended
    },
    notes: [
      "Virtual time at recorded latencies and default limits. Every request of the storm is refused for 2 s more.",
      "Refused twice is counted by request: an event that its bookmaker refused more than once."
    ]
  }
}

interface Lived {
  readonly played: Played
  readonly events: number
  readonly refused: readonly Request[]
  readonly ended: string
}

const lived = (seed: number, events: number, refuses: (request: Request) => boolean): Promise<Lived> =>
  Effect.runPromise(passed(seed, events, refuses).pipe(Effect.provideService(References.MinimumLogLevel, "None")))

const passed = Effect.fnUntraced(function* (seed: number, events: number, refuses: (request: Request) => boolean) {
  yield* TestClock.setTime(START)
  const played = yield* play(board(events, 20), { pace: PACES })
  const latency = recordedLatency(seed)
  const refused: Request[] = []
  played.latencyMs = latency
  played.answer = (request) => {
    const { at, bookmakerId, endpoint } = request
    if (bookmakerId !== beta || endpoint !== "event" || !refuses(request)) return undefined
    refused.push(request)
    return new Throttled({
      bookmakerId,
      endpoint,
      status: 429,
      until: at + latency(request) + RETRY_AFTER_MS,
      message: "429"
    })
  }
  const ended = yield* Effect.gen(function* () {
    const scraping = yield* Scraping
    const started = yield* scraping.start(EVERYTHING, undefined)
    yield* TestClock.adjust("4 minutes")
    if (started._tag !== "Started") return "the run was refused"
    const run = Option.getOrUndefined(yield* scraping.run(started.run.id))
    return `${run?.phase}: ${run?.message}`
  }).pipe(Effect.provide(house(played, "BY_REQUEST")))
  return { played, events, refused, ended }
}, Effect.provide(TestClock.layer()))

const toBeta = ({ played }: Lived): readonly Request[] =>
  played.requests.filter(({ bookmakerId, endpoint }) => bookmakerId === beta && endpoint === "event")

const twiceRefused = (refused: readonly Request[]): number =>
  [...Map.groupBy(refused, ({ eventId }) => eventId).values()].filter(({ length }) => length > 1).length

/** Until the last event was asked of the others, ms. */
const othersTook = ({ played }: Lived): number =>
  Math.max(
    ...played.requests
      .filter(({ bookmakerId, endpoint }) => bookmakerId !== beta && endpoint === "event")
      .map(({ at }) => at - START)
  )
