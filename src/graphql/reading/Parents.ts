/**
 * The values that resolvers hand down: what each GraphQL object type is made of on our side.
 *
 * Field resolvers read these and nothing else, so queries, subscriptions and history answer alike.
 * They are made by the functions of `Reading.ts`.
 */
import type { Bookmaker, BookmakerId } from "../../domain/Bookmaker.ts"
import type { EventFacts, EventId } from "../../domain/Event.ts"
import type { CadenceTier, Standing } from "../../domain/Freshness.ts"
import type { Market } from "../../domain/Market.ts"
import type { MarketState } from "../../domain/Record.ts"
import type { OddsBook } from "../../odds/OddsBook.ts"
import type { Comparison } from "../../pricing/Comparison.ts"

/**
 * What every reading of odds depends on besides the books, taken once per operation or flush, so that all
 * of one answer agrees.
 */
export interface View {
  /** The instant the answer is for: now, or the past one that was asked for. */
  readonly at: number
  /** Enabled bookmakers in roster order. */
  readonly bookmakers: readonly Bookmaker[]
  /** Every bookmaker as it is now, roster order, disabled ones included. */
  readonly roster: readonly BookmakerParent[]
  /** The bookmaker's own standing; the outermost of the three levels. */
  readonly standing: (id: BookmakerId) => Standing
  readonly skewBoundMs: number
  readonly tiers: readonly CadenceTier[]
  /** Since when "never offered" is known: birth of the journal. */
  readonly knownSince: number
}

/** `Event`. */
export interface EventParent {
  readonly facts: EventFacts
  readonly books: ReadonlyMap<BookmakerId, OddsBook>
  readonly view: View
}

/** `Bookmaker`. */
export interface BookmakerParent {
  readonly bookmaker: Bookmaker
  readonly enabled: boolean
  readonly paused: boolean
  readonly standing: Standing
  readonly lastSuccessAt: number | undefined
}

/** `Listing`; no book = never offered. */
export interface ListingParent {
  readonly eventId: EventId
  readonly bookmaker: Bookmaker
  readonly book: OddsBook | undefined
  /** Effective: bookmaker and listing taken together. */
  readonly standing: Standing
}

/** `MarketOffer`; no state = never offered, or unmapped. */
export interface OfferParent {
  readonly eventId: EventId
  readonly bookmaker: Bookmaker
  readonly market: Market
  /** Effective: bookmaker, listing and market taken together. */
  readonly standing: Standing
  readonly state: MarketState | undefined
  /** When these prices were captured: request time, else arrival; undefined = never, or read from history. */
  readonly capturedAt: number | undefined
  /** The record it was read from, where it is not the newest: then it has an id of its own. */
  readonly record?: string
}

/** `MarketComparison`. */
export interface ComparisonParent {
  readonly eventId: EventId
  readonly market: Market
  /** One per enabled bookmaker, roster order. */
  readonly offers: readonly OfferParent[]
  readonly comparison: () => Comparison
}
