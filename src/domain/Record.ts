/**
 * A record: one numbered change in the journal. Everything that is stored, streamed or replayed is one.
 *
 * Each carries a whole market, listing or event, never a patch, so the newest record per key by
 * (epoch, seq) is the state; and the event's filterable facts, so a filter is a pure function of a record.
 */
import type { BookmakerId } from "./Bookmaker.ts"
import type { EventFacts, EventId, Phase } from "./Event.ts"
import type { Reason, Standing } from "./Freshness.ts"
import type { Layout } from "./Layout.ts"
import type { Market } from "./Market.ts"
import type { Scope, UnmappedMarket } from "./Snapshot.ts"

/** Per outcome, as stored. */
export type OutcomeState = "OPEN" | "SUSPENDED" | "UNREADABLE" | "WITHDRAWN"

/** The state of a market on its own, before its listing and bookmaker are taken into account. */
export interface MarketState extends Standing {
  readonly market: Market
  readonly layout: Layout
  /** Last open price per outcome of the layout, thousandths; 0 = never priced. */
  readonly milli: readonly number[]
  /** The open price before that one; 0 = none. */
  readonly previous: readonly number[]
  readonly states: readonly OutcomeState[]
  /** When price or state last changed. */
  readonly changedAt: number
}

/** The state of a listing on its own, before its bookmaker is taken into account. */
export interface ListingState extends Standing {
  readonly bookmakerEventId: string
  /** The bookmaker's own id of the competition, as first told; absent where it gives none. */
  readonly bookmakerCompetitionId?: string
  readonly mappedCount: number
  readonly unmapped: readonly UnmappedMarket[]
}

interface About {
  /** Our clock, when the change became known. */
  readonly at: number
}

/** Facts of an event came, changed (`before` and `after`) or left memory (`after` undefined). */
export interface EventRecord extends About {
  readonly kind: "EVENT"
  readonly eventId: EventId
  readonly before: EventFacts | undefined
  readonly after: EventFacts | undefined
}

/** A bookmaker as a whole changed state: one record makes all of its odds stale at once. */
export interface BookmakerRecord extends About, Standing {
  readonly kind: "BOOKMAKER"
  readonly bookmakerId: BookmakerId
}

export interface ListingRecord extends About {
  readonly kind: "LISTING"
  readonly event: EventFacts
  readonly bookmakerId: BookmakerId
  readonly phase: Phase
  readonly listing: ListingState
}

export interface MarketsRecord extends About {
  readonly kind: "MARKETS"
  readonly event: EventFacts
  readonly bookmakerId: BookmakerId
  readonly phase: Phase
  readonly publishedAt: number | undefined
  readonly runId: string | undefined
  /** Whole markets after the change, in catalogue order. */
  readonly markets: readonly MarketState[]
}

/** Listings seen again, coalesced: at most one record per bookmaker and second. */
export interface ConfirmedRecord extends About {
  readonly kind: "CONFIRMED"
  readonly bookmakerId: BookmakerId
  readonly listings: readonly Confirmation[]
}

export interface Confirmation {
  readonly event: EventFacts
  readonly phase: Phase
  readonly scope: Scope
  readonly observedAt: number
}

/** Changes numbered from..to were shown while the journal's disk was unusable and are not in it. */
export interface GapRecord extends About {
  readonly kind: "GAP"
  readonly from: number
  readonly to: number
  readonly reason: Reason
}

/** A whole listing after a gap: replaces all that is known of it. */
export interface BaseRecord extends About {
  readonly kind: "BASE"
  readonly event: EventFacts
  readonly bookmakerId: BookmakerId
  readonly phase: Phase
  readonly listing: ListingState
  readonly markets: readonly MarketState[]
}

export type Record =
  | EventRecord
  | BookmakerRecord
  | ListingRecord
  | MarketsRecord
  | ConfirmedRecord
  | GapRecord
  | BaseRecord

/** Position in the history: order is (epoch, seq). */
export interface Position {
  /** Birth time of the journal in ms. */
  readonly epoch: number
  readonly seq: number
}

export interface NumberedRecord extends Position {
  readonly record: Record
  /** False while the journal's disk is unusable. */
  readonly durable: boolean
}
