/**
 * The fetching of one event in a run: all its bookmakers together, or each alone where one is held back.
 *
 * It starts when a permit of each of its bookmakers is free or due within 250 ms, so that prices to be compared are
 * captured together. A bookmaker that is paused, slowed or held back is not waited for: its items go their own way,
 * and the others keep their speed. So does an item whose first request failed: it no longer counts as its event's.
 */
import { Clock, Effect, FiberSet } from "effect"
import type { BookmakerId } from "../../domain/Bookmaker.ts"
import type { Settings } from "../../domain/Settings.ts"
import type { Matcher } from "../../matching/Matcher.ts"
import type { BookmakerScraper, Item, ItemOutcome } from "../BookmakerScraper.ts"
import type { Discovery } from "../Discovery.ts"
import { reasonCodeOf } from "../politeness/Circuits.ts"
import type { Throttle } from "../politeness/Throttle.ts"
import type { PlanEntry, PlanTarget } from "../schedule/Cadence.ts"
import type { PageRequest } from "../schedule/Pages.ts"
import type { Ledger } from "../schedule/Ledger.ts"
import { giveBack, meet } from "./Meeting.ts"
import type { Places } from "./Meeting.ts"
import type { Plan } from "./Plan.ts"
import { failureOf } from "./Progress.ts"
import type { Progress } from "./Progress.ts"

/** What all runs share. */
export interface Works {
  readonly scrapers: ReadonlyMap<BookmakerId, BookmakerScraper>
  readonly matcher: Matcher["Service"]
  readonly discovery: Discovery
  readonly ledger: Ledger
  /** Events under way at once. */
  readonly slots: Throttle
  readonly settings: () => Settings
}

export interface RunOrder {
  /** Bookmakers whose lists are read first. */
  readonly discover: readonly BookmakerId[]
  /** Those still to be asked for, and being asked for. */
  readonly pages: Set<PageRequest>
  readonly plan: Plan
  readonly progress: Progress
}

/** Ends when the event's fetches have begun; `fibers` see to their end. */
export const startEvent = (
  works: Works,
  run: RunOrder,
  entry: PlanEntry,
  fibers: FiberSet.FiberSet<void>
): Effect.Effect<void> =>
  Effect.uninterruptibleMask(
    Effect.fnUntraced(function* (restore) {
      const slot = works.slots.reserve()
      const giveUp = slot.release("unused")
      yield* Effect.onInterrupt(restore(slot.granted), () => giveUp)
      const wanted = yield* stillWanted(works, run, entry)
      const places: Places = new Map()
      const joint = yield* Effect.onInterrupt(restore(meet(works, { ...entry, targets: wanted }, places)), () =>
        Effect.andThen(giveUp, giveBack(places))
      )
      const began = yield* Clock.currentTimeMillis
      const waits: Effect.Effect<number | undefined>[] = []
      const firstTries: Effect.Effect<void>[] = []
      for (const target of joint) {
        const scraper = works.scrapers.get(target.bookmakerId)
        if (scraper === undefined) continue
        const place = places.get(target.bookmakerId) ?? scraper.gate.throttle.reserve()
        places.delete(target.bookmakerId)
        const { firstTry, outcome } = yield* scraper.begin(itemOf(run, entry, target), place)
        firstTries.push(firstTry)
        waits.push(Effect.flatMap(restore(outcome), (came) => settle(run, entry, target, began, came)))
      }
      yield* giveBack(places)
      // Started at once, so that an interrupt finds the slot's release in place.
      const tried = Effect.all(firstTries, { concurrency: "unbounded", discard: true })
      yield* FiberSet.run(fibers, tried.pipe(Effect.ensuring(giveUp)), { startImmediately: true })
      yield* FiberSet.run(fibers, together(run, waits), { startImmediately: true })
      for (const target of wanted) {
        if (!joint.includes(target))
          yield* FiberSet.run(fibers, alone(works, run, entry, target), { startImmediately: true })
      }
    })
  )

/** Drops what has kicked off since it was planned, and counts what another run has fetched since this one began. */
const stillWanted = Effect.fnUntraced(function* (works: Works, { plan, progress }: RunOrder, entry: PlanEntry) {
  const now = yield* Clock.currentTimeMillis
  const wanted: PlanTarget[] = []
  for (const target of entry.targets) {
    const over = entry.kickoff <= now
    const { askedAt } = works.ledger.of(target.bookmakerId, entry.eventId)
    const fetched = askedAt !== undefined && askedAt >= progress.begunAt
    if (!over && !fetched) {
      wanted.push(target)
      continue
    }
    plan.settle(target.bookmakerId, entry.eventId)
    yield* progress.count(target.bookmakerId, over ? { planned: -1 } : { fetched: 1 })
  }
  return wanted
})

const together = Effect.fnUntraced(function* (run: RunOrder, waits: readonly Effect.Effect<number | undefined>[]) {
  const asked = (yield* Effect.all(waits, { concurrency: "unbounded" })).filter((at) => at !== undefined)
  if (asked.length > 1) run.progress.timings.add("skew", undefined, Math.max(...asked) - Math.min(...asked))
})

/** A listing that nobody waits for: it takes its own place in line, or fails at once where it is held back. */
const alone = (works: Works, run: RunOrder, entry: PlanEntry, target: PlanTarget): Effect.Effect<void> =>
  Effect.uninterruptibleMask(
    Effect.fnUntraced(function* (restore) {
      const scraper = works.scrapers.get(target.bookmakerId)
      if (scraper === undefined) return
      const began = yield* Clock.currentTimeMillis
      const waits = !scraper.isUnderWay(entry.eventId) && scraper.gate.held("event") === undefined
      const permit = waits ? scraper.gate.throttle.reserve() : undefined
      if (permit !== undefined) yield* Effect.onInterrupt(restore(permit.granted), () => permit.release("unused"))
      const { outcome } = yield* scraper.begin(itemOf(run, entry, target), permit)
      yield* settle(run, entry, target, began, yield* restore(outcome))
    })
  )

const itemOf = (run: RunOrder, entry: PlanEntry, target: PlanTarget): Item => ({
  bookmakerEventId: target.bookmakerEventId,
  eventId: entry.eventId,
  kickoff: entry.kickoff,
  runId: run.progress.run().id
})

/** Counts what became of one listing; answers when it was asked for, if a snapshot came. */
const settle = Effect.fnUntraced(function* (
  { plan, progress }: RunOrder,
  entry: PlanEntry,
  { bookmakerId }: PlanTarget,
  began: number,
  outcome: ItemOutcome
) {
  plan.settle(bookmakerId, entry.eventId)
  if (outcome._tag === "Fetched") {
    progress.timings.add("wait", bookmakerId, Math.max(0, outcome.requestedAt - began))
    progress.timings.add("fetch", bookmakerId, outcome.observedAt - outcome.requestedAt)
    progress.timings.add("decode", bookmakerId, outcome.decodeMs)
    yield* progress.count(bookmakerId, { fetched: 1 })
    return outcome.requestedAt
  }
  const { error, durationMs } = outcome
  yield* progress.fail(failureOf(bookmakerId, entry.eventId, reasonCodeOf(error), error.message, durationMs))
  yield* progress.count(bookmakerId, error._tag === "Gone" ? { gone: 1 } : { failed: 1 })
  return undefined
})
