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
import { moveTimes } from "./ClockStep.ts"
import type { ClockStep } from "./ClockStep.ts"
import type { OddsBook } from "./OddsBook.ts"
import { fold } from "./Table.ts"
import type { Change, Table } from "./Table.ts"
import { makeUnkept } from "./Unkept.ts"

export interface PublishedEvent {
  readonly facts: EventFacts
  /** By bookmaker; absent = that bookmaker never listed it. */
  readonly books: ReadonlyMap<BookmakerId, OddsBook>
}

export interface PublishedBookmaker {
  readonly standing: Standing
  readonly lastSuccessAt: number | undefined
}

export class PublishedBoard extends Context.Service<
  PublishedBoard,
  {
    /** The published mark; another object whenever anything that is shown here may be another. */
    readonly mark: () => Position
    /** False while the journal's disk is unusable: what is published could be lost in a crash. */
    readonly durable: () => boolean
    /** Whether all that is shown is on disk: a gap is closed before what was told in it is told again. */
    readonly kept: () => boolean
    readonly event: (id: EventId) => PublishedEvent | undefined
    /** Ascending kickoff, then id. Never changed once handed out; made anew after a change. */
    readonly events: () => readonly PublishedEvent[]
    readonly bookmaker: (id: BookmakerId) => PublishedBookmaker
    /** What is held, for `system` and metrics. */
    readonly size: () => BoardSize
  }
>()("oddswire/odds/PublishedBoard") {}

export interface BoardSize {
  readonly events: number
  readonly listings: number
  readonly markets: number
  readonly prices: number
}

/** The board and the one way to move it, which its owner keeps to itself. */
export const makePublishedBoard = (
  table: Table,
  start: Position
): {
  readonly board: PublishedBoard["Service"]
  /** `durable` says whether what led to the mark is on disk. */
  readonly advance: (changes: readonly Change[], mark: Position, durable: boolean) => void
  readonly moveTimes: (step: ClockStep) => void
} => {
  let mark = start
  let neverFailedSince = start.epoch
  let isDurable = true
  const unkept = makeUnkept()
  let ordered: readonly PublishedEvent[] | undefined
  const successes = new Map<BookmakerId, number>()
  for (const { books } of table.events.values()) {
    for (const { bookmakerId, confirmedAt } of books.values()) note(successes, bookmakerId, confirmedAt)
  }
  return {
    board: {
      mark: () => mark,
      durable: () => isDurable,
      kept: () => isDurable && unkept.isEmpty(),
      event: (id) => table.events.get(id),
      events: () => (ordered ??= [...table.events.values()].sort(byKickoff)),
      bookmaker: (id) => ({
        standing: table.bookmakers.get(id) ?? { state: "CONFIRMED", since: neverFailedSince },
        lastSuccessAt: successes.get(id)
      }),
      size: () => sizeOf(table)
    },
    advance: (changes, to, durable) => {
      for (const change of changes) {
        fold(table, change)
        if (change._tag === "Book") note(successes, change.book.bookmakerId, change.book.confirmedAt)
        if (change._tag === "Confirmed") {
          for (const { observedAt } of change.sightings) note(successes, change.record.bookmakerId, observedAt)
        }
      }
      ordered = undefined
      mark = { ...to }
      isDurable = durable
      unkept.told(changes, durable)
    },
    moveTimes: (step) => {
      moveTimes(table, step)
      mark = { ...mark }
      neverFailedSince += step.by
      for (const [id, at] of successes) successes.set(id, at + step.by)
      ordered = undefined
    }
  }
}

const note = (successes: Map<BookmakerId, number>, id: BookmakerId, at: number | undefined): void => {
  if (at !== undefined && at > (successes.get(id) ?? 0)) successes.set(id, at)
}

const byKickoff = (a: PublishedEvent, b: PublishedEvent): number =>
  a.facts.kickoff - b.facts.kickoff || (a.facts.id < b.facts.id ? -1 : 1)

const sizeOf = (table: Table): BoardSize => {
  let listings = 0
  let markets = 0
  let prices = 0
  for (const { books } of table.events.values()) {
    for (const { shape, outcomes } of books.values()) {
      listings++
      markets += shape.slots.length
      prices += outcomes.length
    }
  }
  return { events: table.events.size, listings, markets, prices }
}
