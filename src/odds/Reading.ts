/**
 * Readings of a book: one market as a value, and how fresh it is once bookmaker and listing are taken into account.
 */
import { OPEN, shapeOf, slotFor } from "../domain/Board.ts"
import { compareMarkets } from "../domain/Market.ts"
import type { Market } from "../domain/Market.ts"
import type { OddsState, Standing } from "../domain/Freshness.ts"
import { worst } from "../domain/Freshness.ts"
import type { MarketState, OutcomeState } from "../domain/Record.ts"
import { OUTCOME_STATES, WITHDRAWN, milliOf, outcomeOf, stateOf } from "./OddsBook.ts"
import type { Columns, OddsBook } from "./OddsBook.ts"

/** The position of a market in the book's shape, or −1. */
export const slotOf = (book: OddsBook, market: Market): number => {
  const { slots } = book.shape
  let low = 0
  let high = slots.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const slot = slots[middle]
    if (slot === undefined) return -1
    const order = compareMarkets(slot.market, market)
    if (order === 0) return middle
    if (order < 0) low = middle + 1
    else high = middle - 1
  }
  return -1
}

/** The market at this position as a value of its own; its standing is the market's alone. */
export const marketAt = (book: OddsBook, position: number): MarketState | undefined => {
  const slot = book.shape.slots[position]
  if (slot === undefined) return undefined
  const from = book.shape.offsets[position] ?? 0
  const to = book.shape.offsets[position + 1] ?? from
  // Filled by hand and sized beforehand: `Array.from` costs several times as much, an array that grows
  // begins with room for seventeen, and every market shown passes here.
  const states = new Array<OutcomeState>(to - from)
  const milli = new Array<number>(to - from)
  const previous = new Array<number>(to - from)
  let isOpen = false
  for (let i = from; i < to; i++) {
    const outcome = book.outcomes[i] ?? WITHDRAWN
    const code = stateOf(outcome)
    if (code === OPEN) isOpen = true
    states[i - from] = outcomeState(code)
    milli[i - from] = milliOf(outcome)
    previous[i - from] = book.previous[i] ?? 0
  }
  const { layout, market } = slot
  const since = book.since[position] ?? 0
  const changedAt = book.changedAt[position] ?? 0
  // Nearly all are open, and to spread a standing costs as much as all the rest.
  return isOpen
    ? { state: "CONFIRMED", since, market, layout, milli, previous, states, changedAt }
    : { ...marketStanding(states, since), market, layout, milli, previous, states, changedAt }
}

/** The columns that these markets, in any order, are read from. */
export const columnsOf = (markets: readonly MarketState[]): Columns => {
  const sorted = markets.toSorted((a, b) => compareMarkets(a.market, b.market))
  return {
    shape: shapeOf(sorted.map(({ layout, market }) => slotFor(market, layout))),
    outcomes: sorted.flatMap(({ milli, states }) =>
      milli.map((price, i) => outcomeOf(price, OUTCOME_STATES.indexOf(states[i] ?? "WITHDRAWN")))
    ),
    previous: sorted.flatMap(({ previous }) => previous),
    since: sorted.map(({ since }) => since),
    changedAt: sorted.map(({ changedAt }) => changedAt)
  }
}

/** Bookmaker, listing and market taken together. */
export const effective = (bookmaker: Standing, book: OddsBook, market: Standing): Standing =>
  worst(bookmaker, book.listing, market)

/**
 * A market's own state follows from its outcomes: confirmed while one is open, else suspended while one is
 * suspended, else stale while one could not be read, else withdrawn.
 */
export const marketStanding = (states: readonly OutcomeState[], since: number): Standing => {
  if (states.includes("OPEN")) return { state: "CONFIRMED", since }
  if (states.includes("SUSPENDED")) return standing("SUSPENDED", since, "The bookmaker has suspended this market.")
  if (states.includes("UNREADABLE")) {
    return {
      state: "STALE",
      since,
      reason: { code: "UNREADABLE", text: "The bookmaker's price could not be read; the last one read is shown." }
    }
  }
  return standing("WITHDRAWN", since, "The bookmaker no longer offers this market.")
}

const standing = (state: OddsState, since: number, text: string): Standing => ({
  state,
  since,
  reason: { code: "OTHER", text }
})

const outcomeState = (code: number): OutcomeState => OUTCOME_STATES[code] ?? "WITHDRAWN"
