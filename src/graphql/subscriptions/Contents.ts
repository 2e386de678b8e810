/**
 * Reads pieces of a message from the board, all at its published mark.
 *
 * One pass and one event parent per event, because most pieces of a message belong to few events.
 */
import type { EventId } from "../../domain/Event.ts"
import type { BookmakerId } from "../../domain/Bookmaker.ts"
import type { Market } from "../../domain/Market.ts"
import type { BookmakerParent, ComparisonParent, EventParent, ListingParent, OfferParent } from "../reading/Parents.ts"
import { comparisonOf, listingOf, offerOf } from "../reading/Reading.ts"
import type { ConfirmationParent, Contents } from "./OddsMessage.ts"
import type { Scene, Unit } from "./Units.ts"

export const readUnits = ({ board, view }: Scene, units: readonly Unit[]): Contents => {
  const parents = new Map<EventId, EventParent | undefined>()
  const eventParent = (id: EventId): EventParent | undefined => {
    if (parents.has(id)) return parents.get(id)
    const event = board.event(id)
    const parent = event === undefined ? undefined : { facts: event.facts, books: event.books, view }
    parents.set(id, parent)
    return parent
  }
  const events: EventParent[] = []
  const listings: ListingParent[] = []
  const offers: OfferParent[] = []
  const compared: { readonly event: EventParent; readonly market: Market }[] = []
  const confirmations: ConfirmationParent[] = []
  const bookmakers: BookmakerParent[] = []
  const removed: string[] = []
  for (const unit of units) {
    if (unit.kind === "BOOKMAKER")
      bookmakers.push(...view.roster.filter(({ bookmaker }) => bookmaker === unit.bookmaker))
    else if (unit.kind === "REMOVED") removed.push(unit.eventId)
    else if (unit.kind === "CONFIRMATION") confirmations.push(confirmationOf(unit.eventId, unit.bookmakerId, unit.at))
    else {
      const event = eventParent(unit.eventId)
      // Gone since the page was planned: its removal is pending and follows.
      if (event === undefined) continue
      if (unit.kind === "EVENT") events.push(event)
      else if (unit.kind === "LISTING") listings.push(listingOf(event, unit.bookmaker))
      else if (unit.kind === "OFFER") offers.push(offerOf(event, unit.bookmaker, unit.market))
      else compared.push({ event, market: unit.market })
    }
  }
  let comparisons: readonly ComparisonParent[] | undefined
  return {
    events,
    listings,
    offers,
    confirmations,
    bookmakers,
    removed,
    // Kept once read: a document may select it twice under two names.
    comparisons: () => (comparisons ??= compared.map(({ event, market }) => comparisonOf(event, market)))
  }
}

const confirmationOf = (eventId: EventId, bookmakerId: BookmakerId, confirmedAt: number): ConfirmationParent => ({
  listingId: `${eventId}/${bookmakerId}`,
  confirmedAt
})
