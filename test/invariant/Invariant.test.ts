/** The check that books and history agree, against a real Postgres, and its silence where there is nothing wrong. */
import { assert, describe, it, layer } from "@effect/vitest"
import { Context, Effect, Layer, Logger, References, Stream, SubscriptionRef } from "effect"
import { TestClock } from "effect/testing"
import { Fatal } from "../../src/actor/Fatal.ts"
import { Supervisor } from "../../src/actor/Supervisor.ts"
import { Hub } from "../../src/broadcast/Hub.ts"
import { OPEN } from "../../src/domain/Board.ts"
import { StorageUnavailable } from "../../src/domain/StorageUnavailable.ts"
import { Invariant } from "../../src/invariant/Invariant.ts"
import { Journal } from "../../src/journal/Journal.ts"
import { encode } from "../../src/journal/RecordCodec.ts"
import { Health } from "../../src/observability/Health.ts"
import { Incidents } from "../../src/observability/Incidents.ts"
import { outcomeOf } from "../../src/odds/OddsBook.ts"
import { OddsBooks } from "../../src/odds/OddsBooks.ts"
import { PublishedBoard, makePublishedBoard } from "../../src/odds/PublishedBoard.ts"
import { makeTable, setBook } from "../../src/odds/Table.ts"
import type { Change, Table } from "../../src/odds/Table.ts"
import { Database } from "../../src/storage/Database.ts"
import { StoredBase } from "../../src/storage/StoredBase.ts"
import { Writer } from "../../src/storage/Writer.ts"
import { memoryJournal } from "../support/MemoryJournal.ts"
import { Server, storage } from "../support/postgres.ts"
import { listingState } from "../support/records.ts"
import { boardOf, EVENT, facts, OURS, snapshot } from "../support/snapshots.ts"

const KICKOFF = Date.UTC(2100, 0, 1)
const NAME = "68995116/betpawa-ng/over_under_ft@2.5"

const hub = Layer.succeed(Hub, {
  publish: () => {},
  connect: unused,
  disconnect: unused,
  join: unused,
  stats: unused,
  down: unused
})

class Lines extends Context.Service<Lines, string[]>()("test/Lines") {}

const lines = Layer.unwrap(
  Effect.sync(() => {
    const written: string[] = []
    const logger = Logger.make(({ fiber, message }) => {
      written.push(`${String(message)} ${JSON.stringify(fiber.getRef(References.CurrentLogAnnotations))}`)
    })
    return Layer.merge(Layer.succeed(Lines, written), Logger.layer([logger]))
  })
)

/** Nothing is to be told from Postgres any more. */
const base = Layer.succeed(StoredBase, { isExpected: false, isRead: () => true, read: () => Effect.void })

/** Books, their Postgres and the check, over a journal in memory. */
const inNewHouse = <A, E>(
  use: Effect.Effect<A, E, Invariant | OddsBooks | Database | Writer | Journal | Incidents | Health | Lines>
) =>
  Effect.gen(function* () {
    const url = yield* Server.use((server) => server.newDatabase)
    const house = Layer.fresh(Invariant.layer).pipe(
      Layer.provide(base),
      Layer.provideMerge(Layer.fresh(OddsBooks.layer)),
      Layer.provideMerge([Layer.fresh(Incidents.layer), Layer.fresh(Health.layer), Layer.fresh(Fatal.layer), hub]),
      Layer.provideMerge(storage(url)),
      Layer.provideMerge([memoryJournal(), Supervisor.layer]),
      Layer.provideMerge(Layer.fresh(lines))
    )
    return yield* Effect.provide(use, house)
  })

const observe = Effect.fnUntraced(function* (at: number, over: number) {
  const books = yield* OddsBooks
  yield* books.place(facts({ kickoff: KICKOFF }))
  yield* books.observe(
    snapshot(at, [
      `over_under_ft@2.5 over ${over}`,
      "over_under_ft@2.5 under 1950",
      "btts_ft yes 1800",
      "btts_ft no 1900"
    ])
  )
})
const settled = OddsBooks.use((books) => books.settled)

const look = Invariant.use((invariant) => invariant.look)
const told = Invariant.use((invariant) => Effect.sync(() => [...invariant.differing()]))
const query = (statement: string) => Database.use((database) => database.query((sql) => sql.unsafe(statement)))
const openIncidents = Incidents.use(({ log }) =>
  Effect.map(SubscriptionRef.get(log), (all) => all.filter(({ endedAt }) => endedAt === undefined))
)
const notice = Health.use(({ ready }) =>
  Effect.map(ready, ({ checks }) => checks.find(({ name }) => name === "invariant")?.complaint)
)

const EVICTED: Change = {
  _tag: "Event",
  eventId: EVENT,
  facts: undefined,
  record: { kind: "EVENT", at: 0, eventId: EVENT, before: facts(), after: undefined }
}

const MARKET = { name: NAME, told: /over=1850<0:OPEN/ }
const LISTING = { name: "68995116/betpawa-ng", told: /33289995 with 2 markets and 0 unmapped, CONFIRMED since/ }
const TEAMS = {
  name: "68995116",
  told: /Wuhan Three Towns - Qingdao Hainiu in china-super-league at 2100-01-01T.*, open/
}

const TAMPERINGS = [
  {
    what: "a price of the newest value",
    statement: "update market_current set milli[1] = 9999 where market like 'over%'",
    ...MARKET
  },
  {
    what: "a state of the newest value",
    statement: "update market_current set states = 'SO' where market like 'over%'",
    ...MARKET
  },
  {
    what: "the newest row of history",
    statement: "update market_history set milli[1] = 9999 where market like 'over%'",
    ...MARKET
  },
  { what: "a newest value that is gone", statement: "delete from market_current where market like 'over%'", ...MARKET },
  {
    what: "a newest value that no book has",
    statement:
      "insert into market_current (event_id, bookmaker_id, phase, market, line, layout_id, milli, previous, states, state, since, changed_at, at, epoch, seq, position) select event_id, bookmaker_id, phase, market, 9.5, layout_id, milli, previous, states, state, since, changed_at, at, epoch, seq, position from market_current where market like 'over%'",
    name: "68995116/betpawa-ng/over_under_ft@9.5",
    told: /nothing a newest value of/
  },
  { what: "how a listing stands", statement: "update event_listing set state = 'WITHDRAWN'", ...LISTING },
  { what: "since when a listing stands so", statement: "update event_listing set since = '2020-01-01'", ...LISTING },
  {
    what: "the newest row of a listing's history",
    statement: "update listing_history set mapped_count = 9",
    ...LISTING
  },
  { what: "a listing that is gone", statement: "truncate event_listing, listing_history", ...LISTING },
  { what: "a team", statement: "update event set home = 'Wrong'", ...TEAMS },
  { what: "a kickoff", statement: "update event set kickoff = '2000-01-01'", ...TEAMS },
  { what: "the newest row of an event's history", statement: "update event_history set away = 'Wrong'", ...TEAMS },
  { what: "an event that is open and stored as closed", statement: "update event set closed_at = now()", ...TEAMS },
  {
    what: "how a bookmaker stands",
    statement: "update bookmaker set state = 'STALE', since = now(), reason_code = 'BLOCKED', reason_text = ''",
    name: "betpawa-ng",
    told: /CONFIRMED STALE \(BLOCKED\)/
  }
]

const TABLES = [
  "market_current",
  "market_history",
  "event_listing",
  "listing_history",
  "event",
  "event_history",
  "bookmaker"
]

describe("the check of books against history", () => {
  layer(Server.layer, { excludeTestServices: true, timeout: "60 seconds" })((it) => {
    it.effect.each(TAMPERINGS)(
      "tells $what with both sides, until it agrees again",
      ({ name: wrong, statement, told: said }) =>
        inNewHouse(
          Effect.gen(function* () {
            yield* observe(Date.now(), 1_850)
            yield* settled
            yield* Writer.use((writer) => writer.caughtUp)
            yield* look
            assert.deepStrictEqual(yield* told, [])
            for (const table of TABLES) yield* query(`create table ${table}_was as table ${table}`)
            yield* query(statement)
            yield* look
            yield* look
            const [[name, { left, right }] = assert.fail("nothing was told"), ...others] = yield* told
            assert.deepStrictEqual([name, others], [wrong, []])
            assert.match(`${left} ${right}`, said)
            assert.notStrictEqual(left, right)
            assert.deepStrictEqual(
              (yield* openIncidents).map(({ kind, subject }) => [kind, subject]),
              [["invariant", wrong]]
            )
            assert.include(yield* notice, wrong)
            const line = (yield* Lines).find((each) => each.includes("differ")) ?? assert.fail("no line was written")
            assert.include(line, wrong)
            assert.include(line, JSON.stringify({ left, right }).slice(1, -1))

            yield* query(`truncate ${TABLES.join()}`)
            for (const table of TABLES) yield* query(`insert into ${table} table ${table}_was`)
            yield* look
            assert.deepStrictEqual(yield* told, [])
            assert.deepStrictEqual(yield* openIncidents, [])
            assert.isUndefined(yield* notice)
          })
        )
    )

    it.effect("takes a parked row for stored: it waits for its replay and is not lost", () =>
      inNewHouse(
        Effect.gen(function* () {
          yield* observe(Date.now(), 1_850)
          yield* settled
          yield* Writer.use((writer) => writer.caughtUp)
          const records = yield* Journal.use((journal) => journal.read(0, 100))
          yield* query("delete from market_current")
          yield* query("truncate event, event_history, event_listing, listing_history")
          for (const { record, seq } of records) {
            yield* Database.use((database) =>
              database.query(
                (sql) => sql`insert into dead_letter (epoch, seq, position, sqlstate, reason, payload)
                  values (1, ${seq}, 0, '22P05', 'a test', ${Buffer.from(encode(record))})`
              )
            )
          }
          yield* look
          yield* look
          assert.deepStrictEqual(yield* told, [])
        })
      )
    )

    it.effect("raises no alarm for an event that leaves memory between a sample and its reading", () =>
      inNewHouse(
        Effect.gen(function* () {
          const database = yield* Database
          yield* database.opened
          const { board, advance } = makePublishedBoard(ofOneBook(), { epoch: 1, seq: 0 })
          const toldIf = (caughtUp: Effect.Effect<void>) =>
            Effect.gen(function* () {
              yield* look
              yield* look
              return yield* told
            }).pipe(Effect.provide(Layer.fresh(over(board, database, { degraded: false, caughtUp }))))
          assert.lengthOf(yield* toldIf(Effect.void), 3)
          assert.isEmpty(yield* toldIf(Effect.sync(() => advance([EVICTED], { epoch: 1, seq: 1 }, true))))
        })
      )
    )

    it.effect("stays silent while prices change between its samples and within them", () =>
      inNewHouse(
        Effect.gen(function* () {
          const start = Date.now()
          for (let i = 0; i < 100; i++) {
            yield* Effect.all([observe(start + i, 1_850 + i), look], { concurrency: "unbounded" })
          }
          yield* settled
          yield* look
          assert.deepStrictEqual(yield* told, [])
          assert.isEmpty((yield* Lines).filter((line) => line.includes("differ")))
        })
      )
    )
  })

  it.effect("says since when it has not checked while the journal is degraded, and tells no difference", () =>
    Effect.gen(function* () {
      yield* TestClock.adjust("59 seconds")
      assert.isUndefined(yield* notice)
      yield* TestClock.adjust("2 seconds")
      assert.include(yield* notice, "not compared since 1970-01-01T00:00:00.000Z: the journal's disk is unusable")
      assert.deepStrictEqual(yield* told, [])
    }).pipe(Effect.provide(alone({ degraded: true, message: "" })))
  )

  it.effect("says since when it has not checked while Postgres is away", () =>
    Effect.gen(function* () {
      yield* TestClock.adjust("61 seconds")
      assert.include(yield* notice, "not compared since 1970-01-01T00:00:00.000Z: Postgres: no such host.")
    }).pipe(Effect.provide(alone({ degraded: false, message: "Postgres: no such host." })))
  )

  it.effect("says that Postgres lags where it does not get the journal in time", () =>
    Effect.gen(function* () {
      yield* TestClock.adjust("75 seconds")
      assert.include(yield* notice, "Postgres did not have the journal within 10 seconds")
    }).pipe(Effect.provide(alone({ degraded: false, message: undefined })))
  )
})

/** The check over one book; Postgres refuses with the message, or is never caught up. */
function alone({ degraded, message }: { readonly degraded: boolean; readonly message: string | undefined }) {
  const { board } = makePublishedBoard(ofOneBook(), { epoch: 1, seq: 0 })
  const away = Effect.fail(new StorageUnavailable({ message: message ?? "" }))
  const database: Database["Service"] = {
    query: () => away,
    transaction: () => away,
    opened: Effect.void,
    reachability: () => ({ reachable: false, since: 0, lastError: message }),
    folder: undefined,
    stood: undefined,
    generation: () => 0
  }
  return over(board, database, { degraded, caughtUp: message === undefined ? Effect.never : Effect.void })
}

function over(
  board: PublishedBoard["Service"],
  database: Database["Service"],
  { caughtUp, degraded }: { readonly caughtUp: Effect.Effect<void>; readonly degraded: boolean }
) {
  return Invariant.layer.pipe(
    Layer.provide(base),
    Layer.provideMerge([
      Layer.effect(
        Journal,
        Journal.use((journal) =>
          Effect.succeed({ ...journal, stats: Effect.map(journal.stats, (stats) => ({ ...stats, degraded })) })
        )
      ).pipe(Layer.provide(memoryJournal())),
      Layer.succeed(PublishedBoard, board),
      Layer.succeed(Database, database),
      Layer.succeed(Writer, {
        drained: () => ({ epoch: 1, seq: 0 }),
        rowsWritten: () => 0,
        held: () => undefined,
        rowsParked: Stream.empty,
        caughtUp,
        lost: Effect.never,
        restore: () => Effect.void
      }),
      Incidents.layer,
      Health.layer
    ])
  )
}

function ofOneBook(): Table {
  const table = makeTable()
  const { shape, milli, states } = boardOf("btts_ft yes 1800", "btts_ft no 1900")
  table.events.set(EVENT, { facts: facts(), books: new Map() })
  setBook(table, {
    eventId: EVENT,
    bookmakerId: OURS,
    phase: "PREMATCH",
    listing: listingState(),
    confirmedAt: undefined,
    requestedAt: undefined,
    observedAt: undefined,
    publishedAt: undefined,
    shape,
    outcomes: milli.map((price, i) => outcomeOf(price, states[i] ?? OPEN)),
    previous: [0, 0],
    since: [0],
    changedAt: [0]
  })
  return table
}

function unused(): never {
  throw new Error("the books only publish")
}
