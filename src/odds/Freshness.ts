/**
 * How a listing's own state moves when nothing is seen: overdue, gone, kicked off.
 *
 * Pure; the caller gives the time. A listing that is closed by its kickoff stays so.
 */
import type { EventFacts } from "../domain/Event.ts"
import { overdueAt } from "../domain/Freshness.ts"
import type { CadenceTier, Reason, Standing } from "../domain/Freshness.ts"
import type { ListingState } from "../domain/Record.ts"
import type { OddsBook } from "./OddsBook.ts"
import type { BookChange } from "./Table.ts"

/** Stale once nothing was seen for 2 × cadence + 30 s; since the instant that ran out, whenever that is noticed. */
export const overdue = (
  facts: EventFacts,
  book: OddsBook,
  missed: Reason | undefined,
  tick: { readonly now: number; readonly tiers: readonly CadenceTier[] }
): readonly BookChange[] => {
  if (book.listing.state !== "CONFIRMED" || book.confirmedAt === undefined) return []
  // Seen in a time that has not come yet: the clock was set back while nobody watched, so how long ago is unknown.
  const isAgeless = book.confirmedAt > tick.now + CLOCKS_DIFFER_MS
  const since = isAgeless ? tick.now : overdueAt(tick.tiers, facts.kickoff, book.confirmedAt)
  if (tick.now < since) return []
  return listingChange(facts, book, { state: "STALE", since, reason: missed ?? OVERDUE }, tick.now)
}

/** The bookmaker has taken the event off, unless it was seen since it said so. */
export const withdrawn = (facts: EventFacts, book: OddsBook, at: number): readonly BookChange[] =>
  isClosed(book) || book.listing.state === "WITHDRAWN" || (book.observedAt ?? -Infinity) > at
    ? []
    : listingChange(facts, book, { state: "WITHDRAWN", since: at, reason: GONE }, at)

/** Kickoff closes a prematch listing. */
export const close = (facts: EventFacts, book: OddsBook, at: number): readonly BookChange[] =>
  isClosed(book) ? [] : listingChange(facts, book, { state: "STALE", since: facts.kickoff, reason: KICKED_OFF }, at)

export const listingChange = (
  event: EventFacts,
  book: OddsBook,
  { state, since, reason }: Standing,
  at: number
): readonly BookChange[] => {
  const { reason: _, ...rest } = book.listing
  const listing: ListingState = { ...rest, state, since, ...(reason && { reason }) }
  const { bookmakerId, phase } = book
  return [
    {
      _tag: "Book",
      book: { ...book, listing },
      records: [{ kind: "LISTING", at, event, bookmakerId, phase, listing }]
    }
  ]
}

/** Of listings whose bookmaker is back and which have not been seen since. */
export const unseenSince = (reason: Reason | undefined): Reason => ({
  code: reason?.code ?? "OTHER",
  text: `Not seen again since the bookmaker returned.${reason === undefined ? "" : ` Before: ${reason.text}`}`
})

const CLOCKS_DIFFER_MS = 5_000

const isClosed = (book: OddsBook): boolean => book.listing.reason?.code === "KICKED_OFF"

const OVERDUE: Reason = { code: "OVERDUE", text: "Not seen again in time; the last known prices are shown." }
const GONE: Reason = { code: "GONE", text: "The bookmaker no longer has this event." }
const KICKED_OFF: Reason = { code: "KICKED_OFF", text: "The match has kicked off; prematch prices are closed." }
