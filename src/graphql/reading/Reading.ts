/**
 * Makes resolver parents out of published books: the one place where bookmaker, listing and market states meet.
 *
 * Pure; queries, subscriptions and history go through the same functions, so they cannot disagree.
 */
import type { Bookmaker } from "../../domain/Bookmaker.ts"
import { worseState, worst } from "../../domain/Freshness.ts"
import type { OddsState, Standing } from "../../domain/Freshness.ts"
import { compareMarkets } from "../../domain/Market.ts"
import type { Market } from "../../domain/Market.ts"
import type { MarketState, OutcomeState } from "../../domain/Record.ts"
import { effective, marketAt, slotOf } from "../../odds/Reading.ts"
import type { OddsBook } from "../../odds/OddsBook.ts"
import { compare } from "../../pricing/Comparison.ts"
import type { Comparison } from "../../pricing/Comparison.ts"
import type { ComparisonParent, EventParent, ListingParent, OfferParent } from "./Parents.ts"

/** One per enabled bookmaker in roster order, those that never listed the event included. */
export const listingsOf = (event: EventParent): readonly ListingParent[] =>
  event.view.bookmakers.map((bookmaker) => listingOf(event, bookmaker))

export const listingOf = ({ facts, books, view }: EventParent, bookmaker: Bookmaker): ListingParent => {
  const book = books.get(bookmaker.id)
  return {
    eventId: facts.id,
    bookmaker,
    book,
    standing: worst(
      view.standing(bookmaker.id),
      book === undefined ? notListed(bookmaker, view.knownSince) : book.listing
    )
  }
}

export const offerOf = (event: EventParent, bookmaker: Bookmaker, market: Market): OfferParent => {
  const book = event.books.get(bookmaker.id)
  const state = book === undefined ? undefined : marketAt(book, slotOf(book, market))
  return offerWith(event, bookmaker, market, book, state)
}

/** One market and line across all enabled bookmakers. */
export const comparisonOf = (event: EventParent, market: Market): ComparisonParent =>
  comparisonWith(
    event,
    market,
    event.view.bookmakers.map((bookmaker) => offerOf(event, bookmaker, market))
  )

export const comparisonWith = (
  event: EventParent,
  market: Market,
  offers: readonly OfferParent[]
): ComparisonParent => {
  let made: Comparison | undefined
  // Most grids want the offers alone.
  const comparison = (): Comparison => (made ??= compare(market.type, offers, event.view.skewBoundMs))
  return { eventId: event.facts.id, market, offers, comparison }
}

/** Every market any enabled bookmaker has ever priced for this event, in catalogue order. */
export const marketsOf = ({ books, view }: EventParent): readonly Market[] => {
  const markets = new Set<Market>()
  for (const { id } of view.bookmakers) {
    for (const slot of books.get(id)?.shape.slots ?? []) markets.add(slot.market)
  }
  return [...markets].sort(compareMarkets)
}

/** How one outcome of an offer is shown: never in a better state than the offer. */
export const outcomeState = (offer: Standing, own: OutcomeState | undefined): OddsState =>
  worseState(offer.state, SHOWN[own ?? "WITHDRAWN"])

const SHOWN: Readonly<Record<OutcomeState, OddsState>> = {
  OPEN: "CONFIRMED",
  SUSPENDED: "SUSPENDED",
  UNREADABLE: "STALE",
  WITHDRAWN: "WITHDRAWN"
}

const offerWith = (
  { facts, view }: EventParent,
  bookmaker: Bookmaker,
  market: Market,
  book: OddsBook | undefined,
  state: MarketState | undefined
): OfferParent => {
  const outer = view.standing(bookmaker.id)
  return {
    eventId: facts.id,
    bookmaker,
    market,
    state,
    standing:
      book === undefined || state === undefined
        ? worst(outer, unpriced(bookmaker, market, view.knownSince))
        : effective(outer, book, state),
    capturedAt: state === undefined ? undefined : (book?.requestedAt ?? book?.observedAt)
  }
}

const unpriced = (bookmaker: Bookmaker, market: Market, since: number): Standing =>
  bookmaker.mapped.has(market.type.key)
    ? {
        state: "NEVER_OFFERED",
        since,
        reason: { code: "OTHER", text: `${bookmaker.name} has not offered this market since we began to look.` }
      }
    : {
        state: "UNMAPPED",
        since,
        reason: {
          code: "OTHER",
          text: `The catalogue has no mapping of ${market.type.name} for ${bookmaker.name}: they may well offer it.`
        }
      }

const notListed = (bookmaker: Bookmaker, since: number): Standing => ({
  state: "NEVER_OFFERED",
  since,
  reason: { code: "OTHER", text: `${bookmaker.name} has not listed this event since we began to look.` }
})
