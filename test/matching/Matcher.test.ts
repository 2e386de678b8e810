import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { emptyBoard } from "../../src/domain/Board.ts"
import { BookmakerId, Bookmakers } from "../../src/domain/Bookmaker.ts"
import { CompetitionId } from "../../src/domain/Competition.ts"
import { EventId } from "../../src/domain/Event.ts"
import type { EventFacts, ListedEvent } from "../../src/domain/Event.ts"
import type { Snapshot } from "../../src/domain/Snapshot.ts"
import { Matcher } from "../../src/matching/Matcher.ts"
import { OddsBooks } from "../../src/odds/OddsBooks.ts"
import { PublishedBoard } from "../../src/odds/PublishedBoard.ts"
import type { PublishedEvent } from "../../src/odds/PublishedBoard.ts"

const [alpha, beta] = [BookmakerId("alpha"), BookmakerId("beta")]
const START = Date.UTC(2026, 10, 20, 12)
const HOUR = 3_600_000

const listing = (change: Partial<ListedEvent> = {}): ListedEvent => ({
  bookmakerEventId: "n1",
  eventId: EventId("1"),
  home: "Home",
  away: "Away",
  kickoff: START + HOUR,
  competition: { nativeId: "c", name: "Premier League", country: "England" },
  ...change
})

const snapshot = (listed: ListedEvent): Snapshot => ({
  eventId: EventId("1"),
  bookmakerId: alpha,
  phase: "PREMATCH",
  listed,
  requestedAt: START,
  observedAt: START,
  publishedAt: undefined,
  scope: "FULL",
  board: emptyBoard(),
  rejected: new Set(),
  unkeyedReject: false,
  unmapped: [],
  finerPrices: 0,
  runId: undefined
})

/** What the books were told, in order. */
type Told = readonly ["place", EventFacts] | readonly ["observe", Snapshot] | readonly ["gone", EventId]

const withBooks = <A, E>(
  test: (told: Told[]) => Effect.Effect<A, E, Matcher>,
  published: readonly PublishedEvent[] = []
) => {
  const told: Told[] = []
  const books = Layer.succeed(OddsBooks, {
    place: (facts) => Effect.sync(() => told.push(["place", facts])),
    observe: (each) => Effect.sync(() => told.push(["observe", each])),
    gone: (_, id) => Effect.sync(() => told.push(["gone", id])),
    missed: () => Effect.void,
    bookmaker: () => Effect.void,
    settled: Effect.succeed(0)
  })
  const board = Layer.succeed(PublishedBoard, {
    mark: () => ({ epoch: 1, seq: 0 }),
    durable: () => true,
    kept: () => true,
    event: () => undefined,
    events: () => published,
    bookmaker: () => ({ standing: { state: "CONFIRMED", since: 0 }, lastSuccessAt: undefined }),
    size: () => ({ events: 0, listings: 0, markets: 0, prices: 0 })
  })
  const roster = Layer.succeed(Bookmakers, {
    all: [alpha, beta].map((id) => ({ id, name: id, country: "NG", ours: false, mapped: new Set<string>() }))
  })
  return Effect.andThen(
    TestClock.setTime(START),
    test(told).pipe(Effect.provide(Matcher.layer.pipe(Layer.provide(Layer.mergeAll(books, board, roster)))))
  )
}

const kindsOf = (told: readonly Told[]) => told.map(([kind]) => kind)

describe("the matcher", () => {
  it.effect("tells the books of an event once, and of its snapshots afterwards", () =>
    withBooks(
      Effect.fnUntraced(function* (told) {
        const matcher = yield* Matcher
        yield* matcher.place(alpha, [listing()], START)
        yield* matcher.place(beta, [listing({ home: "HOME FC" })], START)
        yield* matcher.observe(snapshot(listing()))
        assert.deepStrictEqual(kindsOf(told), ["place", "observe"])
      })
    )
  )

  it.effect("tells the books when a kickoff moves (M144)", () =>
    withBooks(
      Effect.fnUntraced(function* (told) {
        const matcher = yield* Matcher
        yield* matcher.place(alpha, [listing()], START)
        yield* matcher.observe(snapshot(listing({ kickoff: START + 25 * HOUR })))
        assert.deepStrictEqual(kindsOf(told), ["place", "place", "observe"])
      })
    )
  )

  it.effect("places an event of a snapshot that no list has named", () =>
    withBooks(
      Effect.fnUntraced(function* (told) {
        yield* (yield* Matcher).observe(snapshot(listing({ eventId: undefined })))
        assert.deepStrictEqual(kindsOf(told), ["place", "observe"])
      })
    )
  )

  it.effect("keeps twins of one name apart by their ids (M152, M154, M155)", () =>
    withBooks(
      Effect.fnUntraced(function* (told) {
        const placed = yield* (yield* Matcher).place(
          alpha,
          [listing(), listing({ bookmakerEventId: "n2", eventId: EventId("2") })],
          START
        )
        assert.deepStrictEqual(
          placed.map(({ facts }) => facts.id),
          ["1", "2"]
        )
        assert.deepStrictEqual(kindsOf(told), ["place", "place"])
      })
    )
  )

  it.effect("parks what has no identity, each listing once and the newest first", () =>
    withBooks(
      Effect.fnUntraced(function* (told) {
        const matcher = yield* Matcher
        const outright = listing({ bookmakerEventId: "o", away: "" })
        const nameless = listing({ bookmakerEventId: "x", eventId: undefined })
        yield* matcher.place(alpha, [nameless, outright, nameless], START)
        assert.deepStrictEqual(
          (yield* matcher.parked).map(({ listed }) => listed.bookmakerEventId),
          ["x", "o"]
        )
        yield* matcher.place(alpha, [listing({ bookmakerEventId: "x" })], START)
        assert.deepStrictEqual(
          (yield* matcher.parked).map(({ listed }) => listed.bookmakerEventId),
          ["o"]
        )
        assert.deepStrictEqual(kindsOf(told), ["place"])
      })
    )
  )

  it.effect("keeps no more than a thousand parked listings", () =>
    withBooks(
      Effect.fnUntraced(function* () {
        const matcher = yield* Matcher
        const many = Array.from({ length: 1_200 }, (_, i) => listing({ bookmakerEventId: `n${i}`, eventId: undefined }))
        yield* matcher.place(alpha, many, START)
        const parked = yield* matcher.parked
        assert.strictEqual(parked.length, 1_000)
        assert.strictEqual(parked[0]?.listed.bookmakerEventId, "n1199")
      })
    )
  )

  it.effect("no longer lists a bookmaker that says an event is gone", () =>
    withBooks(
      Effect.fnUntraced(function* (told) {
        const matcher = yield* Matcher
        yield* matcher.place(alpha, [listing()], START)
        yield* matcher.place(beta, [listing({ bookmakerEventId: "b" })], START)
        yield* matcher.gone(alpha, EventId("1"))
        const [event] = yield* matcher.known
        assert.deepStrictEqual([...(event?.listedAt ?? [])], [[beta, "b"]])
        assert.deepStrictEqual(kindsOf(told), ["place", "gone"])
      })
    )
  )

  it.effect("forgets an event two hours after kickoff, when the books do", () =>
    withBooks(
      Effect.fnUntraced(function* () {
        const matcher = yield* Matcher
        yield* matcher.place(alpha, [listing()], START)
        yield* TestClock.setTime(START + 3 * HOUR - 1)
        assert.strictEqual((yield* matcher.known).length, 1)
        yield* TestClock.setTime(START + 3 * HOUR)
        assert.strictEqual((yield* matcher.known).length, 0)
      })
    )
  )

  it.effect("knows after a restart what the books know, and tells them nothing that is no news", () => {
    const facts: EventFacts = {
      id: EventId("1"),
      home: "Home",
      away: "Away",
      kickoff: START + HOUR,
      competition: {
        id: CompetitionId("england-premier-league"),
        name: "Premier League",
        countryCode: "GB-ENG",
        countryName: "England"
      }
    }
    return withBooks(
      Effect.fnUntraced(function* (told) {
        const matcher = yield* Matcher
        assert.strictEqual((yield* matcher.known).length, 1)
        yield* matcher.place(beta, [listing({ bookmakerEventId: "b", home: "HOME" })], START)
        assert.deepStrictEqual(told, [])
      }),
      [{ facts, books: new Map() }]
    )
  })
})
