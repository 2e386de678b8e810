/**
 * What changed and was not told yet, as a set of keys without values.
 *
 * The values are read when it is told, so a key that changed ten times is told once, at its newest, and a
 * client that falls behind costs a set of keys and not a queue. Adding is idempotent and merging associative.
 */
import type { BookmakerId } from "../domain/Bookmaker.ts"
import type { EventId } from "../domain/Event.ts"
import type { Market } from "../domain/Market.ts"
import type { NumberedRecord, Record } from "../domain/Record.ts"
import { wantsBookmaker } from "./Interest.ts"
import type { Interest } from "./Interest.ts"

export interface Pending {
  /** Facts came, changed or left; true when the event came into the filter on the way, so that all of it is new. */
  readonly events: Map<EventId, boolean>
  /** Listings of which everything is to be told, because their own state reaches every offer. */
  readonly listings: Map<EventId, Set<BookmakerId>>
  readonly markets: Map<EventId, Map<BookmakerId, Set<Market>>>
  readonly bookmakers: Set<BookmakerId>
  /** Newest sighting per listing; told apart from the rest, at most once a second. */
  readonly confirmations: Map<EventId, Map<BookmakerId, number>>
  /** Numbers are missing from the journal: only a snapshot is a base again. */
  gap: boolean
  /** False as soon as one of these changes is not on disk. */
  durable: boolean
  /** Keys held, confirmations left out: what the next message costs. */
  size: number
}

export const makePending = (): Pending => ({
  events: new Map(),
  listings: new Map(),
  markets: new Map(),
  bookmakers: new Set(),
  confirmations: new Map(),
  gap: false,
  durable: true,
  size: 0
})

/** True when anything but confirmations waits. */
export const hasChanges = (pending: Pending): boolean => pending.size > 0 || pending.gap

/** Adds what this record changes for the interest; what it does not concern is left out. True when something waits. */
export const note = (pending: Pending, interest: Interest, { record, durable }: NumberedRecord): boolean => {
  const before = pending.size
  noteRecord(pending, interest, record)
  if (!durable && pending.size !== before) pending.durable = false
  return hasChanges(pending) || pending.confirmations.size > 0
}

const noteRecord = (pending: Pending, interest: Interest, record: Record): void => {
  switch (record.kind) {
    case "EVENT": {
      const was = record.before !== undefined && interest.event(record.before)
      const is = record.after !== undefined && interest.event(record.after)
      if (was || is) addEvent(pending, record.eventId, is && !was)
      return
    }
    case "BOOKMAKER":
      if (wantsBookmaker(interest, record.bookmakerId)) addBookmaker(pending, record.bookmakerId)
      return
    case "LISTING":
    case "BASE":
      if (wantsBookmaker(interest, record.bookmakerId) && interest.event(record.event)) {
        addListing(pending, record.event.id, record.bookmakerId)
      }
      return
    case "MARKETS":
      if (!wantsBookmaker(interest, record.bookmakerId) || !interest.event(record.event)) return
      for (const { market } of record.markets) {
        if (interest.market(market)) addMarket(pending, record.event.id, record.bookmakerId, market)
      }
      return
    case "CONFIRMED":
      if (!wantsBookmaker(interest, record.bookmakerId)) return
      for (const { event, observedAt, scope } of record.listings) {
        // What is told is when a listing was confirmed, and a look at some of its markets does not confirm it.
        if (scope === "FULL" && interest.event(event))
          addConfirmation(pending, event.id, record.bookmakerId, observedAt)
      }
      return
    case "GAP":
      pending.gap = true
  }
}

/** Adds all of `from` to `into`. */
export const merge = (into: Pending, from: Pending): void => {
  for (const [id, whole] of from.events) addEvent(into, id, whole)
  for (const [id, bookmakers] of from.listings) for (const bookmaker of bookmakers) addListing(into, id, bookmaker)
  for (const [id, bookmakers] of from.markets) {
    for (const [bookmaker, markets] of bookmakers) for (const market of markets) addMarket(into, id, bookmaker, market)
  }
  for (const id of from.bookmakers) addBookmaker(into, id)
  for (const [id, seen] of from.confirmations)
    for (const [bookmaker, at] of seen) addConfirmation(into, id, bookmaker, at)
  into.gap ||= from.gap
  into.durable &&= from.durable
}

export const clear = (pending: Pending): void => {
  for (const keys of [pending.events, pending.listings, pending.markets, pending.bookmakers, pending.confirmations])
    keys.clear()
  pending.gap = false
  pending.durable = true
  pending.size = 0
}

export const addConfirmation = (pending: Pending, event: EventId, bookmaker: BookmakerId, at: number): void => {
  const seen = getOr(pending.confirmations, event, makeMap<BookmakerId, number>)
  if (at > (seen.get(bookmaker) ?? 0)) seen.set(bookmaker, at)
}

const addEvent = (pending: Pending, id: EventId, whole: boolean): void => {
  const known = pending.events.get(id)
  if (known === undefined) pending.size += 1
  pending.events.set(id, known === true || whole)
}

const addListing = (pending: Pending, event: EventId, bookmaker: BookmakerId): void =>
  add(pending, getOr(pending.listings, event, makeSet<BookmakerId>), bookmaker)

const addMarket = (pending: Pending, event: EventId, bookmaker: BookmakerId, market: Market): void =>
  add(
    pending,
    getOr(getOr(pending.markets, event, makeMap<BookmakerId, Set<Market>>), bookmaker, makeSet<Market>),
    market
  )

const addBookmaker = (pending: Pending, id: BookmakerId): void => add(pending, pending.bookmakers, id)

const add = <A>(pending: Pending, set: Set<A>, value: A): void => {
  const before = set.size
  set.add(value)
  pending.size += set.size - before
}

/** What is there already, else what is made for it now. */
export const getOr = <K, V>(map: Map<K, V>, key: K, make: () => V): V => {
  let value = map.get(key)
  if (value === undefined) map.set(key, (value = make()))
  return value
}

const makeSet = <A>(): Set<A> => new Set()
const makeMap = <K, V>(): Map<K, V> => new Map()
