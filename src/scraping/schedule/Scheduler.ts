/**
 * Starts runs by the clock: every interval one that reads the lists and fetches what is due, and in between small
 * ones that refresh what falls due before the next.
 *
 * What is due follows from when the books last confirmed it, so a restart fetches nothing again that is within its
 * cadence. A bookmaker whose circuit waits for a probe is sent its most urgent event and nothing else.
 */
import { Clock, Effect, Fiber } from "effect"
import type { BookmakerId } from "../../domain/Bookmaker.ts"
import { cadenceAt } from "../../domain/Freshness.ts"
import type { BookmakerScraper } from "../BookmakerScraper.ts"
import { compareUrgency, duePart } from "./Cadence.ts"
import type { PlanEntry, Refreshed } from "./Cadence.ts"
import type { Coordinator } from "../runs/Coordinator.ts"
import { entryOf } from "../runs/Plan.ts"
import { EVERYTHING } from "../runs/Requests.ts"
import type { Works } from "../runs/EventFetch.ts"

export interface Scheduler {
  /** Runs until interrupted. */
  readonly loop: Effect.Effect<void>
  readonly nextRunAt: () => number | undefined
}

const TICK_MS = 1_000
/** Cadence runs under way at once; more only pile up behind a bookmaker that does not answer. */
const MAX_CADENCE_RUNS = 20
/** A listing that is due is left to the next scheduled run when that comes within this share of its cadence. */
const WAIT_SHARE = 0.2

export const makeScheduler = (works: Works, coordinator: Coordinator): Scheduler => {
  let nextRunAt: number | undefined

  const active = (): readonly BookmakerId[] => {
    const { disabled, paused } = works.settings()
    return [...works.scrapers.keys()].filter((id) => !disabled.includes(id) && !paused.includes(id))
  }

  const refreshed =
    (entry: PlanEntry, now: number) =>
    (bookmakerId: BookmakerId): Refreshed => {
      const fetches = works.ledger.of(bookmakerId, entry.eventId)
      // Fetched in a time that has not come yet: the clock was set back since, and the books know better.
      const fetchedAt = fetches.observedAt !== undefined && fetches.observedAt > now ? undefined : fetches.observedAt
      const confirmedAt = latest(works.matcher.confirmedAt(bookmakerId, entry.eventId), fetchedAt)
      // What was confirmed before its bookmaker returned is stale until it is seen again, whatever its cadence.
      const { state, since } = works.matcher.standing(bookmakerId)
      const outdated = confirmedAt !== undefined && state === "CONFIRMED" && confirmedAt < since
      return { confirmedAt: outdated ? undefined : confirmedAt, retryAt: fetches.retryAt }
    }

  const dueOf = (entry: PlanEntry, now: number): PlanEntry | undefined =>
    duePart(entry, works.settings().tiers, now, refreshed(entry, now))

  const scheduledRun = Effect.fnUntraced(function* () {
    const bookmakers = active()
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
          const due = dueOf(entry, now)
          whole &&= due?.targets.length === entry.targets.length
          return due
        }
      }
    })
    if (held.fiber !== undefined) yield* Fiber.await(held.fiber)
  })

  const schedule = Effect.gen(function* () {
    while (true) {
      const began = yield* Clock.currentTimeMillis
      nextRunAt = began + works.settings().scrapeIntervalMs
      yield* scheduledRun()
      // In steps, so that another interval works at once.
      while (true) {
        const now = yield* Clock.currentTimeMillis
        nextRunAt = Math.max(now, began + works.settings().scrapeIntervalMs)
        if (nextRunAt <= now) break
        yield* Effect.sleep(Math.min(TICK_MS, nextRunAt - now))
      }
      works.ledger.tidy(yield* Clock.currentTimeMillis)
    }
  })

  /** What falls due now and will not wait for the next scheduled run. */
  const refreshable = Effect.fnUntraced(function* () {
    const now = yield* Clock.currentTimeMillis
    const bookmakers = active().filter((id) => works.scrapers.get(id)?.gate.held("event") === undefined)
    const probed = new Set(bookmakers.filter((id) => awaitsProbe(works.scrapers.get(id))))
    const reading = new Set(coordinator.log.underWay().flatMap(({ discover }) => discover))
    const until = (nextRunAt ?? now) - now
    const entries: PlanEntry[] = []
    const unlisted = new Set(probed)
    for (const event of yield* works.matcher.known) {
      if (event.facts.kickoff <= now) continue
      const entry = entryOf(event, bookmakers)
      for (const { bookmakerId } of entry.targets) unlisted.delete(bookmakerId)
      const targets = entry.targets.filter(({ bookmakerId }) => !coordinator.log.claims(bookmakerId, entry.eventId))
      if (targets.length === 0) continue
      const asked = targets.filter(
        ({ bookmakerId }) =>
          !probed.has(bookmakerId) && (!reading.has(bookmakerId) || isRefresh(refreshed(entry, now)(bookmakerId)))
      )
      const waits =
        until <= cadenceAt(works.settings().tiers, entry.kickoff, now) * WAIT_SHARE && entry.kickoff - now > NEAR_MS
      const due = asked.length === 0 || waits ? undefined : dueOf({ ...entry, targets: asked }, now)
      if (due !== undefined) entries.push(due)
      const probes = targets.filter(({ bookmakerId }) => probed.has(bookmakerId))
      if (probes.length > 0) entries.push({ ...entry, targets: probes })
    }
    // Nothing of it is known, as after a start into a refusal: its list is the probe.
    const discover = [...unlisted].filter((id) => !reading.has(id))
    return { entries: oneProbeEach(entries.sort(compareUrgency(now)), probed), bookmakers, discover }
  })

  const cadenceTick = Effect.gen(function* () {
    if (coordinator.log.underWay().filter(({ trigger }) => trigger === "CADENCE").length >= MAX_CADENCE_RUNS) return
    const { entries, bookmakers, discover } = yield* refreshable()
    if (entries.length === 0 && discover.length === 0) return
    const asked = new Map<string, Set<BookmakerId>>()
    for (const { eventId, targets } of entries) {
      const named = asked.get(eventId) ?? new Set()
      for (const { bookmakerId } of targets) named.add(bookmakerId)
      asked.set(eventId, named)
    }
    yield* coordinator.launch({
      trigger: "CADENCE",
      discover,
      whole: () => false,
      request: { ...EVERYTHING, events: [...new Set(entries.map(({ eventId }) => eventId))] },
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
    nextRunAt: () => (active().length === 0 ? undefined : nextRunAt)
  }
}

/** Under two hours to kickoff nothing waits for the next scheduled run. */
const NEAR_MS = 2 * 3_600_000

/** The first fetch of a listing belongs to the run that reads its list, together with the event's other bookmakers. */
const isRefresh = ({ confirmedAt, retryAt }: Refreshed): boolean => confirmedAt !== undefined || retryAt !== undefined

const awaitsProbe = (scraper: BookmakerScraper | undefined): boolean => {
  const circuits = scraper?.gate.circuits()
  return circuits !== undefined && (circuits.event.phase !== "CLOSED" || circuits.refusal.phase !== "CLOSED")
}

const oneProbeEach = (entries: readonly PlanEntry[], probed: ReadonlySet<BookmakerId>): readonly PlanEntry[] => {
  const sent = new Set<BookmakerId>()
  return entries.flatMap((entry) => {
    const targets = entry.targets.filter(({ bookmakerId }) => {
      if (!probed.has(bookmakerId)) return true
      if (sent.has(bookmakerId)) return false
      sent.add(bookmakerId)
      return true
    })
    return targets.length === 0 ? [] : [{ ...entry, targets }]
  })
}

const latest = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined ? b : b === undefined ? a : Math.max(a, b)
