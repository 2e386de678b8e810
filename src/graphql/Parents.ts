/**
 * The values that resolvers hand down: what each GraphQL object type is made of on our side.
 *
 * Field resolvers read these and nothing else, so queries, subscriptions and history answer alike.
 */
import type { Bookmaker, BookmakerId } from "../domain/Bookmaker.ts"
import type { EventFacts } from "../domain/Event.ts"
import type { Standing } from "../domain/Freshness.ts"
import type { Market } from "../domain/Market.ts"
import type { MarketState } from "../domain/Record.ts"
import type { OddsBook } from "../odds/OddsBook.ts"

/** `Event`. */
export interface EventParent {
  readonly facts: EventFacts
  readonly books: ReadonlyMap<BookmakerId, OddsBook>
}

/** `Listing`; no book = never offered. */
export interface ListingParent {
  readonly facts: EventFacts
  readonly bookmaker: Bookmaker
  readonly book: OddsBook | undefined
  /** Effective: bookmaker and listing taken together. */
  readonly standing: Standing
}

/** `MarketOffer`; no state = never offered, or unmapped. */
export interface OfferParent {
  readonly facts: EventFacts
  readonly bookmaker: Bookmaker
  readonly market: Market
  /** Effective: bookmaker, listing and market taken together. */
  readonly standing: Standing
  readonly state: MarketState | undefined
}

/** `MarketComparison`. */
export interface ComparisonParent {
  readonly facts: EventFacts
  readonly market: Market
  /** One per enabled bookmaker, roster order. */
  readonly offers: readonly OfferParent[]
}
