/**
 * How fresh a price is, and why: the worst of bookmaker, listing and market.
 *
 * Pure words and arithmetic; `odds` applies them. States carry a since-time, and a reason unless CONFIRMED.
 */

export type OddsState = "CONFIRMED" | "STALE" | "SUSPENDED" | "WITHDRAWN" | "NEVER_OFFERED" | "UNMAPPED"

export type ReasonCode =
  | "OVERDUE"
  | "UNREACHABLE"
  | "TIMED_OUT"
  | "BLOCKED"
  | "THROTTLED"
  | "BROKEN"
  | "BREAKER_OPEN"
  | "UNREADABLE"
  | "TOO_LARGE"
  | "SUSPICIOUS_LIST"
  | "SUSPICIOUS_DETAIL"
  | "ACTOR_FAILED"
  | "DISABLED"
  | "SKEW"
  | "GONE"
  | "KICKED_OFF"
  | "OTHER"

export interface Reason {
  readonly code: ReasonCode
  /** A full sentence for a trader. */
  readonly text: string
  /** When it is expected to end, where that is known. */
  readonly until?: number
}

/** A state with its since-time and its reason. */
export interface Standing {
  readonly state: OddsState
  readonly since: number
  readonly reason?: Reason
}

/** Best first: a later one hides an earlier one. */
const SEVERITY: Readonly<Record<OddsState, number>> = {
  CONFIRMED: 0,
  STALE: 1,
  SUSPENDED: 2,
  UNMAPPED: 3,
  WITHDRAWN: 4,
  NEVER_OFFERED: 5
}

/**
 * The worst of the given levels, outermost first; of equals the outermost, whose reason explains the rest.
 * What is CONFIRMED on every level is so since the last of them became so.
 */
export const worst = (outermost: Standing, ...inner: readonly Standing[]): Standing => {
  // A loop and no spread: every offer that is shown passes here.
  let held = outermost
  let { since } = outermost
  for (const next of inner) {
    if (SEVERITY[next.state] > SEVERITY[held.state]) held = next
    if (next.since > since) since = next.since
  }
  return held.state === "CONFIRMED" ? { state: "CONFIRMED", since } : held
}

/** The one that hides the other; of equals the first. */
export const worseState = (a: OddsState, b: OddsState): OddsState => (SEVERITY[b] > SEVERITY[a] ? b : a)

/** How often a listing is to be refreshed, by time to kickoff; the first tier whose `within` holds. */
export interface CadenceTier {
  /** Milliseconds to kickoff, exclusive; Infinity for the last tier. */
  readonly within: number
  readonly every: number
}

export const DEFAULT_TIERS: readonly CadenceTier[] = [
  { within: 30 * 60_000, every: 30_000 },
  { within: 2 * 3_600_000, every: 60_000 },
  { within: 24 * 3_600_000, every: 300_000 },
  { within: Infinity, every: 1_800_000 }
]

/** Milliseconds between two refreshes of an event with this kickoff. */
export const cadenceAt = (tiers: readonly CadenceTier[], kickoff: number, now: number): number =>
  (tiers.find((tier) => kickoff - now < tier.within) ?? tiers[tiers.length - 1])?.every ?? 1_800_000

/** The instant from which a listing confirmed at `confirmedAt` is overdue: 2 × cadence + 30 s (DESIGN §4). */
export const overdueAt = (tiers: readonly CadenceTier[], kickoff: number, confirmedAt: number): number =>
  confirmedAt + 2 * cadenceAt(tiers, kickoff, confirmedAt) + 30_000
