/** `Listing`: all that one bookmaker offers on one event, effective state first. */
import type { ListingParent } from "../reading/Parents.ts"
import type { Fields, GraphQLContext } from "../Runtime.ts"

/** `68995116/bet9ja-ng`. */
export const listingId = (eventId: string, bookmakerId: string): string => `${eventId}/${bookmakerId}`

export const listingFields = {
  id: ({ eventId, bookmaker }) => listingId(eventId, bookmaker.id),
  eventId: ({ eventId }) => eventId,
  bookmaker: ({ bookmaker }, _: unknown, { view }: GraphQLContext) =>
    view.roster.find((known) => known.bookmaker.id === bookmaker.id),
  bookmakerEventId: ({ book }) => book?.listing.bookmakerEventId,
  state: ({ standing }) => standing.state,
  since: ({ standing }) => standing.since,
  reason: ({ standing }) => standing.reason,
  confirmedAt: ({ book }) => book?.confirmedAt,
  observedAt: ({ book }) => book?.observedAt,
  publishedAt: ({ book }) => book?.publishedAt,
  mappedCount: ({ book }) => book?.listing.mappedCount ?? 0,
  unmapped: ({ book }) => book?.listing.unmapped ?? []
} satisfies Fields<ListingParent>
