/**
 * Margin: how far the implied probabilities of a market sum past what its outcomes can win.
 *
 * Pure arithmetic on thousandths. A partial market has no margin, because a missing outcome
 * would look like a bookmaker giving money away.
 */
import type { MarketType } from "../domain/Market.ts"
import type { MarketState } from "../domain/Record.ts"

/** The open prices of a market by catalogue index; 0 where the outcome is not offered or not open. */
export const openPrices = (state: MarketState): readonly number[] => {
  const prices = state.market.type.outcomes.map(() => 0)
  state.layout.indexes.forEach((index, i) => {
    if (state.states[i] === "OPEN") prices[index] = state.milli[i] ?? 0
  })
  return prices
}

/**
 * Σ 1/price − 1 (double chance: Σ ÷ 2 − 1, because two of its outcomes win at once).
 * `undefined` unless every outcome the catalogue knows for this type is open, and where outcomes overlap.
 */
export const marginOf = (type: MarketType, prices: readonly number[]): number | undefined => {
  if (type.winners === undefined) return undefined
  let implied = 0
  for (let i = 0; i < type.outcomes.length; i++) {
    const milli = prices[i] ?? 0
    if (milli <= 0) return undefined
    implied += 1000 / milli
  }
  return implied / type.winners - 1
}
