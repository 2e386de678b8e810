/**
 * Pieces of records → rows, pure: what a run of the journal becomes in each table.
 *
 * Of the tables that keep the newest value only, the newest per key is left to whoever writes them: history has
 * every one.
 */
import type { CadenceTier, Standing } from "../../domain/Freshness.ts"
import type { EventFacts } from "../../domain/Event.ts"
import type {
  BaseRecord,
  ConfirmedRecord,
  EventRecord,
  ListingRecord,
  ListingState,
  MarketState,
  MarketsRecord,
  Position
} from "../../domain/Record.ts"
import { stateLetters } from "../../journal/RecordCodec.ts"
import { checkSpans } from "./CheckSpans.ts"
import type { Piece } from "./Pieces.ts"
import type {
  BookmakerRow,
  CompetitionRow,
  EventRow,
  GapRow,
  ListingRow,
  MarketRow,
  Rows,
  StandingColumns,
  WholeRow
} from "./Rows.ts"

/** Pieces must come in order. */
export const rowsOf = (pieces: readonly Piece[], tiers: readonly CadenceTier[]): Rows => {
  const markets: MarketRow[] = []
  const rebased: MarketRow[] = []
  const wholes: WholeRow[] = []
  const listings: ListingRow[] = []
  const competitions = new Map<string, CompetitionRow>()
  const events: EventRow[] = []
  const bookmakers: BookmakerRow[] = []
  const confirmed: ConfirmedRecord[] = []
  const gaps: GapRow[] = []

  for (const piece of pieces) {
    const { epoch, partOfBase, position, record, seq } = piece
    switch (record.kind) {
      case "EVENT": {
        const facts = record.after ?? record.before
        if (facts === undefined) break
        const { id, name, countryCode, countryName } = facts.competition
        competitions.set(id, { id, name, country_code: countryCode, country_name: countryName, epoch, seq })
        events.push(eventRow(facts, record, piece))
        break
      }
      case "BOOKMAKER":
        bookmakers.push({
          epoch,
          seq,
          position,
          at: record.at,
          id: record.bookmakerId,
          ...standingColumns(record)
        })
        break
      case "LISTING":
        listings.push(listingRow(record, record.listing, piece))
        break
      case "MARKETS": {
        const rows = partOfBase === undefined ? markets : rebased
        pushMarkets(rows, record, record.publishedAt, record.runId, piece, position)
        break
      }
      case "BASE":
        if (partOfBase === undefined) {
          listings.push(listingRow(record, record.listing, piece))
          pushMarkets(rebased, record, undefined, undefined, piece, position + 1)
        }
        wholes.push(wholeRow(record, piece, partOfBase === undefined ? position + 1 + record.markets.length : position))
        break
      case "CONFIRMED":
        confirmed.push(record)
        break
      case "GAP":
        gaps.push({ epoch, from_seq: record.from, to_seq: record.to, at: record.at, reason: record.reason.text })
        break
    }
  }
  return {
    markets,
    rebased,
    wholes,
    listings,
    competitions: [...competitions.values()],
    events,
    bookmakers,
    checks: checkSpans(confirmed, tiers),
    gaps
  }
}

/** Rows as a table keeps them: the last of each listing. */
export const newestListings = (rows: readonly ListingRow[]): readonly ListingRow[] => [
  ...new Map(rows.map((row) => [`${row.event_id}/${row.bookmaker_id}/${row.phase}`, row])).values()
]

/** The last of each event, or of each bookmaker. */
export const newestById = <R extends EventRow | BookmakerRow>(rows: readonly R[]): readonly R[] => [
  ...new Map(rows.map((row) => [row.id, row])).values()
]

type OfListing = Pick<MarketsRecord | BaseRecord | ListingRecord, "at" | "event" | "bookmakerId" | "phase">

const pushMarkets = (
  rows: MarketRow[],
  record: OfListing & { readonly markets: readonly MarketState[] },
  publishedAt: number | undefined,
  runId: string | undefined,
  { epoch, seq }: Position,
  first: number
): void => {
  const { at, bookmakerId, event, phase } = record
  let position = first
  // A loop that names every field: this is the row of which a busy second has ten thousand.
  for (const state of record.markets) {
    const { reason } = state
    rows.push({
      epoch,
      seq,
      position: position++,
      at,
      event_id: event.id,
      bookmaker_id: bookmakerId,
      phase,
      line: state.market.line ?? null,
      layout: state.layout,
      milli: state.milli,
      previous: state.previous,
      states: stateLetters(state.states),
      state: state.state,
      since: state.since,
      reason_code: reason?.code ?? null,
      reason_text: reason?.text ?? null,
      reason_until: reason?.until ?? null,
      changed_at: state.changedAt,
      published_at: publishedAt ?? null,
      run_id: runId ?? null
    })
  }
}

const wholeRow = (
  { at, bookmakerId, event, markets, phase }: BaseRecord,
  piece: Piece,
  position: number
): WholeRow => ({
  epoch: piece.epoch,
  seq: piece.seq,
  position,
  at,
  event_id: event.id,
  bookmaker_id: bookmakerId,
  phase,
  markets: markets.map(({ market }) => ({ market: market.type.key, line: market.line ?? null }))
})

const eventRow = (facts: EventFacts, record: EventRecord, { epoch, position, seq }: Piece): EventRow => ({
  epoch,
  seq,
  position,
  at: record.at,
  id: facts.id,
  home: facts.home,
  away: facts.away,
  kickoff: facts.kickoff,
  competition_id: facts.competition.id,
  closed_at: record.after === undefined ? record.at : null
})

const listingRow = (record: OfListing, listing: ListingState, { epoch, position, seq }: Piece): ListingRow => ({
  epoch,
  seq,
  position,
  at: record.at,
  event_id: record.event.id,
  bookmaker_id: record.bookmakerId,
  phase: record.phase,
  bookmaker_event_id: listing.bookmakerEventId,
  competition_id: record.event.competition.id,
  bookmaker_competition_id: listing.bookmakerCompetitionId ?? null,
  mapped_count: listing.mappedCount,
  unmapped: listing.unmapped,
  ...standingColumns(listing)
})

const standingColumns = ({ state, since, reason }: Standing): StandingColumns => ({
  state,
  since,
  reason_code: reason?.code ?? null,
  reason_text: reason?.text ?? null,
  reason_until: reason?.until ?? null
})
