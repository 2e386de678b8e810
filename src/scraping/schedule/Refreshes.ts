/**
 * What is to be refreshed now: which listings are due, which of them their bookmakers' budgets allow, and which
 * bookmaker is to be sent a probe.
 *
 * A bookmaker whose circuit waits for a probe is sent its most urgent event and nothing else. The first fetch of a
 * listing belongs to the run that reads its list, together with the event's other bookmakers.
 */
import { Clock, Effect } from "effect"
import type { BookmakerId } from "../../domain/Bookmaker.ts"
import { paceOf } from "../../domain/Settings.ts"
import type { BookmakerScraper } from "../BookmakerScraper.ts"
import type { Works } from "../runs/EventFetch.ts"
import { entryOf } from "../runs/Plan.ts"
import type { HeldRun, RunLog } from "../runs/RunLog.ts"
import { allowance, compareOverdue, deal } from "./Budget.ts"
import type { Due, Means } from "./Budget.ts"
import { compareUrgency, dueAt, duePart } from "./Cadence.ts"
import type { PlanEntry, Refreshed } from "./Cadence.ts"
import { makePageRequests } from "./PageRequests.ts"
import type { PageRequest } from "./Pages.ts"

export interface Refreshes {
  /** Bookmakers that the schedule asks at all. */
  readonly active: () => readonly BookmakerId[]
  /** The part of an entry that is due. */
  readonly dueOf: (entry: PlanEntry, now: number) => PlanEntry | undefined
  readonly next: (untilNextLookMs: number) => Effect.Effect<Next>
}

export interface Next {
  readonly entries: readonly PlanEntry[]
  /** Of listings that have to wait. */
  readonly pages: readonly PageRequest[]
  readonly bookmakers: readonly BookmakerId[]
  /** Nothing of these is known, as after a start into a refusal: their list is the probe. */
  readonly discover: readonly BookmakerId[]
}

export const makeRefreshes = (works: Works, log: RunLog): Refreshes => {
  const pageRequests = makePageRequests(works)

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
      const wasSetBack = fetches.failedAt !== undefined && fetches.failedAt > now
      return {
        confirmedAt: outdated ? undefined : confirmedAt,
        retryAt: wasSetBack ? now : fetches.retryAt
      }
    }

  const dueOf = (entry: PlanEntry, now: number): PlanEntry | undefined =>
    duePart(entry, works.settings().tiers, now, refreshed(entry, now))

  const next = Effect.fnUntraced(function* (untilNextLookMs: number) {
    const now = yield* Clock.currentTimeMillis
    const { tiers } = works.settings()
    const bookmakers = active().filter((id) => works.scrapers.get(id)?.gate.held("event") === undefined)
    const probed = new Set(bookmakers.filter((id) => awaitsProbe(works.scrapers.get(id))))
    const runs = log.underWay()
    const reading = new Set(runs.flatMap(({ discover }) => discover))
    const unlisted = new Set(probed)
    const due: Due[] = []
    const probes: PlanEntry[] = []
    const known = yield* works.matcher.known
    for (const event of known) {
      if (event.facts.kickoff <= now) continue
      const entry = entryOf(event, bookmakers)
      for (const { bookmakerId } of entry.targets) unlisted.delete(bookmakerId)
      const states = refreshed(entry, now)
      const asked = entry.targets.filter(
        ({ bookmakerId }) => !probed.has(bookmakerId) && (!reading.has(bookmakerId) || isRefresh(states(bookmakerId)))
      )
      const part = asked.length === 0 ? undefined : dueOf({ ...entry, targets: asked }, now)
      const free = part?.targets.filter(({ bookmakerId }) => !isClaimed(runs, bookmakerId, entry)) ?? []
      if (free.length > 0) {
        const since = Math.min(...free.map(({ bookmakerId }) => dueAt(tiers, entry.kickoff, states(bookmakerId))))
        due.push({ entry: { ...entry, targets: free }, since })
      }
      const probing = entry.targets.filter(
        ({ bookmakerId }) => probed.has(bookmakerId) && !isClaimed(runs, bookmakerId, entry)
      )
      if (probing.length > 0) probes.push({ ...entry, targets: probing })
    }
    const allowances = new Map(bookmakers.map((id) => [id, allowance(meansOf(works, id), untilNextLookMs)]))
    const budgets = new Map(Array.from(allowances, ([id, most]) => [id, most - onTheirWay(runs, id)]))
    const order = due.sort(compareOverdue(tiers, now)).map(({ entry }) => entry)
    // A page takes the place of a fetch, so it tells of that listing as well.
    const { left } = deal(order, new Map(Array.from(budgets, ([id, free]) => [id, free - 1])))
    const pages = pageRequests.next({ left, allowances, budgets: without(budgets, reading), known, now })
    for (const { bookmakerId } of pages) budgets.set(bookmakerId, (budgets.get(bookmakerId) ?? 0) - 1)
    const { taken } = deal(order, budgets)
    pageRequests.given(taken, allowances)
    return {
      entries: [...taken, ...oneProbeEach(probes.sort(compareUrgency(now)))],
      pages,
      bookmakers,
      discover: [...unlisted].filter((id) => !reading.has(id))
    }
  })

  return { active, dueOf, next }
}

/** What this bookmaker's limits allow now. */
export const meansOf = (works: Works, bookmakerId: BookmakerId): Means => ({
  limit: works.scrapers.get(bookmakerId)?.gate.throttle.limit() ?? 0,
  heldMs: works.ledger.latency(bookmakerId) + paceOf(works.settings(), bookmakerId).delayMs
})

/** Refreshes that a bookmaker is being asked for, whole listings and pages. */
const onTheirWay = (runs: readonly HeldRun[], id: BookmakerId): number =>
  runs.reduce(
    (sum, { trigger, plan, pages }) =>
      trigger === "CADENCE"
        ? sum + plan.open(id) + [...pages].filter(({ bookmakerId }) => bookmakerId === id).length
        : sum,
    0
  )

/** A bookmaker whose list is being read is asked for no page of it beside. */
const without = (
  budgets: ReadonlyMap<BookmakerId, number>,
  reading: ReadonlySet<BookmakerId>
): ReadonlyMap<BookmakerId, number> => new Map([...budgets].filter(([id]) => !reading.has(id)))

const isClaimed = (runs: readonly HeldRun[], bookmakerId: BookmakerId, { eventId }: PlanEntry): boolean =>
  runs.some(({ plan }) => plan.claims(bookmakerId, eventId))

const isRefresh = ({ confirmedAt, retryAt }: Refreshed): boolean => confirmedAt !== undefined || retryAt !== undefined

const awaitsProbe = (scraper: BookmakerScraper | undefined): boolean => {
  const circuits = scraper?.gate.circuits()
  return circuits !== undefined && (circuits.event.phase !== "CLOSED" || circuits.refusal.phase !== "CLOSED")
}

const oneProbeEach = (entries: readonly PlanEntry[]): readonly PlanEntry[] => {
  const sent = new Set<BookmakerId>()
  return entries.flatMap((entry) => {
    const targets = entry.targets.filter(({ bookmakerId }) => !sent.has(bookmakerId) && sent.add(bookmakerId))
    return targets.length === 0 ? [] : [{ ...entry, targets }]
  })
}

const latest = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined ? b : b === undefined ? a : Math.max(a, b)
