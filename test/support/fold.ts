/**
 * The fold of a history: the newest record per key. What the books must always equal (DESIGN §2).
 *
 * Written from the records' meaning alone; it shares no code with `src/odds`.
 */
import type { MarketState, NumberedRecord } from "../../src/domain/Record.ts"

export interface Folded {
  /** Facts by event id. */
  readonly events: Map<string, unknown>
  /** By `event/bookmaker`. */
  readonly listings: Map<string, unknown>
  /** By `event/bookmaker/market key`. */
  readonly markets: Map<string, unknown>
  readonly bookmakers: Map<string, unknown>
}

export const foldHistory = (history: readonly NumberedRecord[]): Folded => {
  const folded: Folded = { events: new Map(), listings: new Map(), markets: new Map(), bookmakers: new Map() }
  for (const { record } of history) {
    switch (record.kind) {
      case "EVENT":
        if (record.after !== undefined) folded.events.set(record.eventId, record.after)
        else for (const map of [folded.events, folded.listings, folded.markets]) forget(map, record.eventId)
        break
      case "BOOKMAKER":
        folded.bookmakers.set(record.bookmakerId, { state: record.state, since: record.since, reason: record.reason })
        break
      case "LISTING":
        folded.listings.set(`${record.event.id}/${record.bookmakerId}`, record.listing)
        break
      case "BASE":
        folded.listings.set(`${record.event.id}/${record.bookmakerId}`, record.listing)
        forget(folded.markets, `${record.event.id}/${record.bookmakerId}`)
        setMarkets(folded.markets, record.event.id, record.bookmakerId, record.markets)
        break
      case "MARKETS":
        setMarkets(folded.markets, record.event.id, record.bookmakerId, record.markets)
        break
      case "CONFIRMED":
      case "GAP":
        break
    }
  }
  return folded
}

/** A market as plain data, so that two of them compare by value. */
export const plainMarket = (state: MarketState): unknown => ({
  key: state.market.key,
  outcomes: state.layout.outcomes,
  milli: [...state.milli],
  previous: [...state.previous],
  states: [...state.states],
  state: state.state,
  since: state.since,
  changedAt: state.changedAt
})

const setMarkets = (
  markets: Map<string, unknown>,
  event: string,
  bookmaker: string,
  states: readonly MarketState[]
): void => {
  for (const state of states) markets.set(`${event}/${bookmaker}/${state.market.key}`, plainMarket(state))
}

const forget = (map: Map<string, unknown>, prefix: string): void => {
  for (const key of map.keys()) if (key === prefix || key.startsWith(`${prefix}/`)) map.delete(key)
}
