/**
 * What is due, and what comes first. Pure.
 *
 * A refresh is due a little before its listing is late, so that its answer comes in time. An event is due when one of
 * its listings is; listings that fall due within a tenth of the cadence come along, because prices are only compared
 * when they were captured together.
 */
import type { BookmakerId } from "../../domain/Bookmaker.ts"
import { cadenceAt } from "../../domain/Freshness.ts"
import type { CadenceTier } from "../../domain/Freshness.ts"
import type { EventId } from "../../domain/Event.ts"

/** One event to fetch, with the bookmakers to ask. */
export interface PlanEntry {
  readonly eventId: EventId
  readonly kickoff: number
  /** How many bookmakers list it, asked or not. */
  readonly listings: number
  readonly targets: readonly PlanTarget[]
}

export interface PlanTarget {
  readonly bookmakerId: BookmakerId
  readonly bookmakerEventId: string
}

/** How a listing stands with its refreshes. */
export interface Refreshed {
  /** Undefined = never confirmed. */
  readonly confirmedAt: number | undefined
  /** When it may be tried again after a failure; undefined = the last try did not fail. */
  readonly retryAt: number | undefined
}

const URGENT_MS = 30 * 60_000
const SOON_MS = 2 * 3_600_000
const COMPANION_SHARE = 0.1
const LEAD_SHARE = 0.1
const LONGEST_LEAD_MS = 4_000

/** The instant after which a listing confirmed then is no longer as fresh as its tier, or the next it enters, asks for. */
export const lateAt = (tiers: readonly CadenceTier[], kickoff: number, confirmedAt: number): number =>
  tiers.reduce((first, { within, every }) => Math.min(first, Math.max(kickoff - within, confirmedAt + every)), Infinity)

/** The instant from which a listing wants to be fetched again. */
export const dueAt = (tiers: readonly CadenceTier[], kickoff: number, listing: Refreshed): number => {
  const { confirmedAt, retryAt = -Infinity } = listing
  if (confirmedAt === undefined) return retryAt
  const late = lateAt(tiers, kickoff, confirmedAt)
  return Math.max(late - leadOf(late - confirmedAt), retryAt)
}

/** The entry with those of its targets that are due, or fall due with them; undefined when none is. */
export const duePart = (
  entry: PlanEntry,
  tiers: readonly CadenceTier[],
  now: number,
  refreshed: (bookmakerId: BookmakerId) => Refreshed
): PlanEntry | undefined => {
  const due = entry.targets.map(({ bookmakerId }) => dueAt(tiers, entry.kickoff, refreshed(bookmakerId)))
  if (!due.some((at) => at <= now)) return undefined
  const companions = now + cadenceAt(tiers, entry.kickoff, now) * COMPANION_SHARE
  return { ...entry, targets: entry.targets.filter((_, i) => (due[i] ?? Infinity) <= companions) }
}

// Enough for the next look, the slowest of a hundred answers and the commit that confirms it.
const leadOf = (every: number): number => Math.min(every * LEAD_SHARE, LONGEST_LEAD_MS)

/** When a listing that failed `failures` times in a row is tried again: after 30 s, doubling, at its cadence at the latest. */
export const retryAfter = (tiers: readonly CadenceTier[], kickoff: number, failures: number, now: number): number =>
  now + Math.min(cadenceAt(tiers, kickoff, now), 30_000 * 2 ** (failures - 1))

/** Most urgent first: under 30 minutes to kickoff, under two hours, later; then kickoff; then how many list it. */
export const compareUrgency =
  (now: number) =>
  (a: PlanEntry, b: PlanEntry): number =>
    tierOf(a, now) - tierOf(b, now) ||
    a.kickoff - b.kickoff ||
    b.listings - a.listings ||
    (a.eventId < b.eventId ? -1 : 1)

const tierOf = ({ kickoff }: PlanEntry, now: number): number =>
  kickoff - now < URGENT_MS ? 0 : kickoff - now < SOON_MS ? 1 : 2
