/**
 * What is told at one moment, read once and written once for all who are told of it.
 *
 * A thousand traders with a thousand filters mostly hear of the same markets: what is theirs alone is which of them,
 * and a cursor. A moment lasts as long as nothing that it was read from can have changed: a millisecond at most.
 */
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

/** JSON by who writes it, and of what. */
export type Texts = Map<object, Map<object, string>>

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
    event: (id) => remembered(events, id, () => readingOf(board, view, id)),
    textsFor: (role) => remembered<Role, Texts>(texts, role, () => new Map())
  }
}

/** What is there already, else what is made for it now. */
export const remembered = <K, V>(known: Map<K, V>, key: K, make: () => V): V => {
  const found = known.get(key)
  if (found !== undefined) return found
  const made = make()
  known.set(key, made)
  return made
}

const readingOf = (board: PublishedBoard["Service"], view: View, id: EventId): EventReading | undefined => {
  const event = board.event(id)
  if (event === undefined) return undefined
  const parent = { facts: event.facts, books: event.books, view }
  const listings = new Map<BookmakerId, ListingParent>()
  const offers = new Map<BookmakerId, Map<Market, OfferParent>>()
  const comparisons = new Map<Market, ComparisonParent>()
  const offer = (bookmaker: Bookmaker, market: Market): OfferParent => {
    const known = remembered<BookmakerId, Map<Market, OfferParent>>(offers, bookmaker.id, () => new Map())
    return remembered(known, market, () => offerOf(parent, bookmaker, market))
  }
  return {
    parent,
    listing: (bookmaker) => remembered(listings, bookmaker.id, () => listingOf(parent, bookmaker)),
    offer,
    comparison: (market) =>
      remembered(comparisons, market, () =>
        comparisonWith(
          parent,
          market,
          view.bookmakers.map((bookmaker) => offer(bookmaker, market))
        )
      )
  }
}
