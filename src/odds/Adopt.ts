/**
 * A base from Postgres against the books: it fills what is not known yet and never overrides what was observed since.
 *
 * Each listing is told again by a BASE record, so that the new journal has its image and history gets only what differs
 * from it. Nothing is confirmed by that: listings keep the time at which they were last seen, and age from there.
 */
import type { BookmakerId } from "../domain/Bookmaker.ts"
import type { EventFacts } from "../domain/Event.ts"
import type { CadenceTier, Standing } from "../domain/Freshness.ts"
import type { ListingState, MarketState } from "../domain/Record.ts"
import type { BaseEvent, BaseListing, BasePart } from "./Base.ts"
import { close, overdue, unseenSince } from "./Freshness.ts"
import type { OddsBook } from "./OddsBook.ts"
import { bookAgain, eventAgain } from "./Rebase.ts"
import { columnsOf, marketAt, marketStanding, slotOf } from "./Reading.ts"
import type { Change, Table } from "./Table.ts"

export const adopt = (
  table: Table,
  { bookmakers, events }: BasePart,
  tick: { readonly now: number; readonly tiers: readonly CadenceTier[] }
): readonly Change[] => [
  ...events.flatMap((event) => adoptEvent(table, event, bookmakers, tick)),
  ...[...bookmakers].flatMap(([id, standing]) => judgeAnew(table, id, standing, tick.now))
]

const adoptEvent = (
  table: Table,
  { facts, listings }: BaseEvent,
  bookmakers: BasePart["bookmakers"],
  tick: { readonly now: number; readonly tiers: readonly CadenceTier[] }
): readonly Change[] => {
  const known = table.events.get(facts.id)
  const newest = known?.facts ?? facts
  const told = listings.flatMap((stored): Change[] => {
    const held = known?.books.get(stored.bookmakerId)
    const book = held === undefined ? stale(bookOf(newest.id, stored), bookmakers) : completed(held, stored)
    return book === undefined ? [] : [bookAgain(newest, aged(newest, book, tick), tick.now)]
  })
  return known === undefined ? [...eventAgain({ facts, books: new Map() }, tick.now), ...told] : told
}

/** What has run out since it was stored is judged before anybody reads it. */
const aged = (
  facts: EventFacts,
  book: OddsBook,
  tick: { readonly now: number; readonly tiers: readonly CadenceTier[] }
): OddsBook => {
  const [change] = facts.kickoff <= tick.now ? close(facts, book, tick.now) : overdue(facts, book, undefined, tick)
  return change?.book ?? book
}

/** Its bookmaker was unreliable as a whole, so what was not seen since is stale until it is. */
const stale = (book: OddsBook, bookmakers: BasePart["bookmakers"]): OddsBook => {
  const standing = bookmakers.get(book.bookmakerId)
  if (standing === undefined || standing.state === "CONFIRMED" || book.listing.state !== "CONFIRMED") return book
  if (book.confirmedAt !== undefined && book.confirmedAt >= standing.since) return book
  const listing: ListingState = {
    ...book.listing,
    state: "STALE",
    since: standing.since,
    reason: unseenSince(standing.reason)
  }
  return { ...book, listing }
}

/**
 * The book that was observed since, with the markets that only the base has. They may be gone, or could not be read: the
 * next snapshot is compared with them too, and withdraws what it rightly lacks.
 */
const completed = (held: OddsBook, { markets }: BaseListing): OddsBook | undefined => {
  const missing = markets.filter(({ market }) => slotOf(held, market) === -1)
  if (missing.length === 0) return undefined
  const added = missing.map((market) => unread(market, held.observedAt ?? market.changedAt))
  const own = held.shape.slots.flatMap((_, slot) => marketAt(held, slot) ?? [])
  return { ...held, ...columnsOf([...own, ...added]) }
}

const unread = (market: MarketState, at: number): MarketState => {
  const states = market.states.map((state) => (state === "WITHDRAWN" ? state : "UNREADABLE"))
  return states.every((state, i) => state === market.states[i])
    ? market
    : { ...market, ...marketStanding(states, at), states, changedAt: at }
}

const bookOf = (
  eventId: OddsBook["eventId"],
  { bookmakerId, confirmedAt, listing, markets, phase }: BaseListing
): OddsBook => {
  // A confirmation is stored up to a second behind what it confirms, and a gap may have cost it: what was told was seen.
  const seenAt = confirmedAt ?? Math.max(listing.since, ...markets.map(({ changedAt }) => changedAt))
  return {
    eventId,
    bookmakerId,
    phase,
    listing,
    confirmedAt: seenAt,
    requestedAt: seenAt,
    observedAt: seenAt,
    publishedAt: undefined,
    ...columnsOf(markets)
  }
}

/** What made a bookmaker unreliable was forgotten with the journal; whoever scrapes it says so again if it still is. */
const judgeAnew = (table: Table, bookmakerId: BookmakerId, { state }: Standing, at: number): readonly Change[] =>
  state === "CONFIRMED" || table.bookmakers.has(bookmakerId)
    ? []
    : [{ _tag: "Bookmaker", record: { kind: "BOOKMAKER", at, bookmakerId, state: "CONFIRMED", since: at } }]
