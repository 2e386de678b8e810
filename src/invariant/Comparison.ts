/**
 * One sample of what the books say, compared with what Postgres holds: pure. A sampled market brings along its listing,
 * its bookmaker and its event, each compared under a name of its own.
 */
import type { Effect } from "effect"
import { parseMarketKey } from "../domain/Catalogue.ts"
import type { EventFacts, EventId } from "../domain/Event.ts"
import type { Standing } from "../domain/Freshness.ts"
import type { ListingState, MarketState, Position } from "../domain/Record.ts"
import type { PublishedBoard, PublishedEvent } from "../odds/PublishedBoard.ts"
import { marketAt, slotOf } from "../odds/Reading.ts"
import { NOT_STORED } from "../storage/reading/StoredFacts.ts"
import type { EventValue, Stored, StoredFacts, StoredSides } from "../storage/reading/StoredFacts.ts"
import type { MarketPlace, ParkedRecord, standingMarkets } from "../storage/reading/StoredMarkets.ts"
import { BOOKMAKER, differenceOf, EVENT, LISTING, MARKET } from "./Agreement.ts"
import type { Difference } from "./Agreement.ts"

/** What the books say of one place. */
export interface Known {
  readonly place: MarketPlace
  readonly event: EventValue
  readonly bookmaker: Standing
  readonly listing: ListingState
  readonly market: MarketState
}

export interface Sides extends StoredFacts {
  readonly market: StoredSides<MarketState>
}

/** What differs, and a place that leads to it again. */
export interface Found {
  readonly name: string
  readonly place: MarketPlace
  readonly difference: Difference
}

/** `event/bookmaker/market`: names a market in logs and incidents. */
export const nameOf = (place: Pick<MarketPlace, "eventId" | "bookmakerId" | "market">): string =>
  `${listingName(place)}/${place.market.key}`

const listingName = ({ bookmakerId, eventId }: Pick<MarketPlace, "eventId" | "bookmakerId">): string =>
  `${eventId}/${bookmakerId}`

/** Of these places, all of one moment; those that left memory are left out. */
export const knownAt = (board: PublishedBoard["Service"], places: readonly MarketPlace[]): readonly Known[] =>
  places.flatMap((place) => {
    const event = board.event(place.eventId)
    const book = event?.books.get(place.bookmakerId)
    if (event === undefined || book === undefined) return []
    const market = marketAt(book, slotOf(book, place.market))
    const bookmaker = board.bookmaker(place.bookmakerId).standing
    return market === undefined
      ? []
      : [{ place, event: valueOf(event.facts, false), bookmaker, listing: book.listing, market }]
  })

/** By name: what is the same for many places is told once. */
export const compared = (
  sample: readonly Known[],
  mark: Position,
  stored: readonly Sides[],
  letters: readonly ParkedRecord[]
): ReadonlyMap<string, Found> => {
  const found = new Map<string, Found>()
  const parked = parkedBy(letters)
  sample.forEach((known, i) => {
    const { place } = known
    const { bookmaker, event, listing, market } = stored[i] ?? NOTHING
    const note = (name: string, difference: Difference | undefined) => {
      if (difference !== undefined) found.set(name, { name, place, difference })
    }
    const names = { market: nameOf(place), listing: listingName(place) }
    note(names.market, differenceOf(MARKET, known.market, mark, market, parked.markets.get(names.market)))
    note(names.listing, differenceOf(LISTING, known.listing, mark, listing, parked.listings.get(names.listing)))
    note(place.eventId, differenceOf(EVENT, known.event, mark, event, parked.events.get(place.eventId)))
    const told = { ...bookmaker, current: bookmaker.current ?? NEVER_TOLD }
    note(
      place.bookmakerId,
      differenceOf(BOOKMAKER, known.bookmaker, mark, told, parked.bookmakers.get(place.bookmakerId))
    )
  })
  return found
}

/** What stands in Postgres by this mark and in no book of these events, which were all there is at it. */
export const surplus = (
  events: ReadonlyMap<EventId, PublishedEvent>,
  mark: Position,
  standing: Effect.Success<ReturnType<typeof standingMarkets>>
): readonly Found[] =>
  standing.flatMap(({ bookmakerId, epoch, eventId, key, seq }) => {
    const market = parseMarketKey(key)
    const event = events.get(eventId)
    const isLater = epoch > mark.epoch || (epoch === mark.epoch && seq > mark.seq)
    if (market === undefined || event === undefined || isLater) return []
    const book = event.books.get(bookmakerId)
    if (book !== undefined && slotOf(book, market) !== -1) return []
    const place: MarketPlace = { eventId, bookmakerId, phase: "PREMATCH", market }
    const difference = { what: "the book and the history", left: "nothing", right: `a newest value of ${epoch}/${seq}` }
    return [{ name: nameOf(place), place, difference }]
  })

/** A bookmaker that never failed has no record. */
const NEVER_TOLD: Stored<Standing> = { epoch: 0, seq: 0, state: { state: "CONFIRMED", since: 0 } }
const NOTHING: Sides = { bookmaker: NOT_STORED, event: NOT_STORED, listing: NOT_STORED, market: NOT_STORED }

const valueOf = ({ away, competition, home, kickoff }: EventFacts, closed: boolean): EventValue => ({
  home,
  away,
  kickoff,
  competitionId: competition.id,
  closed
})

/** The newest parked value of each thing. */
const parkedBy = (letters: readonly ParkedRecord[]) => {
  const markets = new Map<string, Stored<MarketState>>()
  const listings = new Map<string, Stored<ListingState>>()
  const events = new Map<string, Stored<EventValue>>()
  const bookmakers = new Map<string, Stored<Standing>>()
  for (const { epoch, record, seq } of letters) {
    switch (record.kind) {
      case "MARKETS":
        for (const state of record.markets) {
          const place = { eventId: record.event.id, bookmakerId: record.bookmakerId, market: state.market }
          markets.set(nameOf(place), { epoch, seq, state })
        }
        break
      case "LISTING": {
        const place = { eventId: record.event.id, bookmakerId: record.bookmakerId }
        listings.set(listingName(place), { epoch, seq, state: record.listing })
        break
      }
      case "EVENT": {
        const facts = record.after ?? record.before
        const state = facts && valueOf(facts, record.after === undefined)
        if (state !== undefined) events.set(record.eventId, { epoch, seq, state })
        break
      }
      case "BOOKMAKER":
        bookmakers.set(record.bookmakerId, { epoch, seq, state: record })
    }
  }
  return { markets, listings, events, bookmakers }
}
