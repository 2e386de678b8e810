/**
 * Which pages of a bookmaker's list are worth a request, when its due listings do not fit into its budget. Pure.
 *
 * A page tells the main markets of many listings at once, so what moved in them is told at once. It replaces no fetch: a
 * listing is confirmed, and kept from going stale, only when it is seen whole, and stays due until then (DESIGN §4).
 * So a page is asked for only where it tells of several listings that have to wait, and takes one request in five at
 * most. With the default limits and cadences that is after an outage: 1,300 events want some 4 requests a second, where
 * Bet9ja's limits allow 23 and the others' 90 and more, but 1,300 that fall due at once keep Bet9ja busy for a minute.
 */
import type { BookmakerId } from "../../domain/Bookmaker.ts"
import { cadenceAt } from "../../domain/Freshness.ts"
import type { CadenceTier } from "../../domain/Freshness.ts"
import type { EventId } from "../../domain/Event.ts"

/** A listing that is due and has to wait. */
export interface Waiting {
  readonly eventId: EventId
  readonly bookmakerEventId: string
  readonly kickoff: number
  /** The page that should tell of it; undefined where none is known to. */
  readonly page: string | undefined
  readonly partAskedAt: number | undefined
}

/** One request for a page, and the listings that it should tell of. */
export interface PageRequest {
  readonly bookmakerId: BookmakerId
  readonly page: string
  readonly targets: readonly Waiting[]
}

/** Listings that must wait for their fetch before a page is cheaper than fetching them. */
export const LEAST_TOLD = 5
/** Fetches for each page. */
export const FETCHES_PER_PAGE = 4

/** The pages worth a request, in the order of the most urgent listing of each; none again within its listings' cadence. */
export const pagesFor = (
  bookmakerId: BookmakerId,
  waiting: readonly Waiting[],
  tiers: readonly CadenceTier[],
  now: number
): readonly PageRequest[] => {
  const pages = new Map<string, Waiting[]>()
  for (const each of waiting) {
    if (each.page === undefined || wasAsked(each, tiers, now)) continue
    const page = pages.get(each.page)
    if (page === undefined) pages.set(each.page, [each])
    else page.push(each)
  }
  return Array.from(pages, ([page, targets]) => ({ bookmakerId, page, targets })).filter(
    ({ targets }) => targets.length >= LEAST_TOLD
  )
}

/** An instant that has not come yet is of a clock that was set back since, and means nothing. */
const wasAsked = ({ kickoff, partAskedAt }: Waiting, tiers: readonly CadenceTier[], now: number): boolean =>
  partAskedAt !== undefined && partAskedAt <= now && now < partAskedAt + cadenceAt(tiers, kickoff, now)

/** How many pages each bookmaker may be asked for, by how many fetches it was given since the last. */
export interface Credit {
  readonly of: (bookmakerId: BookmakerId) => number
  readonly spend: (bookmakerId: BookmakerId, pages: number) => void
  /** `most`: what it can be asked for until the next look; more than that share of it is never saved up. */
  readonly earn: (bookmakerId: BookmakerId, fetches: number, most: number) => void
}

export const makeCredit = (): Credit => {
  const earned = new Map<BookmakerId, number>()
  const held = (id: BookmakerId): number => earned.get(id) ?? FETCHES_PER_PAGE
  return {
    of: (id) => Math.floor(held(id) / FETCHES_PER_PAGE),
    spend: (id, pages) => {
      earned.set(id, held(id) - pages * FETCHES_PER_PAGE)
    },
    earn: (id, fetches, most) => {
      earned.set(id, Math.min(held(id) + fetches, Math.max(FETCHES_PER_PAGE, most)))
    }
  }
}
