/**
 * The pages of a run: lists that tell the main markets of listings which have to wait for their fetch.
 *
 * What a page tells is part of a listing and counts as no fetch of it: nothing is confirmed by it but its own markets. A
 * listing that is being fetched whole meanwhile is left to that.
 */
import { Clock, Effect, Metric, Result } from "effect"
import { reasonCodeOf } from "../politeness/Circuits.ts"
import type { PageRequest } from "../schedule/Pages.ts"
import type { RunOrder, Works } from "./EventFetch.ts"
import { failureOf } from "./Progress.ts"

/** Answers of how many listings the pages told. */
export const fetchPages = Effect.fnUntraced(function* (works: Works, run: RunOrder) {
  const told = yield* Effect.forEach(
    [...run.pages],
    (request) =>
      Effect.ensuring(
        fetchPage(works, run, request),
        Effect.sync(() => run.pages.delete(request))
      ),
    { concurrency: "unbounded" }
  )
  return told.reduce((sum, each) => sum + each, 0)
})

const fetchPage = Effect.fnUntraced(function* (works: Works, { progress }: RunOrder, request: PageRequest) {
  const { bookmakerId, page, targets } = request
  const scraper = works.scrapers.get(bookmakerId)
  if (scraper === undefined) return 0
  const began = yield* Clock.currentTimeMillis
  const came = yield* Effect.result(scraper.mainMarkets(page, targets, progress.run().id))
  const failures = Result.isSuccess(came) ? came.success.failures : [came.failure]
  const tookMs = (yield* Clock.currentTimeMillis) - began
  for (const error of failures)
    yield* progress.fail(failureOf(bookmakerId, undefined, reasonCodeOf(error), error.message, tookMs))
  let told = 0
  for (const snapshot of Result.isSuccess(came) ? came.success.snapshots : []) {
    if (scraper.isUnderWay(snapshot.eventId)) continue
    yield* works.matcher.observe(snapshot)
    told++
  }
  const of = { bookmaker: bookmakerId }
  yield* Metric.update(Metric.withAttributes(pagesTotal, of), 1)
  yield* Metric.update(Metric.withAttributes(toldTotal, of), told)
  return told
})

const pagesTotal = Metric.counter("scraping_main_markets_pages_total", {
  description: "Pages of lists asked for the main markets of listings that had to wait, by bookmaker",
  incremental: true
})

const toldTotal = Metric.counter("scraping_main_markets_told_total", {
  description: "Listings whose main markets such a page told, by bookmaker",
  incremental: true
})
