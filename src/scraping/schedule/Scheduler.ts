/**
 * Starts runs by the clock: every interval one that reads the lists and fetches what is due, and in between, every
 * second, a small one that refreshes what has fallen due.
 *
 * What is due follows from when the books last confirmed it, so a restart fetches nothing again that is within its
 * cadence.
 */
import { Clock, Effect, Fiber } from "effect"
import type { BookmakerId } from "../../domain/Bookmaker.ts"
import type { EventId } from "../../domain/Event.ts"
import type { Coordinator } from "../runs/Coordinator.ts"
import type { Works } from "../runs/EventFetch.ts"
import { EVERYTHING } from "../runs/Requests.ts"
import { makeRefreshes } from "./Refreshes.ts"

export interface Scheduler {
  /** Runs until interrupted. */
  readonly loop: Effect.Effect<void>
  readonly nextRunAt: () => number | undefined
}

const TICK_MS = 1_000

export const makeScheduler = (works: Works, coordinator: Coordinator): Scheduler => {
  const refreshes = makeRefreshes(works, coordinator.log)
  let nextRunAt: number | undefined

  const scheduledRun = Effect.fnUntraced(function* () {
    const bookmakers = refreshes.active()
    if (bookmakers.length === 0) return
    let whole = true
    const held = yield* coordinator.launch({
      trigger: "SCHEDULE",
      request: EVERYTHING,
      discover: bookmakers,
      whole: () => whole,
      rules: {
        bookmakers,
        wants: () => true,
        select: (entry, now) => {
          const due = refreshes.dueOf(entry, now)
          whole &&= due?.targets.length === entry.targets.length
          return due
        }
      }
    })
    if (held.fiber !== undefined) yield* Fiber.await(held.fiber)
  })

  const schedule = Effect.gen(function* () {
    while (true) {
      const began = yield* Clock.monotonicTimeNanos
      nextRunAt = (yield* Clock.currentTimeMillis) + works.settings().scrapeIntervalMs
      yield* scheduledRun()
      // In steps, so that another interval works at once, and so does a clock that was set.
      while (true) {
        const passed = Number(((yield* Clock.monotonicTimeNanos) - began) / 1_000_000n)
        const left = Math.max(0, works.settings().scrapeIntervalMs - passed)
        nextRunAt = (yield* Clock.currentTimeMillis) + left
        if (left === 0) break
        yield* Effect.sleep(Math.min(TICK_MS, left))
      }
      works.ledger.tidy(yield* Clock.currentTimeMillis)
    }
  })

  const cadenceTick = Effect.gen(function* () {
    const { entries, pages, bookmakers, discover } = yield* refreshes.next(TICK_MS)
    if (entries.length === 0 && pages.length === 0 && discover.length === 0) return
    const asked = new Map<EventId, Set<BookmakerId>>()
    for (const { eventId, targets } of entries) {
      const named = asked.get(eventId) ?? new Set()
      for (const { bookmakerId } of targets) named.add(bookmakerId)
      asked.set(eventId, named)
    }
    yield* coordinator.launch({
      trigger: "CADENCE",
      discover,
      pages,
      whole: () => false,
      request: { ...EVERYTHING, events: [...asked.keys()] },
      rules: {
        bookmakers,
        wants: ({ facts }) => asked.has(facts.id),
        select: (entry) => {
          const targets = entry.targets.filter(({ bookmakerId }) => asked.get(entry.eventId)?.has(bookmakerId))
          return targets.length === 0 ? undefined : { ...entry, targets }
        }
      }
    })
  })

  const cadence = cadenceTick.pipe(Effect.delay(TICK_MS), Effect.forever)

  return {
    loop: Effect.asVoid(Effect.all([schedule, cadence], { concurrency: "unbounded" })),
    nextRunAt: () => (refreshes.active().length === 0 ? undefined : nextRunAt)
  }
}
