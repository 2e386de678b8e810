/**
 * One run: discover, plan, fetch in order of urgency. A failed item is counted and listed; it never fails the run.
 */
import { Clock, Effect, FiberSet } from "effect"
import type { BookmakerId } from "../../domain/Bookmaker.ts"
import type { RunPhase } from "../../domain/Run.ts"
import type { Placed } from "../../matching/Matcher.ts"
import { startEvent } from "./EventFetch.ts"
import type { RunOrder, Works } from "./EventFetch.ts"
import { fetchPages } from "./PageFetch.ts"
import { failureOf } from "./Progress.ts"
import type { Progress } from "./Progress.ts"

export const scrape = Effect.fn("ScrapeRun.scrape")(function* (works: Works, order: RunOrder) {
  const { discover, progress } = order
  yield* discover.length > 0
    ? progress.enter("DISCOVERING", `Reading the lists of ${discover.length} bookmakers.`)
    : progress.enter("SCRAPING", "Fetching what is known.")
  const [told] = yield* Effect.scoped(
    Effect.all([fetchPages(works, order), discoverAll(works, order), fetchAll(works, order)], {
      concurrency: "unbounded"
    })
  )
  yield* progress.enter("STORING", "Everything is fetched; waiting until it is safe on disk.")
  const durableSeq = yield* works.matcher.settled
  const { phase, message } = verdictOf(progress, durableSeq !== undefined)
  const besides = told === 0 ? "" : ` Lists told the main markets of ${told} that have to wait.`
  yield* progress.enter(phase, message + besides, durableSeq)
})

const discoverAll = Effect.fnUntraced(function* (works: Works, { discover, plan, progress }: RunOrder) {
  const reading = new Set(discover)
  const adopt = Effect.fnUntraced(function* (events: readonly Placed[], unread: ReadonlySet<BookmakerId>) {
    for (const { bookmakerId } of plan.adopt(events, unread, yield* Clock.currentTimeMillis)) {
      yield* progress.count(bookmakerId, { planned: 1 })
    }
    yield* progress.events(plan.events())
  })
  // What is known starts while the lists are read: its listings are complete as far as anybody knows.
  yield* adopt(yield* works.matcher.known, new Set())
  yield* Effect.forEach(
    discover,
    Effect.fnUntraced(function* (bookmakerId) {
      const scraper = works.scrapers.get(bookmakerId)
      if (scraper === undefined) return
      const { listed, failures, durationMs } = yield* works.discovery.read(scraper, (placed) => adopt(placed, reading))
      progress.timings.add("discover", bookmakerId, durationMs)
      for (const { code, message } of failures)
        yield* progress.fail(failureOf(bookmakerId, undefined, code, message, durationMs))
      yield* progress.count(bookmakerId, { discovered: listed })
      reading.delete(bookmakerId)
      yield* adopt(yield* works.matcher.known, reading)
    }),
    { concurrency: "unbounded", discard: true }
  )
  plan.complete()
  if (discover.length > 0) yield* progress.enter("SCRAPING", "The lists are read; fetching the rest.")
})

const fetchAll = Effect.fnUntraced(function* (works: Works, run: RunOrder) {
  const fibers = yield* FiberSet.make<void>()
  while (yield* run.plan.more) {
    for (const entry of run.plan.take(works.settings().batchSize, yield* Clock.currentTimeMillis)) {
      yield* startEvent(works, run, entry, fibers)
    }
  }
  yield* FiberSet.awaitEmpty(fibers)
})

/** A run has FAILED only when nobody gave any answer at all, and is COMPLETED only when all of it is on disk. */
const verdictOf = (progress: Progress, isDurable: boolean): { readonly phase: RunPhase; readonly message: string } => {
  const { counts, failureCount, total } = progress.run()
  const answers = counts.reduce((sum, each) => sum + each.fetched + each.gone + (total === 0 ? each.discovered : 0), 0)
  const fetched = counts.reduce((sum, each) => sum + each.fetched, 0)
  if (!isDurable && answers > 0) {
    return {
      phase: "PARTIAL",
      message: `${fetched} of ${total} listings were fetched and are shown; the journal's disk is unusable, so they are not kept yet.`
    }
  }
  if (failureCount === 0) {
    return {
      phase: "COMPLETED",
      message: total === 0 ? "Nothing was to be fetched." : `All ${total} listings were fetched.`
    }
  }
  const failures = failureCount === 1 ? "one failure says" : `${failureCount} failures say`
  return answers === 0
    ? { phase: "FAILED", message: `Nothing could be fetched; ${failures} why.` }
    : {
        phase: "PARTIAL",
        message: `${fetched} of ${total} listings were fetched; ${failures} why the rest were not.`
      }
}
