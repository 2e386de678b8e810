/**
 * How many refreshes each bookmaker can take, and which of those due get them. Pure.
 *
 * A bookmaker's budget follows from its limits: the permits in force and how long one is held. Where it does not
 * suffice the tiers nearest to kickoff go first and within a tier the most overdue; the service level tells the rest.
 */
import type { BookmakerId } from "../../domain/Bookmaker.ts"
import type { CadenceTier } from "../../domain/Freshness.ts"
import type { PlanEntry, PlanTarget } from "./Cadence.ts"

/** What a bookmaker's limits allow. */
export interface Means {
  /** Permits in force. */
  readonly limit: number
  /** How long a permit is held for one request, its pause included. */
  readonly heldMs: number
}

/** An entry that is due, and since when its most overdue listing is. */
export interface Due {
  readonly entry: PlanEntry
  readonly since: number
}

/** What fits into the budgets, and what is left over for want of one. */
export interface Share {
  readonly taken: readonly PlanEntry[]
  readonly left: readonly PlanEntry[]
}

/** Refreshes that may be on their way at once: as many as can end before the next look, at least one for each permit. */
export const allowance = ({ limit, heldMs }: Means, untilNextLookMs: number): number =>
  Math.max(limit, Math.floor((limit * untilNextLookMs) / heldMs))

/** The tier nearest to kickoff first, then the most overdue by its own cadence. */
export const compareOverdue =
  (tiers: readonly CadenceTier[], now: number) =>
  (a: Due, b: Due): number => {
    const [tierA, tierB] = [tierOf(tiers, a, now), tierOf(tiers, b, now)]
    return tierA === tierB ? a.since - b.since : tierA - tierB
  }

/** Deals the budgets out in the order given. A listing left over does not hold up the event's others. */
export const deal = (due: readonly PlanEntry[], budgets: ReadonlyMap<BookmakerId, number>): Share => {
  const rest = new Map(budgets)
  const taken: PlanEntry[] = []
  const left: PlanEntry[] = []
  for (const entry of due) {
    const fits: PlanTarget[] = []
    const waits: PlanTarget[] = []
    for (const target of entry.targets) {
      const free = rest.get(target.bookmakerId) ?? 0
      if (free > 0) rest.set(target.bookmakerId, free - 1)
      ;(free > 0 ? fits : waits).push(target)
    }
    if (fits.length > 0) taken.push({ ...entry, targets: fits })
    if (waits.length > 0) left.push({ ...entry, targets: waits })
  }
  return { taken, left }
}

const tierOf = (tiers: readonly CadenceTier[], { entry }: Due, now: number): number =>
  tiers.findIndex(({ within }) => entry.kickoff - now < within)
