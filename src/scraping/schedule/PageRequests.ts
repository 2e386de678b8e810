/**
 * The pages to ask for at this look: for each bookmaker whose due listings its budget cannot take, now nor at the next.
 *
 * A listing that was never seen whole is left to its first fetch, because a part of it would have nothing to lie over.
 */
import type { BookmakerId } from "../../domain/Bookmaker.ts"
import type { EventId } from "../../domain/Event.ts"
import type { Placed } from "../../matching/Matcher.ts"
import type { Works } from "../runs/EventFetch.ts"
import type { PlanEntry } from "./Cadence.ts"
import { makeCredit, pagesFor } from "./Pages.ts"
import type { PageRequest, Waiting } from "./Pages.ts"

export interface Shortage {
  /** Listings that are due and have to wait, the most urgent first. */
  readonly left: readonly PlanEntry[]
  /** What each bookmaker can be asked for until the next look, and what of it is free. */
  readonly allowances: ReadonlyMap<BookmakerId, number>
  readonly budgets: ReadonlyMap<BookmakerId, number>
  readonly known: readonly Placed[]
  readonly now: number
}

export interface PageRequests {
  /** Counts them as asked for. */
  readonly next: (shortage: Shortage) => readonly PageRequest[]
  /** Fetches were given out. */
  readonly given: (taken: readonly PlanEntry[], allowances: ReadonlyMap<BookmakerId, number>) => void
}

export const makePageRequests = (works: Works): PageRequests => {
  const credit = makeCredit()

  const pagesOf = (bookmakerId: BookmakerId, { left, allowances, budgets, known, now }: Shortage) => {
    const scraper = works.scrapers.get(bookmakerId)
    const pageOf = scraper?.pageOf
    const most = Math.min(credit.of(bookmakerId), budgets.get(bookmakerId) ?? 0)
    const waiting = left.filter(({ targets }) => targets.some((target) => target.bookmakerId === bookmakerId))
    if (pageOf === undefined || most < 1 || waiting.length <= (allowances.get(bookmakerId) ?? 0)) return []
    if (scraper?.gate.held("list") !== undefined) return []
    const places = placesAt(bookmakerId, known, now)
    const listings = waiting.flatMap((entry): readonly Waiting[] => {
      const { eventId, kickoff } = entry
      const place = places.get(eventId)
      const bookmakerEventId = entry.targets.find((target) => target.bookmakerId === bookmakerId)?.bookmakerEventId
      const wasSeen = works.matcher.confirmedAt(bookmakerId, eventId) !== undefined
      if (place === undefined || bookmakerEventId === undefined || !wasSeen) return []
      const page = pageOf(place, works.matcher.competitionAt(bookmakerId, eventId))
      const { partAskedAt } = works.ledger.of(bookmakerId, eventId)
      return [{ eventId, bookmakerEventId, kickoff, page, partAskedAt }]
    })
    return pagesFor(bookmakerId, listings, works.settings().tiers, now).slice(0, most)
  }

  return {
    next: (shortage) =>
      [...shortage.budgets.keys()].flatMap((bookmakerId) => {
        const pages = pagesOf(bookmakerId, shortage)
        credit.spend(bookmakerId, pages.length)
        for (const { targets } of pages)
          for (const { eventId, kickoff } of targets)
            works.ledger.partAsked(bookmakerId, eventId, kickoff, shortage.now)
        return pages
      }),
    given: (taken, allowances) => {
      for (const [bookmakerId, most] of allowances) {
        const fetches = taken.filter(({ targets }) => targets.some((target) => target.bookmakerId === bookmakerId))
        credit.earn(bookmakerId, fetches.length, most)
      }
    }
  }
}

/** The place of each event among all that a bookmaker is known to list, by kickoff. */
const placesAt = (bookmakerId: BookmakerId, known: readonly Placed[], now: number): ReadonlyMap<EventId, number> =>
  new Map(
    known
      .filter(({ facts, listedAt }) => facts.kickoff > now && listedAt.has(bookmakerId))
      .sort((a, b) => a.facts.kickoff - b.facts.kickoff)
      .map(({ facts }, place) => [facts.id, place])
  )
