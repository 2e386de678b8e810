/**
 * The best price of each outcome among offers that count, and how far ours is from the best competitor's.
 *
 * Ties are all named: a trader wants to know that two competitors are level with us.
 */
import type { BookmakerId } from "../domain/Bookmaker.ts"

/** One offer that counts. */
export interface Priced {
  readonly bookmakerId: BookmakerId
  readonly ours: boolean
  /** Open prices in thousandths by catalogue index; 0 = not open. */
  readonly prices: readonly number[]
}

export interface BestPrice {
  readonly outcome: string
  /** Thousandths; undefined when nobody has this outcome open. */
  readonly milli: number | undefined
  /** Everyone who has it, in roster order. */
  readonly bookmakers: readonly BookmakerId[]
  /** Our price / best competitor − 1; undefined when either is missing. */
  readonly ourEdge: number | undefined
}

/** One entry per outcome, in catalogue order. */
export const bestPrices = (outcomes: readonly string[], offers: readonly Priced[]): readonly BestPrice[] =>
  outcomes.map((outcome, index) => {
    const milli = highest(offers, index)
    return {
      outcome,
      milli: milli === 0 ? undefined : milli,
      bookmakers:
        milli === 0 ? [] : offers.filter((offer) => offer.prices[index] === milli).map((offer) => offer.bookmakerId),
      ourEdge: edge(
        highest(
          offers.filter((offer) => offer.ours),
          index
        ),
        highest(
          offers.filter((offer) => !offer.ours),
          index
        )
      )
    }
  })

const highest = (offers: readonly Priced[], index: number): number =>
  offers.reduce((best, offer) => Math.max(best, offer.prices[index] ?? 0), 0)

const edge = (ours: number, theirs: number): number | undefined =>
  ours === 0 || theirs === 0 ? undefined : ours / theirs - 1
