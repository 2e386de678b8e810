/**
 * The first steps of an orderly end, while every room still stands: no fetch is started any more, those under way may
 * end, subscribers are sent away, and what was told is stored. The rooms are closed after it, in the reverse of their
 * building (DESIGN §9).
 *
 * Each step has its time; what Postgres has not taken by then is durable in the journal and follows after the next start.
 * A Postgres that is away is not waited for: the time is needed to close what hangs on it.
 */
import { Clock, Effect, Schedule } from "effect"
import { Server } from "./graphql/Server.ts"
import { Matcher } from "./matching/Matcher.ts"
import { Scraping } from "./scraping/Scraping.ts"
import { Database } from "./storage/Database.ts"
import { Writer } from "./storage/Writer.ts"

const LAST_FETCHES = "6 seconds"
const LAST_ROWS = "10 seconds"
/** A server that is restarted is back before that. */
const AWAY_FOR_MS = 2_000

export const leave = Effect.gen(function* () {
  const { stop } = yield* Scraping
  const { settled } = yield* Matcher
  const { caughtUp } = yield* Writer
  const { farewell } = yield* Server
  yield* Effect.logInfo("Ending: no new fetches; subscribers are told to come back, and what was told is stored")
  yield* Effect.timeoutOption(stop, LAST_FETCHES)
  const storing = Effect.andThen(settled, Effect.as(caughtUp, true)).pipe(
    Effect.raceFirst(Effect.as(away, false)),
    Effect.timeoutOrElse({ duration: LAST_ROWS, orElse: () => Effect.succeed(false) })
  )
  // A crowd takes its time to go, and needs Postgres for nothing.
  const [stored] = yield* Effect.all([storing, farewell], { concurrency: "unbounded" })
  yield* stored
    ? Effect.logInfo("Postgres has everything that was told")
    : Effect.logWarning("Postgres does not have everything; the rest waits in the journal for the next start")
})

/** Ends when Postgres has been away for a while. */
const away = Effect.gen(function* () {
  const { reachability } = yield* Database
  const isAway = Effect.map(Clock.currentTimeMillis, (now) => {
    const { reachable, since } = reachability()
    return !reachable && now - since >= AWAY_FOR_MS
  })
  yield* Effect.repeat(isAway, { schedule: Schedule.spaced("200 millis"), until: (is) => is })
})
