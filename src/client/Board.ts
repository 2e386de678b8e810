/**
 * The folded state of one filter: what was sent of every event, upserted by id, and the rows made from it.
 *
 * A row is made anew only when something of its event has changed, so a grid of 1,300 rows can compare them by
 * identity and draw a handful. Plain maps, changed in place: it folds a thousand messages a second.
 */
import type { GridBookmaker, GridData } from "./generated.ts"
import { rowOf } from "./Row.ts"
import type { Bookmakers, Row, Sent } from "./Row.ts"

export type OddsMessage = GridData["oddsUpdated"]

export interface Board {
  readonly apply: (message: OddsMessage) => void
  /** Confirmation times only, newer ones: they may be told after a change that came later. */
  readonly confirm: (confirmations: OddsMessage["confirmations"]) => void
  /** By kickoff, then id; the same array until something changes. */
  readonly rows: () => readonly Row[]
  readonly bookmakers: () => Bookmakers
  readonly events: () => Iterable<Sent>
}

export const makeBoard = (): Board => {
  const entries = new Map<string, Entry>()
  let bookmakers: Bookmakers = new Map<string, GridBookmaker>()
  let order: readonly Entry[] | undefined
  let rows: readonly Row[] | undefined

  const at = (eventId: string): Entry => {
    rows = undefined
    let entry = entries.get(eventId)
    if (entry === undefined) entries.set(eventId, (entry = makeEntry()))
    entry.row = undefined
    return entry
  }
  const confirm = (confirmations: OddsMessage["confirmations"]): void => {
    for (const { listingId, confirmedAt } of confirmations) {
      const [eventId = "", bookmakerId = ""] = listingId.split("/", 2)
      const listing = entries.get(eventId)?.sent.listings.get(bookmakerId)
      if (listing === undefined || (listing.confirmedAt ?? "") >= confirmedAt) continue
      at(eventId).sent.listings.set(bookmakerId, { ...listing, confirmedAt })
    }
  }

  return {
    confirm,
    apply: (message) => {
      if (message.bookmakers.length > 0) {
        bookmakers = new Map([...bookmakers, ...message.bookmakers.map((one) => [one.id, one] as const)])
        for (const entry of entries.values()) entry.row = undefined
        rows = undefined
      }
      for (const event of message.events) {
        const entry = at(event.id)
        if (entry.sent.event?.kickoff !== event.kickoff) order = undefined
        entry.sent.event = event
      }
      for (const listing of message.listings) at(listing.eventId).sent.listings.set(tail(listing), listing)
      for (const offer of message.offers) at(offer.eventId).sent.offers.set(tail(offer), offer)
      for (const one of message.comparisons) at(one.eventId).sent.comparisons.set(tail(one), one)
      confirm(message.confirmations)
      for (const eventId of message.removed) if (entries.delete(eventId)) order = rows = undefined
    },
    rows: () => {
      order ??= [...entries.values()].filter(({ sent }) => sent.event !== undefined).sort(byKickoff)
      rows ??= order.flatMap((entry) => {
        const { event } = entry.sent
        return event === undefined ? [] : [(entry.row ??= rowOf(event, entry.sent, bookmakers))]
      })
      return rows
    },
    bookmakers: () => bookmakers,
    events: () => Array.from(entries.values(), ({ sent }) => sent)
  }
}

interface Entry {
  readonly sent: Sent
  row: Row | undefined
}

const makeEntry = (): Entry => ({
  sent: { event: undefined, listings: new Map(), offers: new Map(), comparisons: new Map() },
  row: undefined
})

/** An id without its event: `bet9ja-ng/1x2_ft`. */
const tail = ({ id, eventId }: { readonly id: string; readonly eventId: string }): string =>
  id.slice(eventId.length + 1)

const byKickoff = (one: Entry, other: Entry): number => {
  const [a, b] = [one.sent.event, other.sent.event]
  if (a === undefined || b === undefined || a.kickoff === b.kickoff) return (a?.id ?? "") < (b?.id ?? "") ? -1 : 1
  return a.kickoff < b.kickoff ? -1 : 1
}
