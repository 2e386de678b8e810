/**
 * The real `OddsBooks` over the real journal in a folder, fed with a full board made of recorded or simulated payloads.
 *
 * Every listing gets markets of its own choice of one payload, so that no two listings share a shape by accident.
 */
import { NodeServices } from "@effect/platform-node"
import { Effect, Layer, SubscriptionRef } from "effect"
import { Fatal } from "../../src/actor/Fatal.ts"
import { Supervisor } from "../../src/actor/Supervisor.ts"
import { Hub } from "../../src/broadcast/Hub.ts"
import { BookmakerId } from "../../src/domain/Bookmaker.ts"
import { EventId } from "../../src/domain/Event.ts"
import { DEFAULT_SETTINGS, LiveSettings } from "../../src/domain/Settings.ts"
import type { Snapshot } from "../../src/domain/Snapshot.ts"
import { Place } from "../../src/journal/Place.ts"
import * as SqliteJournal from "../../src/journal/SqliteJournal.ts"
import { OddsBooks } from "../../src/odds/OddsBooks.ts"
import { factsOf, rebuilt } from "./boards.ts"

export const EVENTS = 1_300
/** What is kept of each listing's payload, so that the board holds about 1.2 million prices. */
const PRICES_PER_LISTING = 308

/** Everything below the API that keeps odds. */
export const booksIn = (dataDir: string) =>
  OddsBooks.layer.pipe(
    Layer.provideMerge(Hub.layer),
    Layer.provideMerge(SqliteJournal.layer),
    Layer.provideMerge(
      Layer.mergeAll(
        Layer.succeed(Place, { dataDir, world: "bench" }),
        Supervisor.layer,
        Fatal.layer,
        NodeServices.layer,
        Layer.effect(
          LiveSettings,
          Effect.map(SubscriptionRef.make(DEFAULT_SETTINGS), (current) => ({
            current,
            update: () => Effect.succeed([])
          }))
        )
      )
    )
  )

/** Observes every listing once; the first cycle places the events. Ends when all of it is in the journal. */
export const observeCycle = Effect.fnUntraced(function* (bases: readonly Snapshot[], cycle: number) {
  const books = yield* OddsBooks
  for (let event = 0; event < EVENTS; event++) {
    const [first] = bases
    if (first === undefined) return
    const eventId = EventId(String(70_000_000 + event))
    if (cycle === 0) yield* books.place(factsOf({ ...first, eventId }))
    for (const base of bases) yield* books.observe(listingOf(base, eventId, event, cycle))
    // The mailbox holds a board; this keeps the moments between cycles apart.
    if (event % 50 === 49) yield* books.settled
  }
  yield* books.settled
})

const listingOf = (base: Snapshot, eventId: EventId, event: number, cycle: number): Snapshot => {
  const share = PRICES_PER_LISTING / base.board.milli.length
  const at = 1_000_000 + cycle * 300_000 + event
  return {
    ...base,
    eventId,
    bookmakerId: BookmakerId(base.bookmakerId),
    listed: { ...base.listed, eventId, bookmakerEventId: `${event}` },
    requestedAt: at - 300,
    observedAt: at,
    board: rebuilt(
      base.board,
      (slot) => chance(event, slot) < share,
      // Every cycle moves another twentieth of the markets.
      (slot) => event + [...Array(cycle).keys()].filter((past) => (slot + past * 7) % 20 === event % 20).length * 10
    )
  }
}

/** The same for the same listing in every cycle. */
const chance = (event: number, slot: number): number =>
  ((event * 7_919 + slot * 104_729 + event * slot * 31) % 9_973) / 9_973
