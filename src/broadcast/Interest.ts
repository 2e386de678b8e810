/**
 * What a group of subscribers wants to hear: a pure function of a record, with the sets an index can file it under.
 *
 * `undefined` = any, an empty set = nothing.
 */
import type { BookmakerId } from "../domain/Bookmaker.ts"
import type { CompetitionId } from "../domain/Competition.ts"
import type { EventFacts, EventId } from "../domain/Event.ts"
import type { Market } from "../domain/Market.ts"

export interface Interest {
  readonly events: ReadonlySet<EventId> | undefined
  readonly competitions: ReadonlySet<CompetitionId> | undefined
  /** ISO codes, in capitals. */
  readonly countries: ReadonlySet<string> | undefined
  readonly bookmakers: ReadonlySet<BookmakerId> | undefined
  /** Everything the filter asks of an event, the sets above included. */
  readonly event: (facts: EventFacts) => boolean
  readonly market: (market: Market) => boolean
}

export const wantsBookmaker = ({ bookmakers }: Interest, id: BookmakerId): boolean =>
  bookmakers === undefined || bookmakers.has(id)
