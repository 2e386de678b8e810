/** Five minutes of 500s from one bookmaker in a whole scraper, beside the same time without them. */
import { Effect, References } from "effect"
import { TestClock } from "effect/testing"
import { Broken } from "../../../src/bookmakers/FetchError.ts"
import { alpha, eventAt, house, HOUR, play, START } from "../../../test/scraping/house.ts"
import type { Played } from "../../../test/scraping/house.ts"

const MINUTE = 60_000
const BEGIN = START + 10 * MINUTE
const END = BEGIN + 5 * MINUTE
const UNTIL = END + 20 * MINUTE
const CYCLE_MS = 5 * MINUTE

export const fiveMinutes = (seed: number) =>
  Effect.runPromise(compared(seed).pipe(Effect.provideService(References.MinimumLogLevel, "None")))

const compared = Effect.fnUntraced(function* (seed: number) {
  const calm = yield* lived(seed, () => false)
  const stormy = yield* lived(seed, (at) => at >= BEGIN && at < END)
  const within = ({ requests }: Played) => requests.filter(({ at }) => at >= BEGIN && at < END)
  const ours = (played: Played) => within(played).filter(({ bookmakerId }) => bookmakerId === alpha).length
  const others = (played: Played) => within(played).filter(({ bookmakerId }) => bookmakerId !== alpha).length
  const standings = stormy.standings.filter(({ bookmakerId }) => bookmakerId === alpha)
  const last = standings.findLast(({ at, standing }) => at < END && standing.state === "STALE")
  const back = standings.find(({ at, standing }) => at >= END && standing.state === "CONFIRMED")
  const probe = (last?.standing.reason?.until ?? END) - (last?.at ?? END)
  return {
    sent: ours(stormy),
    scheduled: ours(calm),
    ratio: ours(stormy) / ours(calm),
    probesAtOnce: atOnceWhile(stormy, last?.standing.since ?? BEGIN, back?.at ?? UNTIL),
    recoveredMs: (back?.at ?? UNTIL) - END,
    allowedMs: probe + CYCLE_MS,
    othersLost: Math.max(0, others(calm) - others(stormy))
  }
})

/** A house of two hundred events, and all that was asked of its bookmakers. */
const lived = Effect.fnUntraced(function* (seed: number, failing: (at: number) => boolean) {
  yield* TestClock.setTime(START)
  const events = Array.from({ length: 200 }, (_, i) => eventAt(1_000 + i, START + HOUR + i * 2 * MINUTE))
  const played = yield* play(events)
  played.latencyMs = ({ eventId, at }) => latencyOf(seed, Number(eventId ?? 0) + at)
  played.answer = ({ bookmakerId, endpoint, at }) =>
    bookmakerId === alpha && failing(at)
      ? new Broken({ bookmakerId, endpoint, status: 500, message: "500" })
      : undefined
  yield* Effect.provide(TestClock.adjust(UNTIL - START), house(played, "SCHEDULED"))
  return played
}, Effect.provide(TestClock.layer()))

/** Mostly 0.2 to 0.6 s, one in twenty up to 3 s. */
const latencyOf = (seed: number, of: number): number => {
  const drawn = ((seed + of) * 2_654_435_761) % 1_000
  return drawn < 950 ? 200 + (drawn % 400) : 600 + (drawn - 950) * 48
}

/** The most requests under way at once among those sent after the circuit had opened; what was under way then is none. */
const atOnceWhile = ({ requests, latencyMs }: Played, from: number, to: number): number => {
  const sent = requests.filter(
    ({ bookmakerId, endpoint, at }) => bookmakerId === alpha && endpoint === "event" && at > from && at < to
  )
  return Math.max(
    0,
    ...sent.map(({ at }) => sent.filter((other) => other.at <= at && at < other.at + latencyMs(other)).length)
  )
}
