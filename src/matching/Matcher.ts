/**
 * Matching: gives a bookmaker's event its identity and decides whose word counts for its facts.
 *
 * Identity is the Sportradar id, never a name. What it cannot place is parked, newest first, and counted.
 */
import { Clock, Context, Effect, Layer, Metric, Semaphore } from "effect"
import { Bookmakers } from "../domain/Bookmaker.ts"
import type { BookmakerId } from "../domain/Bookmaker.ts"
import { EVICT_AFTER_KICKOFF_MS, eventName, sameFacts } from "../domain/Event.ts"
import type { EventFacts, EventId, ListedEvent } from "../domain/Event.ts"
import type { Reason, Standing } from "../domain/Freshness.ts"
import type { Snapshot } from "../domain/Snapshot.ts"
import { OddsBooks } from "../odds/OddsBooks.ts"
import { PublishedBoard } from "../odds/PublishedBoard.ts"
import type { PublishedEvent } from "../odds/PublishedBoard.ts"
import { forgotten, hourApart, identify, remembered } from "./Identity.ts"
import type { Known } from "./Identity.ts"

/** An event with every bookmaker that lists it. */
export interface Placed {
  readonly facts: EventFacts
  /** Each bookmaker's own event id. */
  readonly listedAt: ReadonlyMap<BookmakerId, string>
}

export interface Parked {
  readonly bookmakerId: BookmakerId
  readonly listed: ListedEvent
  readonly why: string
  readonly at: number
}

export class Matcher extends Context.Service<
  Matcher,
  {
    /** Takes events as one bookmaker lists them; answers those that have an identity, as now known. */
    readonly place: (
      bookmakerId: BookmakerId,
      listed: readonly ListedEvent[],
      at: number
    ) => Effect.Effect<readonly Placed[]>
    /** Hands a snapshot on to the books, its event placed first. */
    readonly observe: (snapshot: Snapshot) => Effect.Effect<void>
    readonly gone: (bookmakerId: BookmakerId, eventId: EventId) => Effect.Effect<void>
    readonly missed: (bookmakerId: BookmakerId, eventId: EventId, reason: Reason) => Effect.Effect<void>
    readonly bookmaker: (bookmakerId: BookmakerId, standing: Standing, at: number) => Effect.Effect<void>
    /** Everything known and not yet evicted, also after a restart. */
    readonly known: Effect.Effect<readonly Placed[]>
    readonly parked: Effect.Effect<readonly Parked[]>
    /** When the books last saw this listing as a whole; undefined = never. */
    readonly confirmedAt: (bookmakerId: BookmakerId, eventId: EventId) => number | undefined
    /** The bookmaker's own id of the listing's competition; undefined where it gave none. */
    readonly competitionAt: (bookmakerId: BookmakerId, eventId: EventId) => string | undefined
    /** How the bookmaker stands in the books, also after a restart. */
    readonly standing: (bookmakerId: BookmakerId) => Standing
    /** Ends when all that was handed on before is told; answers the covering seq, or undefined while it is not on disk. */
    readonly settled: Effect.Effect<number | undefined>
  }
>()("oddswire/matching/Matcher") {
  static readonly layer = Layer.effect(
    Matcher,
    Effect.suspend(() => make)
  )
}

/** Parked listings kept for the reader; older ones are counted only. */
const MAX_PARKED = 1_000

const make = Effect.gen(function* () {
  const books = yield* OddsBooks
  const board = yield* PublishedBoard
  const roster = (yield* Bookmakers).all.map(({ id }) => id)
  const known = new Map<EventId, Known>()
  /** What the board had at the start, or got from Postgres since, is known as well. */
  const learn = (event: PublishedEvent | undefined): Known | undefined => {
    if (event === undefined) return undefined
    const found = known.get(event.facts.id) ?? memoryOf(event)
    known.set(event.facts.id, found)
    return found
  }
  const recall = (id: EventId): Known | undefined => known.get(id) ?? learn(board.event(id))
  const parking = makeParking()
  const turn = yield* Semaphore.make(1)

  /** Answers the event as now known, the books told first; undefined when it had to be parked. */
  const hear = Effect.fnUntraced(function* (bookmakerId: BookmakerId, listed: ListedEvent, at: number) {
    const before = listed.eventId === undefined ? undefined : recall(listed.eventId)
    const verdict = identify(before, { bookmakerId, listed, roster, at })
    if (verdict._tag === "Parked") {
      parking.add({ bookmakerId, listed, why: verdict.why, at })
      yield* Metric.update(Metric.withAttributes(parkedTotal, { bookmaker: bookmakerId }), 1)
      return undefined
    }
    const { facts } = verdict.known.placed
    if (before === undefined || !sameFacts(before.placed.facts, facts)) yield* books.place(facts)
    // Known only once the books were told: whoever finds an event here may observe it.
    known.set(facts.id, verdict.known)
    parking.leave(bookmakerId, listed)
    if (before?.said.get(bookmakerId)?.kickoff !== listed.kickoff) yield* warnOfHour(facts, bookmakerId, listed.kickoff)
    return verdict.known.placed
  })

  return Matcher.of({
    place: Effect.fnUntraced(function* (bookmakerId, listed, at) {
      evict(known, at)
      const placed: Placed[] = []
      for (const each of listed) {
        const found = yield* hear(bookmakerId, each, at)
        if (found !== undefined) placed.push(found)
      }
      return placed
    }, turn.withPermits(1)),
    observe: Effect.fnUntraced(function* (snapshot) {
      const { bookmakerId, listed, observedAt } = snapshot
      const placed = yield* turn.withPermit(hear(bookmakerId, { ...listed, eventId: snapshot.eventId }, observedAt))
      if (placed !== undefined) yield* books.observe(snapshot)
    }),
    gone: Effect.fnUntraced(function* (bookmakerId, eventId) {
      const event = recall(eventId)
      if (event !== undefined) known.set(eventId, forgotten(event, bookmakerId))
      yield* books.gone(bookmakerId, eventId)
    }),
    missed: books.missed,
    bookmaker: books.bookmaker,
    known: Effect.map(Clock.currentTimeMillis, (now) => {
      for (const event of board.events()) learn(event)
      evict(known, now)
      return Array.from(known.values(), ({ placed }) => placed)
    }),
    parked: Effect.sync(parking.newestFirst),
    confirmedAt: (bookmakerId, eventId) => board.event(eventId)?.books.get(bookmakerId)?.confirmedAt,
    competitionAt: (bookmakerId, eventId) =>
      board.event(eventId)?.books.get(bookmakerId)?.listing.bookmakerCompetitionId,
    standing: (bookmakerId) => board.bookmaker(bookmakerId).standing,
    settled: books.settled
  })
})

const parkedTotal = Metric.counter("matching_parked_total", {
  description: "Listings that could not be given an identity, by bookmaker",
  incremental: true
})

const memoryOf = ({ facts, books }: PublishedEvent): Known =>
  remembered(
    facts,
    new Map(
      [...books.values()]
        .filter(({ listing }) => listing.state !== "WITHDRAWN")
        .map(({ bookmakerId, listing }) => [bookmakerId, listing.bookmakerEventId])
    )
  )

/** Leaves memory when the books let go of it (2 h after kickoff), so that neither knows an event alone. */
const evict = (known: Map<EventId, Known>, now: number): void => {
  for (const [id, { placed }] of known) if (placed.facts.kickoff + EVICT_AFTER_KICKOFF_MS <= now) known.delete(id)
}

const warnOfHour = (facts: EventFacts, bookmakerId: BookmakerId, kickoff: number): Effect.Effect<void> =>
  hourApart(facts.kickoff, kickoff)
    ? Effect.logWarning(
        "A bookmaker's kickoff is exactly one hour away from the one that counts: a time zone misread"
      ).pipe(
        Effect.annotateLogs({
          bookmaker: bookmakerId,
          event: facts.id,
          name: eventName(facts),
          kickoff,
          counts: facts.kickoff
        })
      )
    : Effect.void

/** One entry per listing, so that an event parked at every discovery does not push out the others. */
const makeParking = () => {
  const entries = new Map<string, Parked>()
  const keyOf = (bookmakerId: BookmakerId, listed: ListedEvent): string => `${bookmakerId}/${listed.bookmakerEventId}`
  return {
    leave: (bookmakerId: BookmakerId, listed: ListedEvent): void => {
      if (entries.size > 0) entries.delete(keyOf(bookmakerId, listed))
    },
    add: (parked: Parked): void => {
      const key = keyOf(parked.bookmakerId, parked.listed)
      entries.delete(key)
      entries.set(key, parked)
      if (entries.size > MAX_PARKED)
        for (const oldest of entries.keys()) {
          entries.delete(oldest)
          break
        }
    },
    newestFirst: (): readonly Parked[] => [...entries.values()].reverse()
  }
}
