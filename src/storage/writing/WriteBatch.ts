/**
 * Records → rows, pure: what a batch of the journal becomes in each table.
 *
 * A record is first cut into pieces of one row each, so that one bad row can be parked without its neighbours;
 * a piece is itself a record. Of tables that keep the newest value only, the newest per key is left.
 */
import { overdueAt } from "../../domain/Freshness.ts"
import type { CadenceTier, Standing } from "../../domain/Freshness.ts"
import type { EventFacts } from "../../domain/Event.ts"
import type {
  BaseRecord,
  ConfirmedRecord,
  ListingRecord,
  MarketState,
  MarketsRecord,
  NumberedRecord,
  Position,
  Record
} from "../../domain/Record.ts"
import { stateLetters } from "../../journal/RecordCodec.ts"
import type {
  BookmakerRow,
  CheckRow,
  CompetitionRow,
  EventRow,
  ListingRow,
  MarketRow,
  ResetRow,
  Rows,
  StandingColumns
} from "./Rows.ts"

export interface Piece extends Position {
  /** Place within the record. */
  readonly position: number
  readonly record: Record
}

/** One piece per row, in order. A gap has no row of its own: the BASE records behind it restore what it hid. */
export const piecesOf = ({ epoch, seq, record }: NumberedRecord): readonly Piece[] =>
  partsOf(record).map((part, position) => ({ epoch, seq, position, record: part }))

const partsOf = (record: Record): readonly Record[] => {
  switch (record.kind) {
    case "MARKETS":
      return record.markets.map((market): MarketsRecord => ({ ...record, markets: [market] }))
    case "CONFIRMED":
      return record.listings.map((listing): ConfirmedRecord => ({ ...record, listings: [listing] }))
    case "BASE":
      return [{ ...record, markets: [] }, ...record.markets.map((market) => marketOfBase(record, market))]
    case "GAP":
      return []
    default:
      return [record]
  }
}

const marketOfBase = ({ at, event, bookmakerId, phase }: BaseRecord, market: MarketState): MarketsRecord => ({
  kind: "MARKETS",
  at,
  event,
  bookmakerId,
  phase,
  publishedAt: undefined,
  runId: undefined,
  markets: [market]
})

/** Pieces must come in order. */
export const rowsOf = (pieces: readonly Piece[], tiers: readonly CadenceTier[]): Rows => {
  const markets: MarketRow[] = []
  const listings: ListingRow[] = []
  const resets: ResetRow[] = []
  const competitions = new Map<string, CompetitionRow>()
  const events = new Map<string, EventRow>()
  const bookmakers = new Map<string, BookmakerRow>()
  const checks: Check[] = []

  for (const piece of pieces) {
    const { epoch, seq, record } = piece
    switch (record.kind) {
      case "EVENT": {
        const facts = record.after ?? record.before
        if (facts === undefined) break
        const { id, name, countryCode, countryName } = facts.competition
        competitions.set(id, { id, name, country_code: countryCode, country_name: countryName, epoch, seq })
        events.set(facts.id, eventRow(facts, record.after === undefined ? record.at : null, piece))
        break
      }
      case "BOOKMAKER":
        bookmakers.set(record.bookmakerId, { id: record.bookmakerId, ...standingColumns(record), epoch, seq })
        break
      case "LISTING":
        listings.push(listingRow(record, piece))
        break
      case "BASE":
        listings.push(listingRow(record, piece))
        resets.push({ event_id: record.event.id, bookmaker_id: record.bookmakerId, phase: record.phase, epoch, seq })
        break
      case "MARKETS":
        for (const market of record.markets) markets.push(marketRow(record, market, piece))
        checks.push({ ...record, observedAt: record.at })
        break
      case "CONFIRMED":
        for (const listing of record.listings) checks.push({ ...listing, bookmakerId: record.bookmakerId })
        break
      case "GAP":
        break
    }
  }
  return {
    markets,
    listings,
    resets,
    competitions: [...competitions.values()],
    events: [...events.values()],
    bookmakers: [...bookmakers.values()],
    checks: spans(checks, tiers)
  }
}

/** Rows as a table keeps them: the last of each listing. */
export const newestListings = (rows: readonly ListingRow[]): readonly ListingRow[] => [
  ...new Map(rows.map((row) => [`${row.event_id}/${row.bookmaker_id}/${row.phase}`, row])).values()
]

const marketRow = (record: MarketsRecord, state: MarketState, { epoch, seq, position }: Piece): MarketRow => ({
  epoch,
  seq,
  position,
  at: record.at,
  event_id: record.event.id,
  bookmaker_id: record.bookmakerId,
  phase: record.phase,
  line: state.market.line ?? null,
  layout: state.layout,
  milli: state.milli,
  previous: state.previous,
  states: stateLetters(state.states),
  ...standingColumns(state),
  changed_at: state.changedAt,
  published_at: record.publishedAt ?? null,
  run_id: record.runId ?? null
})

const eventRow = (facts: EventFacts, closedAt: number | null, { epoch, seq }: Position): EventRow => ({
  id: facts.id,
  home: facts.home,
  away: facts.away,
  kickoff: facts.kickoff,
  competition_id: facts.competition.id,
  closed_at: closedAt,
  epoch,
  seq
})

const listingRow = (record: ListingRecord | BaseRecord, { epoch, seq, position }: Piece): ListingRow => ({
  epoch,
  seq,
  position,
  at: record.at,
  event_id: record.event.id,
  bookmaker_id: record.bookmakerId,
  phase: record.phase,
  bookmaker_event_id: record.listing.bookmakerEventId,
  mapped_count: record.listing.mappedCount,
  unmapped: record.listing.unmapped,
  ...standingColumns(record.listing)
})

const standingColumns = ({ state, since, reason }: Standing): StandingColumns => ({
  state,
  since,
  reason_code: reason?.code ?? null,
  reason_text: reason?.text ?? null,
  reason_until: reason?.until ?? null
})

interface Check {
  readonly event: EventFacts
  readonly bookmakerId: string
  readonly phase: string
  readonly observedAt: number
}

/** A record of many markets is one check: pieces of the same instant count once. */
const spans = (checks: readonly Check[], tiers: readonly CadenceTier[]): readonly CheckRow[] => {
  const open = new Map<string, CheckRow>()
  const done: CheckRow[] = []
  for (const { event, bookmakerId, phase, observedAt } of checks) {
    const key = `${event.id}/${bookmakerId}/${phase}`
    const span = open.get(key)
    if (span !== undefined && observedAt <= span.to_at) continue
    if (span !== undefined && observedAt <= overdueAt(tiers, event.kickoff, span.to_at)) {
      open.set(key, { ...span, to_at: observedAt, checks: span.checks + 1 })
      continue
    }
    if (span !== undefined) done.push(span)
    open.set(key, {
      event_id: event.id,
      bookmaker_id: bookmakerId,
      phase,
      from_at: observedAt,
      to_at: observedAt,
      checks: 1,
      reach: overdueAt(tiers, event.kickoff, observedAt) - observedAt
    })
  }
  return [...done, ...open.values()]
}
