/**
 * The comparison of one market and line across bookmakers.
 *
 * Only CONFIRMED prices captured within the skew bound of the newest capture count, so any two that count
 * are within the bound of each other. Everyone else is named with the reason. A type whose outcomes differ in
 * granularity between bookmakers is never compared: nobody counts.
 */
import type { Bookmaker, BookmakerId } from "../domain/Bookmaker.ts"
import type { Reason, Standing } from "../domain/Freshness.ts"
import type { MarketType } from "../domain/Market.ts"
import type { MarketState } from "../domain/Record.ts"
import { bestPrices } from "./BestPrice.ts"
import type { BestPrice } from "./BestPrice.ts"
import { openPrices } from "./Margin.ts"

/** One bookmaker's offer of the market, as far as comparing needs it. */
export interface Candidate {
  readonly bookmaker: Bookmaker
  /** Effective: bookmaker, listing and market taken together. */
  readonly standing: Standing
  readonly state: MarketState | undefined
  /** When the prices were captured: request time, else arrival. */
  readonly capturedAt: number | undefined
}

export interface Exclusion {
  readonly bookmakerId: BookmakerId
  readonly reason: Reason
}

export interface Comparison {
  /** One per outcome of the type. */
  readonly best: readonly BestPrice[]
  /** Spread of capture times among those who count; undefined when fewer than two do. */
  readonly skewMs: number | undefined
  readonly excluded: readonly Exclusion[]
}

export const compare = (type: MarketType, candidates: readonly Candidate[], skewBoundMs: number): Comparison => {
  const newest = candidates.reduce((latest, candidate) => {
    const at = usable(candidate)?.capturedAt
    return at === undefined ? latest : Math.max(latest, at)
  }, -Infinity)
  const verdicts = candidates.map((candidate) => judge(type, candidate, newest, skewBoundMs))
  const counting = verdicts.flatMap((verdict) => ("counts" in verdict ? [verdict.counts] : []))
  const captures = counting.map((usable) => usable.capturedAt)
  return {
    best: bestPrices(
      type.outcomes,
      counting.map(({ bookmaker, state }) => ({
        bookmakerId: bookmaker.id,
        ours: bookmaker.ours,
        prices: openPrices(state)
      }))
    ),
    skewMs: captures.length < 2 ? undefined : Math.max(...captures) - Math.min(...captures),
    excluded: verdicts.flatMap((verdict) => ("excluded" in verdict ? [verdict.excluded] : []))
  }
}

interface Usable {
  readonly bookmaker: Bookmaker
  readonly state: MarketState
  readonly capturedAt: number
}

type Verdict = { readonly counts: Usable } | { readonly excluded: Exclusion }

const usable = ({ bookmaker, standing, state, capturedAt }: Candidate): Usable | undefined =>
  standing.state === "CONFIRMED" && state !== undefined && capturedAt !== undefined
    ? { bookmaker, state, capturedAt }
    : undefined

const judge = (type: MarketType, candidate: Candidate, newest: number, skewBoundMs: number): Verdict => {
  const exclude = (reason: Reason): Verdict => ({ excluded: { bookmakerId: candidate.bookmaker.id, reason } })
  if (!type.comparable) {
    return exclude({ code: "OTHER", text: `${type.name} is not compared: bookmakers cut its outcomes differently.` })
  }
  const counts = usable(candidate)
  if (counts === undefined) return exclude(candidate.standing.reason ?? unpriced(candidate))
  const behind = newest - counts.capturedAt
  return behind <= skewBoundMs
    ? { counts }
    : exclude({
        code: "SKEW",
        text: `${candidate.bookmaker.name}'s prices were captured ${seconds(behind)} before the newest ones; the bound is ${seconds(skewBoundMs)}.`
      })
}

const unpriced = ({ bookmaker: { name }, standing, state, capturedAt }: Candidate): Reason => ({
  code: "OTHER",
  text:
    standing.state === "UNMAPPED"
      ? `The catalogue has no mapping of this market for ${name}.`
      : standing.state === "NEVER_OFFERED"
        ? `${name} has not offered this market.`
        : standing.state === "CONFIRMED" && state !== undefined && capturedAt === undefined
          ? `${name}'s prices come from history, which does not keep when they were captured, so they are not compared.`
          : `${name} has no confirmed price for this market.`
})

const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`
