/**
 * `event`: from memory, else from history; with `asOf` folded to that instant.
 *
 * What comes from history is judged as it was then: by its age at that instant, and by how its bookmaker stood.
 */
import { Clock, Effect, SubscriptionRef } from "effect"
import { EventId } from "../../domain/Event.ts"
import { overdueAt, worst } from "../../domain/Freshness.ts"
import type { Standing } from "../../domain/Freshness.ts"
import { keptSince, LiveSettings } from "../../domain/Settings.ts"
import type { OddsBook } from "../../odds/OddsBook.ts"
import { PublishedBoard } from "../../odds/PublishedBoard.ts"
import { columnsOf } from "../../odds/Reading.ts"
import { History } from "../../storage/History.ts"
import type { StoredEvent } from "../../storage/History.ts"
import type { Maybe } from "../arguments/Arguments.ts"
import { badInput } from "../Errors.ts"
import type { EventParent, View } from "../reading/Parents.ts"
import type { GraphQLContext } from "../Runtime.ts"

export const event = Effect.fnUntraced(function* (
  args: { readonly id: string; readonly asOf?: Maybe<number> },
  { view }: GraphQLContext
) {
  const id = EventId(args.id)
  const asOf = args.asOf ?? undefined
  const now = yield* Clock.currentTimeMillis
  if (asOf !== undefined && asOf > now) {
    return yield* Effect.fail(badInput("asOf lies in the future: leave it out for the odds as they are now."))
  }
  const { retentionDays } = yield* SubscriptionRef.get((yield* LiveSettings).current)
  const since = keptSince(retentionDays, now)
  if (asOf !== undefined && asOf < since) {
    const begins = new Date(since).toISOString()
    return yield* Effect.fail(badInput(`asOf lies before the history that is kept: it begins at ${begins}.`))
  }
  const live = (yield* PublishedBoard).event(id)
  if (asOf === undefined && live !== undefined) return { facts: live.facts, books: live.books, view }
  const stored = yield* (yield* History).event(id, asOf)
  return stored === undefined ? null : storedEvent(stored, pastView(view, stored, asOf ?? now))
})

const pastView = (view: View, { listings }: StoredEvent, at: number): View => {
  const standings = new Map(listings.map(({ bookmaker, bookmakerId }) => [bookmakerId, bookmaker]))
  return { ...view, at, standing: (id) => standings.get(id) ?? { state: "CONFIRMED", since: 0 } }
}

/** An event of history in the shape of one of memory, so that the same resolvers read both. */
export const storedEvent = ({ facts, listings }: StoredEvent, view: View): EventParent => ({
  facts,
  books: new Map(listings.map((stored) => [stored.bookmakerId, storedBook(facts, stored, view)])),
  view
})

type StoredListing = StoredEvent["listings"][number]

const storedBook = (facts: StoredEvent["facts"], stored: StoredListing, view: View): OddsBook => ({
  eventId: facts.id,
  bookmakerId: stored.bookmakerId,
  phase: stored.phase,
  listing: { ...stored.listing, ...worst(aged(facts.kickoff, stored, view), stored.listing) },
  confirmedAt: stored.confirmedAt,
  requestedAt: undefined,
  observedAt: undefined,
  publishedAt: undefined,
  ...columnsOf(stored.markets)
})

const aged = (kickoff: number, { confirmedAt, listing }: StoredListing, { at, tiers }: View): Standing => {
  if (confirmedAt === undefined) return { state: "CONFIRMED", since: listing.since }
  const due = overdueAt(tiers, kickoff, confirmedAt)
  return at <= due
    ? { state: "CONFIRMED", since: listing.since }
    : {
        state: "STALE",
        since: due,
        reason: { code: "OVERDUE", text: `It was last confirmed at ${new Date(confirmedAt).toISOString()}.` }
      }
}
