/**
 * Checks without end, on a random sample, that the books equal the fold of the history (DESIGN §2).
 *
 * A sample is taken at one published mark, read once Postgres has everything up to there, and compared. What differs
 * is looked at again with the next sample and told only then: a change on its way must never be an alarm. While there
 * is nothing to compare with (Postgres away, journal degraded) it says since when it has not checked.
 */
import { Clock, Context, Effect, Layer, Metric, Random, Schedule } from "effect"
import { Journal } from "../journal/Journal.ts"
import { Health } from "../observability/Health.ts"
import { Incidents } from "../observability/Incidents.ts"
import { PublishedBoard } from "../odds/PublishedBoard.ts"
import { Database } from "../storage/Database.ts"
import { NOT_STORED, storedFacts } from "../storage/reading/StoredFacts.ts"
import { parkedRecords, standingMarkets, storedMarkets } from "../storage/reading/StoredMarkets.ts"
import type { MarketPlace } from "../storage/reading/StoredMarkets.ts"
import { StoredBase } from "../storage/StoredBase.ts"
import { Writer } from "../storage/Writer.ts"
import type { Difference } from "./Agreement.ts"
import { compared, knownAt, nameOf, surplus } from "./Comparison.ts"

export class Invariant extends Context.Service<
  Invariant,
  {
    /** One sample; for tests, which do not wait for the next. */
    readonly look: Effect.Effect<void>
    /** Differences told and not yet gone, by what differs: a market, a listing, an event or a bookmaker. */
    readonly differing: () => ReadonlyMap<string, Difference>
    /** When a sample was last compared; undefined before the first. */
    readonly checkedAt: () => number | undefined
  }
>()("oddswire/invariant/Invariant") {
  static readonly layer = Layer.effect(
    Invariant,
    Effect.suspend(() => make)
  )
}

/** Twice this after a difference arose in a sampled market it is told: within the 10 s of any other alarm. */
const EVERY = "5 seconds"
/** Markets; four statements of two index look-ups each. What one sample misses another meets. */
const SAMPLE = 100
/** Events of a sample of which everything that stands in Postgres is looked at, and has to be in the books. */
const WHOLE = 10
/** A backlog longer than this is an alarm of its own, and the sample is too old to be worth comparing. */
const DRAINED_WITHIN = "10 seconds"
/** Longer than a restart of Postgres takes. */
const UNCHECKED_FOR_MS = 60_000
/** Looked at again with every sample; where everything is wrong, the first hundred say so. */
const MOST_WATCHED = 100

const make = Effect.gen(function* () {
  const board = yield* PublishedBoard
  const journal = yield* Journal
  const database = yield* Database
  const writer = yield* Writer
  const base = yield* StoredBase
  const incidents = yield* Incidents
  const health = yield* Health
  const startedAt = yield* Clock.currentTimeMillis

  /** Differed at the last look. */
  const suspects = new Map<string, MarketPlace>()
  const differing = new Map<string, Difference>()
  let checkedAt: number | undefined
  let hindrance = "no sample was taken yet"

  const draw = Effect.gen(function* () {
    const events = board.events()
    const drawn = new Map([...suspects.values()].map((place) => [nameOf(place), place]))
    for (let i = 0; i < SAMPLE && events.length > 0; i++) {
      const books = [...(events[yield* below(events.length)]?.books.values() ?? [])]
      const book = books.length === 0 ? undefined : books[yield* below(books.length)]
      const slot = book === undefined ? undefined : book.shape.slots[yield* below(book.shape.slots.length)]
      if (book === undefined || slot === undefined) continue
      const { eventId, bookmakerId, phase } = book
      const place = { eventId, bookmakerId, phase, market: slot.market }
      drawn.set(nameOf(place), place)
    }
    return [...drawn.values()]
  })

  const compare = Effect.gen(function* () {
    const drawn = yield* draw
    const mark = board.mark()
    const sample = knownAt(board, drawn)
    // What was told once is among the first, so it is looked at again.
    const whole = new Map(
      [...new Set(drawn.map(({ eventId }) => eventId))].slice(0, WHOLE).flatMap((id) => {
        const event = board.event(id)
        return event === undefined ? [] : [[id, event] as const]
      })
    )
    yield* writer.caughtUp
    if (sample.length === 0) return { size: 0, found: compared([], mark, [], []) }
    const places = sample.map(({ place }) => place)
    const markets = yield* storedMarkets(database, places)
    const facts = yield* storedFacts(database, places)
    const stored = facts.map((each, i) => ({ ...each, market: markets[i] ?? NOT_STORED }))
    const more = base.isRead() ? surplus(whole, mark, yield* standingMarkets(database, [...whole.keys()])) : []
    const unparked = compared(sample, mark, stored, [])
    const found = unparked.size === 0 ? unparked : compared(sample, mark, stored, yield* parkedRecords(database))
    return { size: sample.length, found: new Map([...found, ...more.map((each) => [each.name, each] as const)]) }
  })

  const tell = Effect.fnUntraced(function* (name: string, { what, left, right }: Difference) {
    yield* Metric.update(differingTotal, 1)
    yield* Effect.logError("The books and the history differ").pipe(
      Effect.annotateLogs({ subject: name, compared: what, left, right })
    )
    const cause = `${name}: ${what} differ: ${left} against ${right}; compare the log, then restart or restore.`
    yield* incidents.open({ kind: "invariant", subject: name, cause, touched: ["odds", "history"] })
  })

  const look = Effect.gen(function* () {
    if ((yield* journal.stats).degraded) {
      hindrance = "the journal's disk is unusable"
      return
    }
    const { size, found } = yield* compare
    // While the disk failed in between, what was sampled may be in no history.
    if ((yield* journal.stats).degraded) return
    checkedAt = yield* Clock.currentTimeMillis
    yield* Metric.update(checkedTotal, size)
    for (const [name, { difference }] of found) {
      if (!suspects.has(name) || differing.has(name) || differing.size >= MOST_WATCHED) continue
      differing.set(name, difference)
      yield* tell(name, difference)
    }
    for (const name of [...differing.keys()].filter((each) => !found.has(each))) {
      differing.delete(name)
      yield* incidents.close("invariant", name)
    }
    suspects.clear()
    for (const [name, { place }] of found) {
      if (differing.has(name) || suspects.size < MOST_WATCHED) suspects.set(name, place)
    }
    yield* Metric.update(differingNow, differing.size)
  }).pipe(
    Effect.timeoutOrElse({
      duration: DRAINED_WITHIN,
      orElse: () => Effect.sync(() => void (hindrance = `Postgres did not have the journal within ${DRAINED_WITHIN}`))
    }),
    Effect.catchTag("StorageUnavailable", ({ message }) => Effect.sync(() => void (hindrance = message)))
  )

  yield* health.register({
    name: "invariant",
    kind: "notice",
    complaint: Effect.map(Clock.currentTimeMillis, (now) => {
      const [first] = differing.keys()
      if (first !== undefined)
        return `${differing.size} values differ between books and history, the first is ${first}.`
      const since = checkedAt ?? startedAt
      return now - since < UNCHECKED_FOR_MS
        ? undefined
        : `Books and history were not compared since ${new Date(since).toISOString()}: ${hindrance}.`
    })
  })
  yield* Effect.forkScoped(Effect.repeat(look, Schedule.spaced(EVERY)))
  return { look, differing: () => differing, checkedAt: () => checkedAt }
})

const below = (bound: number) => Random.nextIntBetween(0, bound, { halfOpen: true })

const checkedTotal = Metric.counter("invariant_checked_total", {
  description: "Markets compared between books and history, each with its listing, bookmaker and event",
  incremental: true
})
const differingTotal = Metric.counter("invariant_differing_total", {
  description: "Values found to differ between books and history",
  incremental: true
})
const differingNow = Metric.gauge("invariant_differing", {
  description: "Values that differ between books and history now"
})
