/**
 * What is told at one moment, read once and written once for all who are told of it.
 *
 * A thousand traders with a thousand filters mostly hear of the same markets: what is theirs alone is which of them,
 * and a cursor. A moment lasts as long as nothing that it was read from can have changed: a millisecond at most.
 */
import { getOr } from "../../broadcast/Pending.ts"
import type { Role } from "../../access/Access.ts"
import type { Bookmaker, BookmakerId } from "../../domain/Bookmaker.ts"
import type { EventId } from "../../domain/Event.ts"
import type { Market } from "../../domain/Market.ts"
import type { PublishedBoard } from "../../odds/PublishedBoard.ts"
import type { ComparisonParent, EventParent, ListingParent, OfferParent, View } from "./Parents.ts"
import { comparisonWith, listingOf, offerOf } from "./Reading.ts"

export interface Moment {
  readonly view: View
  /** Undefined while it is not on the board. */
  readonly event: (id: EventId) => EventReading | undefined
  /** Of one role, because another may be shown other things. */
  readonly textsFor: (role: Role) => Texts
}

/** Everything of one event, each made when it is first asked for. */
export interface EventReading {
  readonly parent: EventParent
  readonly listing: (bookmaker: Bookmaker) => ListingParent
  readonly offer: (bookmaker: Bookmaker, market: Market) => OfferParent
  readonly comparison: (market: Market) => ComparisonParent
}

/** What one writer has written already, by what it was read from. */
export type Texts = (writer: object) => Map<object, string>

/** The moment that it is: another one as soon as any of what it depends on is. */
export const makeMoments = (
  board: PublishedBoard["Service"],
  view: () => View,
  dependsOn: () => readonly unknown[]
): (() => Moment) => {
  let last: { readonly on: readonly unknown[]; readonly moment: Moment } | undefined
  return () => {
    const on = dependsOn()
    if (last === undefined || on.some((value, i) => value !== last?.on[i]))
      last = { on, moment: makeMoment(board, view()) }
    return last.moment
  }
}

export const makeMoment = (board: PublishedBoard["Service"], view: View): Moment => {
  const events = new Map<EventId, EventReading | undefined>()
  const texts = new Map<Role, Texts>()
  return {
    view,
    event: (id) => getOr(events, id, () => readingOf(board, view, id)),
    textsFor: (role) => getOr(texts, role, makeTexts)
  }
}

const makeTexts = (): Texts => {
  const written = new Map<object, Map<object, string>>()
  return (writer) => getOr(written, writer, () => new Map<object, string>())
}

const readingOf = (board: PublishedBoard["Service"], view: View, id: EventId): EventReading | undefined => {
  const event = board.event(id)
  if (event === undefined) return undefined
  const parent = { facts: event.facts, books: event.books, view }
  const listings = new Map<BookmakerId, ListingParent>()
  const offers = new Map<BookmakerId, Map<Market, OfferParent>>()
  const comparisons = new Map<Market, ComparisonParent>()
  const offer = (bookmaker: Bookmaker, market: Market): OfferParent => {
    const known = getOr<BookmakerId, Map<Market, OfferParent>>(offers, bookmaker.id, () => new Map())
    return getOr(known, market, () => offerOf(parent, bookmaker, market))
  }
  return {
    parent,
    listing: (bookmaker) => getOr(listings, bookmaker.id, () => listingOf(parent, bookmaker)),
    offer,
    comparison: (market) =>
      getOr(comparisons, market, () =>
        comparisonWith(
          parent,
          market,
          view.bookmakers.map((bookmaker) => offer(bookmaker, market))
        )
      )
  }
}
