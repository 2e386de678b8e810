/**
 * What readers see: the newest published value of every event, listing and bookmaker, read without queuing.
 *
 * Everything returned is immutable and consistent within one turn of the event loop: `mark` is the position
 * that all of it reflects. Nothing here ever runs ahead of the journal.
 */
import { Context } from "effect"
import type { BookmakerId } from "../domain/Bookmaker.ts"
import type { EventFacts, EventId } from "../domain/Event.ts"
import type { Standing } from "../domain/Freshness.ts"
import type { Position } from "../domain/Record.ts"
import type { OddsBook } from "./OddsBook.ts"

export interface PublishedEvent {
  readonly facts: EventFacts
  /** By bookmaker; absent = that bookmaker never listed it. */
  readonly books: ReadonlyMap<BookmakerId, OddsBook>
}

export interface PublishedBookmaker {
  readonly standing: Standing
  readonly lastSuccessAt: number | undefined
}

export class PublishedBoard extends Context.Service<PublishedBoard, {
  /** The published mark. */
  readonly mark: () => Position
  readonly event: (id: EventId) => PublishedEvent | undefined
  /** Ascending kickoff, then id. The array is replaced, never changed, when events come, go or move. */
  readonly events: () => readonly PublishedEvent[]
  readonly bookmaker: (id: BookmakerId) => PublishedBookmaker
  /** Prices held, for `system` and metrics. */
  readonly size: () => { readonly events: number; readonly listings: number; readonly markets: number; readonly prices: number }
}>()("oddswire/odds/PublishedBoard") {}
