/**
 * Reads pieces of a message from the board, all at its published mark.
 *
 * What several messages tell at one moment is read once for all of them.
 */
import type { EventId } from "../../domain/Event.ts"
import type { BookmakerId } from "../../domain/Bookmaker.ts"
import type { Market } from "../../domain/Market.ts"
import type { EventReading } from "../reading/Moment.ts"
import type { BookmakerParent, ComparisonParent, EventParent, ListingParent, OfferParent } from "../reading/Parents.ts"
import type { ConfirmationParent, Contents } from "./OddsMessage.ts"
import type { Scene, Unit } from "./Units.ts"

export const readUnits = ({ moment }: Scene, units: readonly Unit[]): Contents => {
  const events: EventParent[] = []
  const listings: ListingParent[] = []
  const offers: OfferParent[] = []
  const compared: { readonly event: EventReading; readonly market: Market }[] = []
  const confirmations: ConfirmationParent[] = []
  const bookmakers: BookmakerParent[] = []
  const removed: string[] = []
  for (const unit of units) {
    if (unit.kind === "BOOKMAKER")
      bookmakers.push(...moment.view.roster.filter(({ bookmaker }) => bookmaker === unit.bookmaker))
    else if (unit.kind === "REMOVED") removed.push(unit.eventId)
    else if (unit.kind === "CONFIRMATION") confirmations.push(confirmationOf(unit.eventId, unit.bookmakerId, unit.at))
    else {
      const event = moment.event(unit.eventId)
      // Gone since the page was planned: its removal is pending and follows.
      if (event === undefined) continue
      if (unit.kind === "EVENT") events.push(event.parent)
      else if (unit.kind === "LISTING") listings.push(event.listing(unit.bookmaker))
      else if (unit.kind === "OFFER") offers.push(event.offer(unit.bookmaker, unit.market))
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
    comparisons: () => (comparisons ??= compared.map(({ event, market }) => event.comparison(market)))
  }
}

const confirmationOf = (eventId: EventId, bookmakerId: BookmakerId, confirmedAt: number): ConfirmationParent => ({
  listingId: `${eventId}/${bookmakerId}`,
  confirmedAt
})
