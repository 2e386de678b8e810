/**
 * After a gap in the journal: what was told without being kept is told again, whole, so that the fold of the history
 * equals the books from here on (DESIGN §5, degraded mode).
 */
import type { BookmakerId } from "../domain/Bookmaker.ts"
import type { EventFacts, EventId } from "../domain/Event.ts"
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
  let events = new Map<EventId, EventFacts>()
  let left = new Set<EventId>()
  let listings = new Set<string>()
  let bookmakers = new Set<BookmakerId>()
  return {
    note: (changes) => {
      for (const change of changes) {
        const facts = change._tag === "Event" ? (change.facts ?? change.record.before) : undefined
        if (facts !== undefined) events.set(facts.id, facts)
        if (change._tag === "Event" && change.facts === undefined) left.add(change.eventId)
        if (change._tag === "Book") listings.add(`${change.book.eventId}/${change.book.bookmakerId}`)
        else if (change._tag === "Bookmaker") bookmakers.add(change.record.bookmakerId)
      }
    },
    take: () => {
      if (events.size + listings.size + bookmakers.size === 0) return undefined
      const touched = { events, left, listings, bookmakers }
      events = new Map()
      left = new Set()
      listings = new Set()
      bookmakers = new Set()
      return touched
    }
  }
}

/** All there is, where the journal turns out to be older than what is stored. */
export const everything = (table: Table): Touched => ({
  events: new Map([...table.events].map(([id, { facts }]) => [id, facts])),
  left: new Set(),
  listings: new Set(
    [...table.events.values()].flatMap(({ books, facts }) => [...books.keys()].map((id) => `${facts.id}/${id}`))
  ),
  bookmakers: new Set(table.bookmakers.keys())
})

/** In turns of so many listings: what is appended at once is committed at once. */
export const slices = ({ bookmakers, events, left, listings }: Touched): readonly Touched[] => {
  const all = [...listings]
  const rest = Array.from({ length: Math.ceil(all.length / SLICE) }, (_, i): Touched => ({
    ...NOTHING_TOUCHED,
    listings: new Set(all.slice(i * SLICE, (i + 1) * SLICE))
  }))
  return events.size + bookmakers.size === 0 ? rest : [{ events, left, listings: new Set(), bookmakers }, ...rest]
}

const SLICE = 50

export const NOTHING_TOUCHED: Touched = {
  events: new Map(),
  left: new Set(),
  listings: new Set(),
  bookmakers: new Set()
}

/** Facts first, then listings whole, then bookmakers: each record may rely on those before it. */
export const rebase = (table: Table, touched: Touched, at: number): readonly Change[] => [
  ...[...touched.events].flatMap(([id, facts]) => {
    const event = table.events.get(id)
    if (event === undefined) return gone(facts, at)
    if (!touched.left.has(id)) return eventAgain(event, at)
    // Back, it begins anew. Its books are told with it, because they leave with its earlier life.
    const books = [...event.books.values()].map((book) => bookAgain(event.facts, book, at))
    return [...gone(facts, at), ...eventAgain(event, at), ...books]
  }),
  ...[...table.events.values()].flatMap((event) =>
    [...event.books.values()]
      .filter((book) => touched.listings.has(`${book.eventId}/${book.bookmakerId}`))
      .map((book) => bookAgain(event.facts, book, at))
  ),
  ...[...touched.bookmakers].flatMap((id) => bookmakerAgain(table, id, at))
]

/** It left memory while the disk was unusable; where it was never stored this closes nothing. */
const gone = (before: EventFacts, at: number): readonly Change[] => [
  {
    _tag: "Event",
    eventId: before.id,
    facts: undefined,
    record: { kind: "EVENT", at, eventId: before.id, before, after: undefined }
  }
]

export const eventAgain = ({ facts }: TableEvent, at: number): readonly Change[] => [
  {
    _tag: "Event",
    eventId: facts.id,
    facts,
    record: { kind: "EVENT", at, eventId: facts.id, before: facts, after: facts }
  }
]

export const bookAgain = (event: EventFacts, book: OddsBook, at: number): Change => {
  const { bookmakerId, phase, listing } = book
  const markets = book.shape.slots.flatMap((_, slot): MarketState[] => {
    const market = marketAt(book, slot)
    return market === undefined ? [] : [market]
  })
  const record: BaseRecord = { kind: "BASE", at, event, bookmakerId, phase, listing, markets }
  return { _tag: "Book", book, records: [record] }
}

const bookmakerAgain = (table: Table, bookmakerId: BookmakerId, at: number): readonly Change[] => {
  const standing = table.bookmakers.get(bookmakerId)
  return standing === undefined
    ? []
    : [{ _tag: "Bookmaker", record: { kind: "BOOKMAKER", at, bookmakerId, ...standing } }]
}
