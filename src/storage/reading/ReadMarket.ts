/** Rows of Postgres → values of the domain: what a market, a listing and an event are read back as. */
import { CompetitionId } from "../../domain/Competition.ts"
import { EventId } from "../../domain/Event.ts"
import type { EventFacts } from "../../domain/Event.ts"
import type { OddsState, ReasonCode, Standing } from "../../domain/Freshness.ts"
import type { ListingState, MarketState } from "../../domain/Record.ts"
import { readStateLetters } from "../../journal/RecordCodec.ts"
import { readSlot } from "../../journal/RetiredMarkets.ts"

export interface StandingRow {
  readonly state: OddsState
  readonly since: number
  readonly reason_code: ReasonCode | null
  readonly reason_text: string | null
  readonly reason_until: number | null
}

export interface StoredMarketRow extends StandingRow {
  readonly market: string
  /** numeric: a string. */
  readonly line: string | null
  readonly outcome_keys: readonly string[]
  readonly milli: readonly number[]
  readonly previous: readonly number[]
  readonly states: string
  readonly changed_at: number
}

export interface StoredListingRow extends StandingRow {
  readonly bookmaker_event_id: string
  readonly mapped_count: number
  readonly unmapped: ListingState["unmapped"]
}

export interface StoredEventRow {
  readonly id: string
  readonly home: string
  readonly away: string
  readonly kickoff: number
  readonly competition_id: string
  readonly name: string | null
  readonly country_code: string | null
  readonly country_name: string | null
}

export const readMarket = (row: StoredMarketRow): MarketState => ({
  ...readSlot(row.line === null ? row.market : `${row.market}@${Number(row.line)}`, row.outcome_keys),
  milli: row.milli,
  previous: row.previous,
  states: readStateLetters(row.states),
  changedAt: row.changed_at,
  ...readStanding(row)
})

export const readListing = (row: StoredListingRow): ListingState => ({
  bookmakerEventId: row.bookmaker_event_id,
  mappedCount: row.mapped_count,
  unmapped: row.unmapped,
  ...readStanding(row)
})

/** A competition whose row was parked is shown by its id. */
export const readEvent = (row: StoredEventRow): EventFacts => ({
  id: EventId(row.id),
  home: row.home,
  away: row.away,
  kickoff: row.kickoff,
  competition: {
    id: CompetitionId(row.competition_id),
    name: row.name ?? row.competition_id,
    countryCode: row.country_code ?? "ZZ",
    countryName: row.country_name ?? ""
  }
})

export const readStanding = ({ state, since, reason_code, reason_text, reason_until }: StandingRow): Standing => {
  if (reason_code === null) return { state, since }
  const reason = { code: reason_code, text: reason_text ?? "" }
  return { state, since, reason: reason_until === null ? reason : { ...reason, until: reason_until } }
}
