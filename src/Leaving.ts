/**
 * The first steps of an orderly end, while every room still stands: no fetch is started any more, those under way may
 * end, and what was told is stored. The rooms are closed after it, in the reverse of their building (DESIGN §9).
 *
 * Each step has its time; what Postgres has not taken by then is durable in the journal and follows after the next start.
 */
import { Effect, Option } from "effect"
import { Matcher } from "./matching/Matcher.ts"
import { Scraping } from "./scraping/Scraping.ts"
import { Writer } from "./storage/Writer.ts"

const LAST_FETCHES = "6 seconds"
const LAST_ROWS = "10 seconds"

export const leave = Effect.gen(function* () {
  const { stop } = yield* Scraping
  const { settled } = yield* Matcher
  const { caughtUp } = yield* Writer
  yield* Effect.logInfo("Ending: no new fetches; what was told is stored, then sockets close")
  yield* Effect.timeoutOption(stop, LAST_FETCHES)
  const stored = yield* Effect.timeoutOption(Effect.andThen(settled, caughtUp), LAST_ROWS)
  yield* Option.isSome(stored)
    ? Effect.logInfo("Postgres has everything that was told")
    : Effect.logWarning("Postgres does not have everything; the rest waits in the journal for the next start")
})
