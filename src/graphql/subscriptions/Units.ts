/**
 * The pieces of a message: what to tell, before it is read.
 *
 * A snapshot and a delta are lists of the same pieces; a page is a part of such a list. A piece names a market
 * and holds no price, so it is told at its newest whenever its turn comes.
 */
import type { Pending } from "../../broadcast/Pending.ts"
import { wantsBookmaker } from "../../broadcast/Interest.ts"
import type { Bookmaker, BookmakerId } from "../../domain/Bookmaker.ts"
import type { EventId } from "../../domain/Event.ts"
import type { Market } from "../../domain/Market.ts"
import type { OddsBook } from "../../odds/OddsBook.ts"
import type { PublishedBoard, PublishedEvent } from "../../odds/PublishedBoard.ts"
import type { OddsFilter } from "../arguments/Filter.ts"
import type { View } from "../reading/Parents.ts"

export type Unit =
  | { readonly kind: "BOOKMAKER"; readonly bookmaker: Bookmaker }
  | { readonly kind: "EVENT"; readonly eventId: EventId }
  | { readonly kind: "LISTING"; readonly eventId: EventId; readonly bookmaker: Bookmaker }
  | { readonly kind: "OFFER"; readonly eventId: EventId; readonly bookmaker: Bookmaker; readonly market: Market }
  | { readonly kind: "COMPARISON"; readonly eventId: EventId; readonly market: Market }
  | { readonly kind: "CONFIRMATION"; readonly eventId: EventId; readonly bookmakerId: BookmakerId; readonly at: number }
  | { readonly kind: "REMOVED"; readonly eventId: EventId }

/** What is read, and how: taken once for a message. */
export interface Scene {
  readonly board: PublishedBoard["Service"]
  readonly view: View
  readonly filter: OddsFilter
}

/** The bookmakers a client of this filter hears of: disabled ones too, whose state then says so; in roster order. */
export const bookmakersOf = ({ view, filter }: Scene): readonly Bookmaker[] =>
  view.roster.map(({ bookmaker }) => bookmaker).filter(({ id }) => wantsBookmaker(filter, id))

/** Everything the filter wants of one event; nothing when it is gone or outside the filter. */
export const wholeEvent = (scene: Scene, eventId: EventId): readonly Unit[] => {
  const touched = makeTouched(eventId)
  touched.facts = true
  for (const { id } of bookmakersOf(scene)) touched.books.set(id, "WHOLE")
  return unitsOfEvent(scene, touched)
}

/** Everything pending, event by event. */
export const unitsOf = (scene: Scene, pending: Pending): readonly Unit[] => {
  const events = new Map<EventId, Touched>()
  const at = (id: EventId): Touched => {
    let touched = events.get(id)
    if (touched === undefined) events.set(id, (touched = makeTouched(id)))
    return touched
  }
  const bookmakers = bookmakersOf(scene)
  const changed = bookmakers.filter(({ id }) => pending.bookmakers.has(id))
  for (const { id } of changed) {
    for (const event of listedBy(scene, id)) {
      const touched = at(event.facts.id)
      // Its prices count from now on, or count no more: a best price may be another's.
      touched.rejudged.add(id)
      if (isResumed(scene, event, id)) touched.books.set(id, "WHOLE")
    }
  }
  for (const [eventId, markets] of pending.markets) {
    const { books } = at(eventId)
    for (const [id, set] of markets) if (!books.has(id)) books.set(id, set)
  }
  for (const [eventId, ids] of pending.listings) for (const id of ids) at(eventId).books.set(id, "WHOLE")
  for (const [eventId, entered] of pending.events) {
    const touched = at(eventId)
    touched.facts = true
    if (entered) for (const { id } of bookmakers) touched.books.set(id, "WHOLE")
  }
  return [
    ...changed.map((bookmaker): Unit => ({ kind: "BOOKMAKER", bookmaker })),
    ...[...events.values()].flatMap((touched) => unitsOfEvent(scene, touched)),
    ...confirmations(pending)
  ]
}

interface Touched {
  readonly eventId: EventId
  facts: boolean
  readonly books: Map<BookmakerId, "WHOLE" | ReadonlySet<Market>>
  /** Bookmakers of which every market is to be compared anew. */
  readonly rejudged: Set<BookmakerId>
}

const makeTouched = (eventId: EventId): Touched => ({
  eventId,
  facts: false,
  books: new Map(),
  rejudged: new Set()
})

const unitsOfEvent = (scene: Scene, { eventId, facts, books, rejudged }: Touched): readonly Unit[] => {
  const event = scene.board.event(eventId)
  if (event === undefined || !scene.filter.event(event.facts)) return facts ? [{ kind: "REMOVED", eventId }] : []
  const units: Unit[] = facts ? [{ kind: "EVENT", eventId }] : []
  const compared = new Set<Market>()
  for (const bookmaker of bookmakersOf(scene)) {
    const wanted = books.get(bookmaker.id)
    const book = event.books.get(bookmaker.id)
    if (book === undefined) continue
    if (rejudged.has(bookmaker.id)) for (const market of marketsOf(scene.filter, book)) compared.add(market)
    if (wanted === undefined) continue
    if (wanted === "WHOLE") units.push({ kind: "LISTING", eventId, bookmaker })
    for (const market of wanted === "WHOLE" ? marketsOf(scene.filter, book) : wanted) {
      units.push({ kind: "OFFER", eventId, bookmaker, market })
      compared.add(market)
    }
  }
  for (const market of compared) units.push({ kind: "COMPARISON", eventId, market })
  return units
}

const marketsOf = (filter: OddsFilter, book: OddsBook): readonly Market[] =>
  filter.slots(book).flatMap((slot) => book.shape.slots[slot]?.market ?? [])

const listedBy = ({ board, filter }: Scene, id: BookmakerId): readonly PublishedEvent[] =>
  board.events().filter(({ facts, books }) => books.has(id) && filter.event(facts))

/**
 * When a bookmaker returns, listings seen during its outage were told as stale and change by no record of
 * their own: they are the ones that stand confirmed, and are told again.
 */
const isResumed = ({ view }: Scene, { books }: PublishedEvent, id: BookmakerId): boolean =>
  view.standing(id).state === "CONFIRMED" && books.get(id)?.listing.state === "CONFIRMED"

const confirmations = ({ confirmations: seen }: Pending): readonly Unit[] =>
  [...seen].flatMap(([eventId, byBookmaker]) =>
    [...byBookmaker].map(([bookmakerId, at]): Unit => ({ kind: "CONFIRMATION", eventId, bookmakerId, at }))
  )
