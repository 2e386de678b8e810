/**
 * A day under the virtual clock: matches are announced, moved, begin and are evicted, and whoever subscribes, stays or
 * comes and goes, holds at every hour what the server holds.
 *
 * Time stands still while messages are on their way, so each comparison is of one instant.
 */
import { Clock, Effect, References } from "effect"
import { TestClock } from "effect/testing"
import { BookmakerId } from "../../src/domain/Bookmaker.ts"
import type { Standing } from "../../src/domain/Freshness.ts"
import { Journal } from "../../src/journal/Journal.ts"
import { Matcher } from "../../src/matching/Matcher.ts"
import { bookmakers, listening } from "../../test/graphql/subscriptions/house.ts"
import { gather } from "./day/Audience.ts"
import type { Audience } from "./day/Audience.ts"
import { makeFixtures } from "./day/Fixtures.ts"
import { rooms } from "./day/Rooms.ts"
import { none } from "./FaultRun.ts"
import type { FaultRun, Outcome, Size } from "./FaultRun.ts"
import { drawFrom } from "./house/Draw.ts"

interface Amount {
  readonly hours: number
  /** Matches that lie ahead at any time. */
  readonly upcoming: number
  /** How many ways to ask for events. */
  readonly filters: number
  /** Of matches announced, moved and evicted each. */
  readonly least: number
}

const AMOUNTS: { readonly [S in Size]: Amount } = {
  short: { hours: 3, upcoming: 12, filters: 2, least: 5 },
  long: { hours: 24, upcoming: 120, filters: 7, least: 200 }
}

export const day: FaultRun = {
  name: "day",
  promise: "Through a day of moved kickoffs, evictions and new matches every subscriber holds what the server holds",
  run: (size, seed) =>
    Effect.runPromise(passed(AMOUNTS[size], seed).pipe(Effect.provideService(References.MinimumLogLevel, "None")))
}

const passed = Effect.fnUntraced(function* (amount: Amount, seed: number) {
  yield* TestClock.setTime(START)
  return yield* Effect.provide(Effect.scoped(lived(amount, seed)), rooms)
}, Effect.provide(TestClock.layer()))

const START = Date.UTC(2026, 10, 20)
const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** Longer than a silence lasts, so that everybody hears something in each. */
const STEP = 10_000

const lived = Effect.fnUntraced(function* ({ filters, hours, least, upcoming }: Amount, seed: number) {
  const matcher = yield* Matcher
  const journal = yield* Journal
  const fixtures = makeFixtures(ROSTER, upcoming, drawFrom(seed))
  const { port } = yield* listening
  const audience = yield* Effect.acquireRelease(
    Effect.promise(() => gather(port, FILTERS.slice(0, filters), drawFrom(seed + 1))),
    ({ close }) => Effect.sync(close)
  )
  const seen = { silent: 0, different: 0, misplaced: 0, compared: 0 }

  const happen = Effect.fnUntraced(function* (now: number) {
    const passed = now - START
    if (passed % (5 * MINUTE) === 0) {
      fixtures.turn(now)
      for (const id of ROSTER) yield* matcher.place(id, fixtures.list(id, now), now)
      const delisted = fixtures.delist(now)
      if (delisted !== undefined) yield* matcher.gone(delisted.bookmakerId, delisted.eventId)
    }
    const standing = outageAt(passed)
    if (standing !== undefined) yield* matcher.bookmaker(UNSTEADY, { ...standing, since: now }, now)
    for (const offer of fixtures.offers(now)) yield* matcher.observe(offer)
  })
  const compare = Effect.fnUntraced(function* (now: number) {
    yield* Effect.promise(() => audience.allBack(now))
    seen.different += yield* Effect.promise(audience.differing)
    seen.misplaced += apart(audience.witness.matches(), fixtures.shown(now))
    seen.compared += 1
  })

  for (let step = 1; step <= (hours * HOUR) / STEP; step++) {
    const now = yield* Clock.currentTimeMillis
    yield* happen(now)
    yield* Effect.promise(() => audience.stir(now))
    const heard = audience.attention()
    yield* TestClock.adjust(STEP)
    seen.silent += yield* Effect.promise(heard)
    yield* journal.release(yield* journal.last)
    if ((now + STEP - START) % HOUR === 0) yield* compare(now + STEP)
  }
  return outcomeOf(audience, { ...seen, hours, least, wrong: yield* Effect.promise(audience.wrong) })
})

const ROSTER = bookmakers.map(({ id }) => id)
const UNSTEADY = BookmakerId("sportybet-ng")

/** Each way to ask for events; those of a window of kickoffs are entered and left by moves. */
const FILTERS: readonly object[] = [
  {},
  { kickoffFrom: new Date(START + 2 * HOUR).toISOString(), kickoffTo: new Date(START + 8 * HOUR).toISOString() },
  { bookmakers: ["sportybet-ng", "bet9ja-ng"] },
  { markets: ["over_under_ft@2.5"] },
  { kickoffFrom: new Date(START + 6 * HOUR).toISOString(), bookmakers: ["betpawa-ng"] },
  { competitions: ["england-premier-league"] },
  { countries: ["ES", "IT"], markets: ["1x2_ft", "btts_ft"] }
]

/** Every two hours one bookmaker cannot be trusted for ten minutes. */
const outageAt = (passed: number): Omit<Standing, "since"> | undefined => {
  if (passed % (2 * HOUR) === 50 * MINUTE)
    return { state: "STALE", reason: { code: "BREAKER_OPEN", text: "It refuses." } }
  return passed % (2 * HOUR) === HOUR ? { state: "CONFIRMED" } : undefined
}

const apart = (one: ReadonlySet<string>, other: ReadonlySet<string>): number =>
  [...one].filter((each) => !other.has(each)).length + [...other].filter((each) => !one.has(each)).length

interface Seen {
  readonly silent: number
  readonly different: number
  readonly misplaced: number
  readonly compared: number
  readonly wrong: number
  readonly hours: number
  readonly least: number
}

const outcomeOf = (
  audience: Audience,
  { compared, different, hours, least, misplaced, silent, wrong }: Seen
): Outcome => {
  const { announced, evicted, moved } = audience.witness.seen()
  const faults = audience.faults()
  const soon = audience.returns.filter(({ awayMs }) => awayMs <= SOON)
  return {
    checks: [
      none("subscribers who held something else than the server", different),
      none("matches shown that are over, not shown that are not, or with another kickoff", misplaced),
      none(
        "gaps, duplicates and reorders",
        faults.reduce((sum, { duplicates, gaps, reorders }) => sum + duplicates + gaps + reorders, 0)
      ),
      none("returns after at most 100 s that are not RESUMED", soon.filter(({ kind }) => kind !== "RESUMED").length),
      none("subscribers who heard nothing for ten seconds", silent)
    ],
    least: [
      { what: "virtual hours compared", seen: compared, atLeast: hours },
      { what: "matches announced", seen: announced, atLeast: least },
      { what: "kickoffs moved", seen: moved, atLeast: least },
      { what: "matches evicted", seen: evicted, atLeast: least },
      { what: "returns within the window", seen: soon.length, atLeast: least }
    ],
    controls: [
      { what: "one who holds on to what was evicted, and one who believes the first kickoff", caught: wrong === 2 }
    ],
    counts: {
      announced,
      moved,
      evicted,
      subscribers: faults.length,
      returns: audience.returns.length,
      "of them within the window": soon.length,
      messages: audience.deliveries()
    },
    notes: [
      "Matching, books, hub and websocket are the house's own and time is virtual; bookmakers are played, and the journal is one in memory.",
      "Each filter has one subscriber who stays and one who comes and goes; those of a window of kickoffs are entered and left by moves."
    ]
  }
}

/** A cursor is good for two minutes, and the last word before leaving may be ten seconds old. */
const SOON = 100_000
