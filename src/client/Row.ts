/**
 * One event as a grid shows it: facts, and what every bookmaker offers, with the state that holds now.
 *
 * What was sent is joined with the bookmaker's newest state here, because a bookmaker that goes stale as a whole is
 * told in one entry: the worse of the two holds, and a best price or edge that rests on it is taken back.
 */
import { ODDS_STATES } from "./generated.ts"
import type { GridBookmaker, GridComparison, GridEvent, GridListing, GridOffer, OddsState } from "./generated.ts"

export interface Row {
  readonly event: GridEvent
  /** By bookmaker id. */
  readonly listings: ReadonlyMap<string, GridListing>
  /** By bookmaker id and market key: `bet9ja-ng/over_under_ft@2.5`. */
  readonly offers: ReadonlyMap<string, GridOffer>
  /** By market key. */
  readonly comparisons: ReadonlyMap<string, GridComparison>
}

/** What was sent of one event, each entry at its newest. */
export interface Sent {
  event: GridEvent | undefined
  readonly listings: Map<string, GridListing>
  readonly offers: Map<string, GridOffer>
  readonly comparisons: Map<string, GridComparison>
}

export type Bookmakers = ReadonlyMap<string, GridBookmaker>

export const rowOf = (event: GridEvent, sent: Sent, bookmakers: Bookmakers): Row => {
  const troubled = new Map([...bookmakers].filter(([, { state }]) => state !== "CONFIRMED"))
  return {
    event,
    listings: mapped(sent.listings, (listing) => dimmed(listing, troubled.get(bookmakerOf(listing.id)))),
    offers: mapped(sent.offers, (offer) => dimmedOffer(offer, troubled.get(offer.bookmakerId))),
    comparisons: mapped(sent.comparisons, (comparison) => without(comparison, troubled))
  }
}

/** The SDL has them best first. */
export const worse = (one: OddsState, other: OddsState): OddsState =>
  ODDS_STATES.indexOf(other) > ODDS_STATES.indexOf(one) ? other : one

/** The middle of `68995116/bet9ja-ng/1x2_ft`, or the end of a listing's id. */
export const bookmakerOf = (id: string): string => id.split("/", 2)[1] ?? ""

/** A copy in any case: the grid keeps a row, and the next message changes what it was made from. */
const mapped = <A>(entries: ReadonlyMap<string, A>, change: (entry: A) => A): ReadonlyMap<string, A> => {
  const result = new Map<string, A>()
  for (const [key, entry] of entries) result.set(key, change(entry))
  return result
}

const dimmed = <A extends Pick<GridListing, "state" | "since" | "reason">>(
  entry: A,
  bookmaker: GridBookmaker | undefined
): A => {
  if (bookmaker === undefined || worse(entry.state, bookmaker.state) === entry.state) return entry
  return { ...entry, state: bookmaker.state, since: bookmaker.since, reason: bookmaker.reason }
}

const dimmedOffer = (offer: GridOffer, bookmaker: GridBookmaker | undefined): GridOffer => {
  if (bookmaker === undefined) return offer
  const outcomes = offer.outcomes.map((outcome) => ({ ...outcome, state: worse(outcome.state, bookmaker.state) }))
  return { ...dimmed(offer, bookmaker), outcomes }
}

const without = (comparison: GridComparison, troubled: Bookmakers): GridComparison => {
  const known = new Set(comparison.excluded.map(({ bookmakerId }) => bookmakerId))
  const excluded = [...troubled.values()].flatMap(({ id, reason }) =>
    known.has(id) || reason === null ? [] : [{ bookmakerId: id, reason }]
  )
  if (excluded.length === 0) return comparison
  return {
    ...comparison,
    skewMs: null,
    excluded: [...comparison.excluded, ...excluded],
    best: comparison.best.map((best) => {
      const bookmakers = best.bookmakers.filter((id) => !troubled.has(id))
      // Who is next best among the others is the server's to say; it does with the next change of the market.
      const gone = bookmakers.length === 0
      return { ...best, bookmakers, ourEdge: null, price: gone ? null : best.price, milli: gone ? null : best.milli }
    })
  }
}
