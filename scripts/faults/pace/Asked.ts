/**
 * Single events asked for in the middle of a full run, under the virtual clock at recorded latencies and default limits:
 * how long until all their bookmakers' prices are with the books.
 */
import { Clock, Effect, References } from "effect"
import { TestClock } from "effect/testing"
import { EVERYTHING } from "../../../src/scraping/runs/Requests.ts"
import { Scraping } from "../../../src/scraping/Scraping.ts"
import { house, play, START } from "../../../test/scraping/house.ts"
import type { Request } from "../../../test/scraping/house.ts"
import { board, PACES, recordedLatency } from "./Latencies.ts"

/** Seconds; one event every half second of the run, its discovery included, from the end of the plan. */
export const askedInRun = (seed: number, count: number, slower = 1): Promise<readonly number[]> => {
  const latency = recordedLatency(seed)
  return Effect.runPromise(
    asked(count, (request) => latency(request) * slower).pipe(Effect.provideService(References.MinimumLogLevel, "None"))
  )
}

const EVENTS = 1_300

const asked = Effect.fnUntraced(function* (count: number, latencyMs: (request: Request) => number) {
  yield* TestClock.setTime(START)
  const events = board(EVENTS, 20)
  const played = yield* play(events, { pace: PACES })
  played.latencyMs = latencyMs
  return yield* Effect.gen(function* () {
    const scraping = yield* Scraping
    // Known before, as in a house that has run for a while.
    yield* scraping.start({ ...EVERYTHING, competitions: [] }, undefined)
    yield* TestClock.adjust("30 seconds")
    yield* scraping.start(EVERYTHING, undefined)
    const seconds: number[] = []
    for (const { eventId } of events.slice(-count)) {
      yield* TestClock.adjust("500 millis")
      if (eventId === undefined) continue
      const began = yield* Clock.currentTimeMillis
      const before = played.observed.length
      yield* scraping.start({ ...EVERYTHING, events: [eventId] }, undefined)
      while (played.observed.slice(before).filter((each) => each.eventId === eventId).length < played.bookmakers.length)
        yield* TestClock.adjust("20 millis")
      seconds.push(((yield* Clock.currentTimeMillis) - began) / 1_000)
    }
    return seconds
  }).pipe(Effect.provide(house(played, "BY_REQUEST")))
}, Effect.provide(TestClock.layer()))
