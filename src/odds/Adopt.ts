/**
 * A base from Postgres against the books: it fills what is not known yet and never overrides what was observed since.
 *
 * Each listing is told again by a BASE record, so that the new journal has its image and history gets only what differs
 * from it. Nothing is confirmed by that: listings keep the time at which they were last seen, and age from there.
 */
import type { BookmakerId } from "../domain/Bookmaker.ts"
import type { Standing } from "../domain/Freshness.ts"
import type { ListingState, MarketState } from "../domain/Record.ts"
import type { BaseEvent, BaseListing, BasePart } from "./Base.ts"
import { unseenSince } from "./Freshness.ts"
import type { OddsBook } from "./OddsBook.ts"
import { bookAgain, eventAgain } from "./Rebase.ts"
import { columnsOf, marketAt, marketStanding, slotOf } from "./Reading.ts"
import type { Change, Table } from "./Table.ts"

export const adopt = (table: Table, { bookmakers, events }: BasePart, at: number): readonly Change[] => [
  ...events.flatMap((event) => adoptEvent(table, event, bookmakers, at)),
  ...[...bookmakers].flatMap(([id, standing]) => judgeAnew(table, id, standing, at))
]

const adoptEvent = (
  table: Table,
  { facts, listings }: BaseEvent,
  bookmakers: BasePart["bookmakers"],
  at: number
): readonly Change[] => {
  const known = table.events.get(facts.id)
  const newest = known?.facts ?? facts
  const told = listings.flatMap((stored): Change[] => {
    const held = known?.books.get(stored.bookmakerId)
    const book = held === undefined ? stale(bookOf(newest.id, stored), bookmakers) : completed(held, stored)
    return book === undefined ? [] : [bookAgain(newest, book, at)]
  })
  return known === undefined ? [...eventAgain({ facts, books: new Map() }, at), ...told] : told
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

/** The book that was observed since, with the markets that only the base has: gone, if all of it was looked at since. */
const completed = (held: OddsBook, { markets }: BaseListing): OddsBook | undefined => {
  const missing = markets.filter(({ market }) => slotOf(held, market) === -1)
  if (missing.length === 0) return undefined
  const seenWhole = held.confirmedAt
  const added = seenWhole === undefined ? missing : missing.map((market) => withdrawn(market, seenWhole))
  const own = held.shape.slots.flatMap((_, slot) => marketAt(held, slot) ?? [])
  return { ...held, ...columnsOf([...own, ...added]) }
}

const withdrawn = (market: MarketState, at: number): MarketState => {
  const states = market.states.map(() => "WITHDRAWN" as const)
  const wasSo = market.states.every((state) => state === "WITHDRAWN")
  return wasSo ? market : { ...market, ...marketStanding(states, at), states, changedAt: at }
}

const bookOf = (
  eventId: OddsBook["eventId"],
  { bookmakerId, confirmedAt, listing, markets, phase }: BaseListing
): OddsBook => ({
  eventId,
  bookmakerId,
  phase,
  listing,
  confirmedAt,
  requestedAt: confirmedAt,
  observedAt: confirmedAt,
  publishedAt: undefined,
  ...columnsOf(markets)
})

/** What made a bookmaker unreliable was forgotten with the journal; whoever scrapes it says so again if it still is. */
const judgeAnew = (table: Table, bookmakerId: BookmakerId, { state }: Standing, at: number): readonly Change[] =>
  state === "CONFIRMED" || table.bookmakers.has(bookmakerId)
    ? []
    : [{ _tag: "Bookmaker", record: { kind: "BOOKMAKER", at, bookmakerId, state: "CONFIRMED", since: at } }]
