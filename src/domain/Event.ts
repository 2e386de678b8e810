/**
 * An event is a match. Its identity is the Sportradar id, the one key all bookmakers share.
 *
 * Times are milliseconds since the Unix epoch, UTC, here and in all of `domain`.
 */
import { Brand } from "effect"
import type { Competition } from "./Competition.ts"

/** The decimal Sportradar match id without its prefix: `68995116`. */
export type EventId = Brand.Branded<string, "EventId">
export const EventId = Brand.nominal<EventId>()

/** What a filter may ask about an event. */
export interface EventFacts {
  readonly id: EventId
  readonly home: string
  readonly away: string
  readonly kickoff: number
  readonly competition: Competition
}

/** Listings are kept per phase; only PREMATCH is built. */
export type Phase = "PREMATCH" | "INPLAY"

/** What one bookmaker says of an event, in its own words: the input to matching. */
export interface ListedEvent {
  readonly bookmakerEventId: string
  /** Absent where the bookmaker's list does not name a Sportradar id. */
  readonly eventId: EventId | undefined
  readonly home: string
  readonly away: string
  readonly kickoff: number
  readonly competition: { readonly nativeId: string; readonly name: string; readonly country: string }
}

/** How long after kickoff an event stays in memory. */
export const EVICT_AFTER_KICKOFF_MS = 2 * 60 * 60 * 1000

export const eventName = (event: { readonly home: string; readonly away: string }): string =>
  `${event.home} - ${event.away}`

export const sameFacts = (a: EventFacts, b: EventFacts): boolean =>
  a.home === b.home &&
  a.away === b.away &&
  a.kickoff === b.kickoff &&
  a.competition.id === b.competition.id &&
  a.competition.name === b.competition.name &&
  a.competition.countryCode === b.competition.countryCode
