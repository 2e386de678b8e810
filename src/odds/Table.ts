/**
 * The table of books, and what can change in it.
 *
 * The actor folds changes into its `head` table as it makes them; the publisher folds the same changes into the
 * published table once they are durable. One fold for both, so they can never drift apart.
 */
import type { BookmakerId } from "../domain/Bookmaker.ts"
import type { EventFacts, EventId } from "../domain/Event.ts"
import type { Standing } from "../domain/Freshness.ts"
import type {
  BaseRecord,
  BookmakerRecord,
  ConfirmedRecord,
  EventRecord,
  ListingRecord,
  MarketsRecord
} from "../domain/Record.ts"
import type { OddsBook } from "./OddsBook.ts"

/** When a listing was seen, in the words of its snapshot. */
export interface Sighting {
  readonly eventId: EventId
  readonly requestedAt: number
  readonly observedAt: number
  readonly publishedAt: number | undefined
}

export interface EventChange {
  readonly _tag: "Event"
  readonly eventId: EventId
  /** Undefined: the event leaves memory. */
  readonly facts: EventFacts | undefined
  readonly record: EventRecord
}

export interface BookChange {
  readonly _tag: "Book"
  readonly book: OddsBook
  /** In the order in which they are numbered; at least one. */
  readonly records: readonly (ListingRecord | MarketsRecord | BaseRecord)[]
}

export interface BookmakerChange {
  readonly _tag: "Bookmaker"
  readonly record: BookmakerRecord
}

export interface ConfirmedChange {
  readonly _tag: "Confirmed"
  readonly record: ConfirmedRecord
  readonly sightings: readonly Sighting[]
}

export type Change = EventChange | BookChange | BookmakerChange | ConfirmedChange

export interface TableEvent {
  readonly facts: EventFacts
  readonly books: ReadonlyMap<BookmakerId, OddsBook>
}

/** Written by its owner only, through `fold`; the values in it are immutable. */
export interface Table {
  readonly events: Map<EventId, TableEvent>
  readonly bookmakers: Map<BookmakerId, Standing>
}

export const makeTable = (): Table => ({ events: new Map(), bookmakers: new Map() })

/** Applies one change. */
export const fold = (table: Table, change: Change): void => {
  switch (change._tag) {
    case "Event":
      if (change.facts === undefined) table.events.delete(change.eventId)
      else table.events.set(change.eventId, { facts: change.facts, books: booksOf(table, change.eventId) })
      return
    case "Book":
      return setBook(table, change.book)
    case "Bookmaker": {
      const { state, since, reason } = change.record
      table.bookmakers.set(change.record.bookmakerId, { state, since, ...(reason && { reason }) })
      return
    }
    case "Confirmed":
      for (const sighting of change.sightings) {
        const book = table.events.get(sighting.eventId)?.books.get(change.record.bookmakerId)
        if (book !== undefined) setBook(table, sighted(book, sighting))
      }
  }
}

/** The book with this sighting as its last. By order and not by time, which a clock set back would turn around. */
export const sighted = (book: OddsBook, sighting: Sighting): OddsBook =>
  book.confirmedAt === sighting.observedAt
    ? book
    : {
        ...book,
        confirmedAt: sighting.observedAt,
        requestedAt: sighting.requestedAt,
        observedAt: sighting.observedAt,
        publishedAt: sighting.publishedAt
      }

export const setBook = (table: Table, book: OddsBook): void => {
  const event = table.events.get(book.eventId)
  if (event === undefined) return
  table.events.set(book.eventId, { facts: event.facts, books: new Map(event.books).set(book.bookmakerId, book) })
}

const booksOf = (table: Table, id: EventId): ReadonlyMap<BookmakerId, OddsBook> =>
  table.events.get(id)?.books ?? new Map()
