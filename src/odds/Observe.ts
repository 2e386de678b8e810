/**
 * A snapshot against the book of its listing: the next book with the records that tell it, or "confirmed".
 *
 * A detail with fewer than half of the last one's markets is suspicious: it withdraws nothing and confirms
 * nothing until it is seen twice, because a broken page looks just like a bookmaker that has closed its book.
 */
import { shapeOf } from "../domain/Board.ts"
import type { EventFacts } from "../domain/Event.ts"
import type { Standing } from "../domain/Freshness.ts"
import type { ListingRecord, ListingState, MarketState, MarketsRecord } from "../domain/Record.ts"
import { wholeAtOf } from "../domain/Snapshot.ts"
import type { Snapshot, UnmappedMarket } from "../domain/Snapshot.ts"
import { difference } from "./Change.ts"
import { WITHDRAWN, stateOf } from "./OddsBook.ts"
import type { Columns, OddsBook } from "./OddsBook.ts"
import { marketAt } from "./Reading.ts"
import type { BookChange } from "./Table.ts"

export interface Observed {
  /** Undefined: seen again, unchanged. */
  readonly change: BookChange | undefined
  /** True when what is in its scope counts as seen at `observedAt`. */
  readonly confirms: boolean
}

export const observe = (event: EventFacts, before: OddsBook | undefined, snapshot: Snapshot): Observed => {
  const suspicious = isSuspicious(before, snapshot)
  const { columns, changed } = difference(before ?? NOTHING, snapshot, !suspicious)
  const listing = nextListing(before, snapshot, columns, suspicious)
  const book = nextBook(before, snapshot, columns, listing, suspicious)
  const { bookmakerId, phase, observedAt: at } = snapshot
  const records: (ListingRecord | MarketsRecord)[] = []
  if (listing !== before?.listing) records.push({ kind: "LISTING", at, event, bookmakerId, phase, listing })
  if (changed.length > 0) records.push(marketsRecord(event, book, snapshot, changed))
  return { change: records.length > 0 ? { _tag: "Book", book, records } : undefined, confirms: !suspicious }
}

const NOTHING: Columns = {
  shape: shapeOf([]),
  outcomes: [],
  previous: [],
  since: [],
  changedAt: []
}

/** Seen twice it is believed, but never while something in it is unreadable. */
const isSuspicious = (before: OddsBook | undefined, { scope, board, unkeyedReject }: Snapshot): boolean =>
  before !== undefined &&
  scope === "FULL" &&
  (unkeyedReject || before.listing.reason?.code !== "SUSPICIOUS_DETAIL") &&
  board.shape.slots.length * 2 < offered(before)

/** How many markets are not withdrawn. */
const offered = ({ outcomes, shape }: Columns): number => {
  let count = 0
  for (let slot = 0; slot < shape.slots.length; slot++) {
    const to = shape.offsets[slot + 1] ?? 0
    for (let i = shape.offsets[slot] ?? to; i < to; i++) {
      if (stateOf(outcomes[i] ?? WITHDRAWN) !== WITHDRAWN) {
        count++
        break
      }
    }
  }
  return count
}

/** The same object where nothing about the listing moved. */
const nextListing = (
  before: OddsBook | undefined,
  snapshot: Snapshot,
  columns: Columns,
  suspicious: boolean
): ListingState => {
  const was = before?.listing
  const standing = nextStanding(was, snapshot, suspicious)
  const whole = snapshot.scope === "FULL" && !suspicious
  const competition = was?.bookmakerCompetitionId ?? snapshot.listed.competition.nativeId
  const next: ListingState = {
    ...standing,
    bookmakerEventId: snapshot.listed.bookmakerEventId,
    ...(competition !== "" && { bookmakerCompetitionId: competition }),
    mappedCount: offered(columns),
    unmapped: whole || was === undefined ? snapshot.unmapped : was.unmapped
  }
  return was !== undefined && sameListing(was, next) ? was : next
}

const nextStanding = (
  was: ListingState | undefined,
  { scope, observedAt }: Snapshot,
  suspicious: boolean
): Standing => {
  if (suspicious) {
    return {
      state: "STALE",
      since: observedAt,
      reason: {
        code: "SUSPICIOUS_DETAIL",
        text: "More than half of the markets vanished at once; believed when seen again."
      }
    }
  }
  if (was === undefined) return { state: "CONFIRMED", since: observedAt }
  const { state, since, reason } = was
  return scope !== "FULL" || state === "CONFIRMED"
    ? { state, since, ...(reason && { reason }) }
    : { state: "CONFIRMED", since: observedAt }
}

const sameListing = (a: ListingState, b: ListingState): boolean =>
  a.state === b.state &&
  a.reason?.code === b.reason?.code &&
  a.bookmakerEventId === b.bookmakerEventId &&
  a.mappedCount === b.mappedCount &&
  sameUnmapped(a.unmapped, b.unmapped)

/** As sets: the order of a payload says nothing. */
const sameUnmapped = (a: readonly UnmappedMarket[], b: readonly UnmappedMarket[]): boolean => {
  if (a.length !== b.length) return false
  const ids = new Set(a.map((market) => market.nativeId))
  return b.every((market) => ids.has(market.nativeId))
}

const nextBook = (
  before: OddsBook | undefined,
  snapshot: Snapshot,
  columns: Columns,
  listing: ListingState,
  suspicious: boolean
): OddsBook => {
  const { eventId, bookmakerId, phase, requestedAt, observedAt, publishedAt } = snapshot
  const whole = snapshot.scope === "FULL" && !suspicious
  const seen = !whole && before !== undefined ? before : { confirmedAt: wholeAtOf(snapshot), requestedAt, publishedAt }
  return {
    eventId,
    bookmakerId,
    phase,
    listing,
    confirmedAt: seen.confirmedAt,
    requestedAt: seen.requestedAt,
    observedAt,
    publishedAt: seen.publishedAt,
    shape: columns.shape,
    outcomes: columns.outcomes,
    previous: columns.previous,
    since: columns.since,
    changedAt: columns.changedAt
  }
}

const marketsRecord = (
  event: EventFacts,
  book: OddsBook,
  snapshot: Snapshot,
  changed: readonly number[]
): MarketsRecord => ({
  kind: "MARKETS",
  at: snapshot.observedAt,
  event,
  bookmakerId: snapshot.bookmakerId,
  phase: snapshot.phase,
  publishedAt: snapshot.publishedAt,
  runId: snapshot.runId,
  markets: changed.flatMap((slot): MarketState[] => {
    const market = marketAt(book, slot)
    return market === undefined ? [] : [market]
  })
})
