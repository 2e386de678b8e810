/**
 * Warm-up: from the journal's images back to the table they were made of, and from changes to images.
 *
 * The images lie in the same commits as the records, so together they are the state at the journal's last
 * number; nothing has to be replayed and no database is needed.
 */
import { Option, Schema } from "effect"
import { BookmakerId } from "../domain/Bookmaker.ts"
import type { EventFacts } from "../domain/Event.ts"
import type { Image } from "../journal/Journal.ts"
import type { BookCodec } from "./Image.ts"
import { FactsImage, SightingsImage, StandingImage } from "./ImageSchema.ts"
import { fold, makeTable, setBook, sighted } from "./Table.ts"
import type { Change, ConfirmedChange, Table } from "./Table.ts"

/** What the images hold; images that cannot be read are left out and counted. */
export interface Warm {
  readonly table: Table
  readonly unreadable: number
}

/** Images come in key order, so an event comes before its listings. */
export const warm = (images: readonly Image[], codec: BookCodec): Warm => {
  const table = makeTable()
  let unreadable = 0
  const sightings: Image[] = []
  for (const image of images) {
    if (image.key.startsWith(CONFIRMED)) sightings.push(image)
    else if (!restore(table, image, codec)) unreadable++
  }
  for (const image of sightings) if (!resight(table, image)) unreadable++
  return { table, unreadable }
}

/** The image that goes into the journal beside the records of a change, `table` being what it was before. */
export const imageOf = (change: Change, table: Table, codec: BookCodec): Image => {
  switch (change._tag) {
    case "Event":
      return { key: change.eventId, bytes: change.facts === undefined ? new Uint8Array(0) : json(change.facts) }
    case "Book":
      return codec.encode(change.book)
    case "Bookmaker": {
      const { bookmakerId, state, since, reason } = change.record
      return { key: `${BOOKMAKER}${bookmakerId}`, bytes: json({ state, since, reason }) }
    }
    case "Confirmed":
      return {
        key: `${CONFIRMED}${change.record.bookmakerId}`,
        bytes: json(allSightings(table, change))
      }
  }
}

const BOOKMAKER = "bookmaker:"
const CONFIRMED = "confirmed:"

const json = (value: EventFacts | object): Uint8Array => new TextEncoder().encode(JSON.stringify(value))

const restore = (table: Table, image: Image, codec: BookCodec): boolean => {
  if (image.key.startsWith(BOOKMAKER)) {
    const standing = Schema.decodeUnknownOption(StandingImage)(text(image))
    if (Option.isNone(standing)) return false
    table.bookmakers.set(BookmakerId(image.key.slice(BOOKMAKER.length)), standing.value)
    return true
  }
  if (image.key.includes("/")) {
    const book = codec.decode(image)
    if (Option.isSome(book)) setBook(table, book.value)
    return Option.isSome(book)
  }
  const facts = Schema.decodeUnknownOption(FactsImage)(text(image))
  if (Option.isNone(facts)) return false
  const { id } = facts.value
  const record = { kind: "EVENT", at: 0, eventId: id, before: undefined, after: facts.value } as const
  fold(table, { _tag: "Event", eventId: id, facts: facts.value, record })
  return true
}

const resight = (table: Table, image: Image): boolean => {
  const bookmakerId = BookmakerId(image.key.slice(CONFIRMED.length))
  const read = Schema.decodeUnknownOption(SightingsImage)(text(image))
  if (Option.isNone(read)) return false
  for (const event of table.events.values()) {
    const book = event.books.get(bookmakerId)
    const sighting = read.value[event.facts.id]
    if (book === undefined || sighting === undefined) continue
    const [requestedAt, observedAt, publishedAt] = sighting
    // The image of a book that has changed since is the newer of the two.
    if (book.confirmedAt !== undefined && book.confirmedAt >= observedAt) continue
    setBook(
      table,
      sighted(book, { eventId: event.facts.id, requestedAt, observedAt, publishedAt: publishedAt ?? undefined })
    )
  }
  return true
}

const allSightings = (table: Table, { record, sightings }: ConfirmedChange): object => {
  const all: { [eventId: string]: readonly [number, number, number | null] } = {}
  for (const { facts, books } of table.events.values()) {
    const book = books.get(record.bookmakerId)
    if (book?.confirmedAt === undefined || book.requestedAt === undefined) continue
    all[facts.id] = [book.requestedAt, book.confirmedAt, book.publishedAt ?? null]
  }
  for (const { eventId, requestedAt, observedAt, publishedAt } of sightings) {
    all[eventId] = [requestedAt, observedAt, publishedAt ?? null]
  }
  return all
}

const text = (image: Image): string => new TextDecoder().decode(image.bytes)
