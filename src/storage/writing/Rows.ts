/** The rows that a batch of the journal becomes, one type per table, in the tables' own column names. */
import type { MarketState } from "../../domain/Record.ts"

/** The times of all row types are milliseconds; null is SQL's. */
interface Placed {
  readonly epoch: number
  readonly seq: number
}

export interface StandingColumns {
  readonly state: string
  readonly since: number
  readonly reason_code: string | null
  readonly reason_text: string | null
  readonly reason_until: number | null
}

export interface MarketRow extends Placed, StandingColumns {
  readonly position: number
  readonly at: number
  readonly event_id: string
  readonly bookmaker_id: string
  readonly phase: string
  readonly line: number | null
  readonly milli: readonly number[]
  readonly previous: readonly number[]
  readonly states: string
  readonly changed_at: number
  readonly published_at: number | null
  readonly run_id: string | null
  /** The layout's id is not known here. */
  readonly layout: MarketState["layout"]
}

export interface CompetitionRow extends Placed {
  readonly id: string
  readonly name: string
  readonly country_code: string
  readonly country_name: string
}

export interface EventRow extends Placed {
  readonly position: number
  readonly at: number
  readonly id: string
  readonly home: string
  readonly away: string
  readonly kickoff: number
  readonly competition_id: string
  readonly closed_at: number | null
}

export interface BookmakerRow extends Placed, StandingColumns {
  readonly position: number
  readonly at: number
  readonly id: string
}

export interface ListingRow extends Placed, StandingColumns {
  readonly position: number
  readonly at: number
  readonly event_id: string
  readonly bookmaker_id: string
  readonly phase: string
  readonly bookmaker_event_id: string
  readonly competition_id: string
  readonly bookmaker_competition_id: string | null
  readonly mapped_count: number
  readonly unmapped: readonly { readonly nativeId: string; readonly name: string; readonly outcomeCount: number }[]
}

/** A run of checks of one listing, none further from the last than `reach` allows. */
export interface CheckRow {
  readonly event_id: string
  readonly bookmaker_id: string
  readonly phase: string
  /** The market types that were looked at, sorted; none = the whole listing. */
  readonly markets: readonly string[]
  /** When it was looked at, ascending. */
  readonly times: readonly number[]
  /** How long before the first of them an earlier span may have ended and still be the same one. */
  readonly reach: number
}

/** A listing told whole: what the tables have of it besides these markets is dropped. */
export interface WholeRow extends Placed {
  readonly position: number
  readonly at: number
  readonly event_id: string
  readonly bookmaker_id: string
  readonly phase: string
  readonly markets: readonly { readonly market: string; readonly line: number | null }[]
}

/** Numbers that are in no history. */
export interface GapRow {
  readonly epoch: number
  readonly from_seq: number
  readonly to_seq: number
  readonly at: number
  readonly reason: string
}

export interface Rows {
  readonly markets: readonly MarketRow[]
  /** Told again after a gap: the newest values, and a change only where prices or states differ from those known. */
  readonly rebased: readonly MarketRow[]
  readonly wholes: readonly WholeRow[]
  readonly competitions: readonly CompetitionRow[]
  /** Every one, for history; of these, the listings and the bookmakers the newest per key is for the newest values. */
  readonly events: readonly EventRow[]
  readonly listings: readonly ListingRow[]
  readonly bookmakers: readonly BookmakerRow[]
  readonly checks: readonly CheckRow[]
  readonly gaps: readonly GapRow[]
}
