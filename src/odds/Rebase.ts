/**
 * After a gap in the journal: what was told without being kept is told again, whole, so that the fold of the history
 * equals the books from here on (DESIGN §5, degraded mode).
 */
import type { BookmakerId } from "../domain/Bookmaker.ts"
import type { EventId } from "../domain/Event.ts"
import type { BaseRecord, MarketState } from "../domain/Record.ts"
import type { Touched } from "./Message.ts"
import type { OddsBook } from "./OddsBook.ts"
import { marketAt } from "./Reading.ts"
import type { Change, Table, TableEvent } from "./Table.ts"

/** Collects what changes that are not on disk have touched. */
export interface Undurable {
  readonly note: (changes: readonly Change[]) => void
  /** Everything noted since the last time; undefined when there is nothing. */
  readonly take: () => Touched | undefined
}

export const makeUndurable = (): Undurable => {
  let events = new Set<EventId>()
  let listings = new Set<string>()
  let bookmakers = new Set<BookmakerId>()
  return {
    note: (changes) => {
      for (const change of changes) {
        if (change._tag === "Event") events.add(change.eventId)
        else if (change._tag === "Book") listings.add(`${change.book.eventId}/${change.book.bookmakerId}`)
        else if (change._tag === "Bookmaker") bookmakers.add(change.record.bookmakerId)
      }
    },
    take: () => {
      if (events.size + listings.size + bookmakers.size === 0) return undefined
      const touched = { events, listings, bookmakers }
      events = new Set()
      listings = new Set()
      bookmakers = new Set()
      return touched
    }
  }
}

/** Facts first, then listings whole, then bookmakers: each record may rely on those before it. */
export const rebase = (table: Table, touched: Touched, at: number): readonly Change[] => [
  ...[...touched.events].flatMap((id) => eventAgain(table.events.get(id), at)),
  ...[...table.events.values()].flatMap((event) =>
    [...event.books.values()]
      .filter((book) => touched.listings.has(`${book.eventId}/${book.bookmakerId}`))
      .map((book) => bookAgain(event, book, at))
  ),
  ...[...touched.bookmakers].flatMap((id) => bookmakerAgain(table, id, at))
]

const eventAgain = (event: TableEvent | undefined, at: number): readonly Change[] =>
  event === undefined
    ? []
    : [
        {
          _tag: "Event",
          eventId: event.facts.id,
          facts: event.facts,
          record: { kind: "EVENT", at, eventId: event.facts.id, before: event.facts, after: event.facts }
        }
      ]

const bookAgain = ({ facts }: TableEvent, book: OddsBook, at: number): Change => {
  const { bookmakerId, phase, listing } = book
  const markets = book.shape.slots.flatMap((_, slot): MarketState[] => {
    const market = marketAt(book, slot)
    return market === undefined ? [] : [market]
  })
  const record: BaseRecord = { kind: "BASE", at, event: facts, bookmakerId, phase, listing, markets }
  return { _tag: "Book", book, records: [record] }
}

const bookmakerAgain = (table: Table, bookmakerId: BookmakerId, at: number): readonly Change[] => {
  const standing = table.bookmakers.get(bookmakerId)
  return standing === undefined
    ? []
    : [{ _tag: "Bookmaker", record: { kind: "BOOKMAKER", at, bookmakerId, ...standing } }]
}
