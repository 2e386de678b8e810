/**
 * The pieces of a message: what to tell, before it is read.
 *
 * A snapshot and a delta are lists of the same pieces; a page is a part of such a list. A piece names a market
 * and holds no price, so it is told at its newest whenever its turn comes.
 */
import { getOr } from "../../broadcast/Pending.ts"
import type { Pending } from "../../broadcast/Pending.ts"
import { wantsBookmaker } from "../../broadcast/Interest.ts"
import type { Bookmaker, BookmakerId } from "../../domain/Bookmaker.ts"
import type { EventId } from "../../domain/Event.ts"
import type { Market } from "../../domain/Market.ts"
import type { OddsBook } from "../../odds/OddsBook.ts"
import type { PublishedBoard, PublishedEvent } from "../../odds/PublishedBoard.ts"
import type { OddsFilter } from "../arguments/Filter.ts"
import type { Moment } from "../reading/Moment.ts"
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
  readonly moment: Moment
  readonly filter: OddsFilter
}

/** The bookmakers a client of this filter hears of: disabled ones too, whose state then says so; in roster order. */
export const bookmakersOf = ({ roster }: View, filter: OddsFilter): readonly Bookmaker[] =>
  roster.flatMap(({ bookmaker }) => (wantsBookmaker(filter, bookmaker.id) ? [bookmaker] : []))

/** Everything the filter wants of one event; nothing when it is gone or outside the filter. */
export const wholeEvent = (scene: Scene, eventId: EventId): readonly Unit[] => {
  const touched = makeTouched(eventId)
  touched.facts = true
  touched.isWhole = true
  const units: Unit[] = []
  addEvent(units, scene, touched)
  return units
}

/** Everything pending, event by event. */
export const unitsOf = (scene: Scene, pending: Pending): readonly Unit[] => {
  const units: Unit[] = []
  const events = new Map<EventId, Touched>()
  const at = (id: EventId): Touched => getOr(events, id, () => makeTouched(id))
  if (pending.bookmakers.size > 0) {
    for (const bookmaker of bookmakersOf(scene.moment.view, scene.filter)) {
      if (!pending.bookmakers.has(bookmaker.id)) continue
      units.push({ kind: "BOOKMAKER", bookmaker })
      for (const event of listedBy(scene, bookmaker.id)) {
        const touched = at(event.facts.id)
        // Its prices count from now on, or count no more: a best price may be another's.
        touched.rejudged = [...touched.rejudged, bookmaker.id]
        if (isResumed(scene, event, bookmaker.id)) touched.books.set(bookmaker.id, "WHOLE")
      }
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
    touched.isWhole ||= entered
  }
  for (const touched of events.values()) addEvent(units, scene, touched)
  for (const [eventId, byBookmaker] of pending.confirmations) {
    for (const [bookmakerId, time] of byBookmaker) units.push({ kind: "CONFIRMATION", eventId, bookmakerId, at: time })
  }
  return units
}

interface Touched {
  readonly eventId: EventId
  facts: boolean
  /** Everything is to be told, of every bookmaker. */
  isWhole: boolean
  readonly books: Map<BookmakerId, "WHOLE" | ReadonlySet<Market>>
  /** Bookmakers of which every market is to be compared anew. */
  rejudged: readonly BookmakerId[]
}

const makeTouched = (eventId: EventId): Touched => ({
  eventId,
  facts: false,
  isWhole: false,
  books: new Map(),
  rejudged: []
})

const addEvent = (units: Unit[], { board, filter, moment }: Scene, touched: Touched): void => {
  const { eventId, facts, books, isWhole, rejudged } = touched
  const event = board.event(eventId)
  if (event === undefined || !filter.event(event.facts)) {
    if (facts) units.push({ kind: "REMOVED", eventId })
    return
  }
  if (facts) units.push({ kind: "EVENT", eventId })
  const compared = new Set<Market>()
  for (const { bookmaker } of moment.view.roster) {
    const book = event.books.get(bookmaker.id)
    if (book === undefined || !wantsBookmaker(filter, bookmaker.id)) continue
    if (rejudged.includes(bookmaker.id)) for (const market of marketsOf(filter, book)) compared.add(market)
    const wanted = isWhole ? "WHOLE" : books.get(bookmaker.id)
    if (wanted === undefined) continue
    if (wanted === "WHOLE") units.push({ kind: "LISTING", eventId, bookmaker })
    for (const market of wanted === "WHOLE" ? marketsOf(filter, book) : wanted) {
      units.push({ kind: "OFFER", eventId, bookmaker, market })
      compared.add(market)
    }
  }
  for (const market of compared) units.push({ kind: "COMPARISON", eventId, market })
}

const marketsOf = (filter: OddsFilter, book: OddsBook): readonly Market[] =>
  filter.slots(book).flatMap((slot) => book.shape.slots[slot]?.market ?? [])

const listedBy = ({ board, filter }: Scene, id: BookmakerId): readonly PublishedEvent[] =>
  board.events().filter(({ facts, books }) => books.has(id) && filter.event(facts))

/**
 * When a bookmaker returns, listings seen during its outage were told as stale and change by no record of
 * their own: they are the ones that stand confirmed, and are told again.
 */
const isResumed = ({ moment: { view } }: Scene, { books }: PublishedEvent, id: BookmakerId): boolean =>
  view.standing(id).state === "CONFIRMED" && books.get(id)?.listing.state === "CONFIRMED"
