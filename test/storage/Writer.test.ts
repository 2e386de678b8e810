/** The writer against a real Postgres: exactly once, through restarts, outages and poison. */
import { assert, describe, layer } from "@effect/vitest"
import { Deferred, Effect, Layer, Redacted, Stream } from "effect"
import type { Record } from "../../src/domain/Record.ts"
import { Journal } from "../../src/journal/Journal.ts"
import { Database } from "../../src/storage/Database.ts"
import { History } from "../../src/storage/History.ts"
import { Writer } from "../../src/storage/Writer.ts"
import { memoryJournal } from "../support/MemoryJournal.ts"
import { databaseAt, Server, storage } from "../support/postgres.ts"
import {
  confirmedRecord,
  eventRecord,
  factsOf,
  listingRecord,
  listingState,
  marketsRecord,
  NOW
} from "../support/records.ts"
import { commitCutter } from "../support/commitCutter.ts"

const append = (...records: readonly Record[]) =>
  Effect.gen(function* () {
    const journal = yield* Journal
    return yield* journal.append(records.map((record) => ({ record, image: undefined })))
  })

const caughtUp = Writer.use((writer) => writer.caughtUp)

const listed = listingRecord("1")

/** (seq, first price) of all history, in order. */
const history = Database.use((database) =>
  database.query(
    (sql) =>
      sql<{ seq: number; milli: number[] }[]>`select seq, milli from market_history order by epoch, seq, position`
  )
).pipe(Effect.map((rows) => rows.map((row) => [row.seq, row.milli[0]])))

const toldParked = (count: number) =>
  History.use((reads) => reads.stats).pipe(
    Effect.filterOrFail(({ deadLetters }) => deadLetters === count),
    Effect.eventually
  )

const inNewDatabase = <A, E>(use: Effect.Effect<A, E, Journal | Database | Writer | History | Server>) =>
  Effect.gen(function* () {
    const url = yield* Server.use((server) => server.newDatabase)
    return yield* Effect.provide(use, storage(url).pipe(Layer.provideMerge(memoryJournal(NOW))))
  })

describe("Writer", () => {
  layer(Server.layer, { excludeTestServices: true, timeout: "60 seconds" })((it) => {
    it.effect("stores each change once, in history and as the newest value", () =>
      inNewDatabase(
        Effect.gen(function* () {
          yield* append(eventRecord("1"), listed, marketsRecord("1", 1_850), marketsRecord("1", 1_900, NOW + 1_000))
          yield* append(confirmedRecord(["1"], NOW + 1_000))
          yield* caughtUp
          assert.deepStrictEqual(yield* history, [
            [3, 1_850],
            [4, 1_900]
          ])
          const stored = yield* History.use((reads) => reads.event(factsOf("1").id, undefined))
          assert.deepStrictEqual(stored?.facts, factsOf("1"))
          assert.deepStrictEqual(stored?.listings[0]?.listing, listingState())
          assert.deepStrictEqual(stored?.listings[0]?.markets, marketsRecord("1", 1_900, NOW + 1_000).markets)
          assert.strictEqual(stored?.listings[0]?.confirmedAt, NOW + 1_000)
        })
      )
    )

    it.effect("folds history to any instant", () =>
      inNewDatabase(
        Effect.gen(function* () {
          yield* append(eventRecord("1"), listed, marketsRecord("1", 1_850), marketsRecord("1", 1_900, NOW + 1_000))
          yield* caughtUp
          const then = yield* History.use((reads) => reads.event(factsOf("1").id, NOW + 999))
          assert.deepStrictEqual(then?.listings[0]?.markets, marketsRecord("1", 1_850).markets)
          assert.isUndefined(yield* History.use((reads) => reads.event(factsOf("1").id, NOW - 1)))
        })
      )
    )

    it.effect("pages history by place, with the spans in which it was checked", () =>
      inNewDatabase(
        Effect.gen(function* () {
          yield* append(
            eventRecord("1"),
            marketsRecord("1", 1_850),
            marketsRecord("1", 1_900, NOW + 1_000),
            confirmedRecord(["1"], NOW + 60_000)
          )
          yield* append(confirmedRecord(["1"], NOW + 120_000))
          yield* caughtUp
          const query = {
            events: [factsOf("1").id],
            competitions: undefined,
            bookmakers: undefined,
            markets: ["1x2_ft"],
            from: NOW,
            to: NOW + 200_000
          }
          const first = yield* History.use((reads) => reads.rows(query, 1, undefined))
          assert.deepStrictEqual([first.rows.map(({ seq }) => seq), first.hasNextPage], [[2], true])
          const second = yield* History.use((reads) => reads.rows(query, 1, first.rows[0]))
          assert.deepStrictEqual([second.rows.map(({ seq }) => seq), second.hasNextPage], [[3], false])
          assert.deepStrictEqual(
            second.checks.map(({ from, to, checks }) => [from - NOW, to - NOW, checks]),
            [[60_000, 120_000, 2]]
          )
          const others = yield* History.use((reads) => reads.rows({ ...query, markets: ["1x2_ft@1"] }, 1, undefined))
          assert.deepStrictEqual(others.rows, [])
        })
      )
    )

    it.effect("finds history by UTC days in a database of another zone and another style of dates", () =>
      Effect.gen(function* () {
        const url = yield* Server.use((server) => server.newDatabase)
        const name = new URL(Redacted.value(url)).pathname.slice(1)
        yield* Database.use((database) =>
          Effect.gen(function* () {
            yield* database.opened
            yield* database.query((sql) => sql`alter database ${sql(name)} set timezone to 'Pacific/Kiritimati'`)
            yield* database.query((sql) => sql`alter database ${sql(name)} set datestyle to 'German'`)
          })
        ).pipe(Effect.provide(databaseAt(url)))
        yield* Effect.gen(function* () {
          yield* append(eventRecord("1"), marketsRecord("1", 1_850))
          yield* caughtUp
          const query = {
            events: [factsOf("1").id],
            competitions: undefined,
            bookmakers: undefined,
            markets: ["1x2_ft"],
            from: NOW,
            to: NOW + 1_000
          }
          const { rows } = yield* History.use((reads) => reads.rows(query, 10, undefined))
          assert.deepStrictEqual(
            rows.map(({ at }) => at),
            [NOW]
          )
        }).pipe(Effect.provide(storage(url).pipe(Layer.provideMerge(memoryJournal(NOW)))))
      })
    )

    it.effect("goes on where the mark stands after a restart, and stores nothing twice", () =>
      Effect.gen(function* () {
        const url = yield* Server.use((server) => server.newDatabase)
        yield* Effect.gen(function* () {
          const life = (use: Effect.Effect<void, unknown, Journal | Database | Writer | History>) =>
            Effect.provide(use, Layer.fresh(storage(url)))
          yield* append(eventRecord("1"), marketsRecord("1", 1_850))
          yield* life(caughtUp)
          yield* append(marketsRecord("1", 1_900))
          yield* life(
            Effect.gen(function* () {
              yield* caughtUp
              assert.deepStrictEqual(yield* history, [
                [2, 1_850],
                [3, 1_900]
              ])
            })
          )
        }).pipe(Effect.provide(memoryJournal(NOW)))
      })
    )

    it.effect("settles a commit whose answer was lost by reading the mark", () =>
      Effect.gen(function* () {
        const url = yield* Server.use((server) => server.newDatabase)
        const cutter = yield* commitCutter(url)
        yield* Effect.gen(function* () {
          yield* append(eventRecord("1"), marketsRecord("1", 1_850))
          yield* caughtUp
          for (const price of [1_900, 1_950, 2_000]) {
            const cut = yield* cutter.cutNext(0)
            yield* append(marketsRecord("1", price))
            yield* Deferred.await(cut)
            yield* caughtUp
          }
          assert.deepStrictEqual(yield* history, [
            [2, 1_850],
            [3, 1_900],
            [4, 1_950],
            [5, 2_000]
          ])
        }).pipe(Effect.provide(storage(cutter.url).pipe(Layer.provideMerge(memoryJournal(NOW)))))
      })
    )

    it.effect("holds through an outage and stores everything when Postgres is back", () =>
      inNewDatabase(
        Effect.gen(function* () {
          yield* append(eventRecord("1"), marketsRecord("1", 1_000 + 1))
          yield* caughtUp
          yield* Server.use((server) => server.restart)
          for (let i = 2; i <= 50; i++) yield* append(marketsRecord("1", 1_000 + i))
          yield* caughtUp
          assert.deepStrictEqual(
            yield* history,
            Array.from({ length: 50 }, (_, i) => [i + 2, 1_001 + i])
          )
        })
      )
    )

    it.effect("parks the one row that Postgres refuses and stores its neighbours, in order", () =>
      inNewDatabase(
        Effect.gen(function* () {
          const poison = { ...marketsRecord("1", 1_870), runId: "NUL \u0000" }
          yield* append(
            eventRecord("1"),
            marketsRecord("1", 1_850),
            poison,
            eventRecord("2", "NUL \u0000"),
            marketsRecord("1", 1_900)
          )
          yield* caughtUp
          assert.deepStrictEqual(yield* history, [
            [2, 1_850],
            [5, 1_900]
          ])
          yield* Writer.use(({ rowsParked }) => Stream.runHead(Stream.filter(rowsParked, (count) => count === 2)))
          yield* toldParked(2)
          const letters = (after: number) => History.use((reads) => reads.deadLetters(1, after))
          const [first, second] = [yield* letters(0), yield* letters(1)]
          assert.deepStrictEqual(
            [first, second].map(({ hasNextPage, nodes, totalCount }) => [
              ...nodes.map(({ id, seq, record, tries }) => [id, seq, record, tries]),
              hasNextPage,
              totalCount
            ]),
            [
              [[1, 3, poison, 1], true, 2],
              [[2, 4, eventRecord("2", "NUL \u0000"), 1], false, 2]
            ]
          )
          assert.match(first.nodes[0]?.sqlstate ?? "", /^22/)
          assert.match(first.nodes[0]?.reason ?? "", /Unicode/)
          assert.deepStrictEqual(yield* History.use((reads) => reads.replayDeadLetters(undefined)), {
            replayed: 0,
            stillParked: 2,
            unknown: []
          })
          assert.strictEqual((yield* letters(0)).nodes[0]?.tries, 2)
          const { unknown } = yield* History.use((reads) => reads.replayDeadLetters(["1", "x", "999"]))
          assert.deepStrictEqual(unknown, ["x", "999"])
        })
      )
    )

    it.effect("puts a dead letter back once and never over a newer value", () =>
      inNewDatabase(
        Effect.gen(function* () {
          const database = yield* Database
          yield* database.opened
          yield* database.query(
            (sql) => sql`alter table market_history add constraint no_1870 check (milli[1] <> 1870)`
          )
          yield* append(eventRecord("1"), listed, marketsRecord("1", 1_870), marketsRecord("1", 1_900))
          yield* caughtUp
          assert.deepStrictEqual(yield* history, [[4, 1_900]])
          yield* toldParked(1)
          yield* database.query((sql) => sql`alter table market_history drop constraint no_1870`)
          const both = yield* Effect.all(
            [
              History.use((reads) => reads.replayDeadLetters(undefined)),
              History.use((reads) => reads.replayDeadLetters(undefined))
            ],
            { concurrency: 2 }
          )
          assert.strictEqual(both[0].replayed + both[1].replayed, 1)
          yield* toldParked(0)
          assert.deepStrictEqual(yield* history, [
            [3, 1_870],
            [4, 1_900]
          ])
          const stored = yield* History.use((reads) => reads.event(factsOf("1").id, undefined))
          assert.deepStrictEqual(stored?.listings[0]?.markets[0]?.milli, [1_900, 2_000])
        })
      )
    )

    it.effect("holds and parks nothing when a whole batch is refused", () =>
      inNewDatabase(
        Effect.gen(function* () {
          const database = yield* Database
          yield* database.opened
          yield* append(eventRecord("1"))
          yield* caughtUp
          yield* database.query((sql) => sql`alter table market_history add constraint wrong check (false)`)
          yield* append(...Array.from({ length: 30 }, (_, i) => marketsRecord("1", 1_500 + i)))
          yield* Effect.gen(function* () {
            const { lastError } = yield* History.use((reads) => reads.stats)
            assert.include(lastError ?? "", "schema does not fit")
          }).pipe(Effect.catchDefect(Effect.fail), Effect.eventually)
          const [letters] = yield* database.query((sql) => sql<{ count: number }[]>`select count(*) from dead_letter`)
          assert.strictEqual(letters?.count, 0)
          yield* database.query((sql) => sql`alter table market_history drop constraint wrong`)
          yield* caughtUp
          assert.strictEqual((yield* history).length, 30)
        })
      )
    )

    it.effect("says since when it is held and why, while Postgres answers everybody else", () =>
      inNewDatabase(
        Effect.gen(function* () {
          const database = yield* Database
          const heldBy = (what: RegExp) =>
            Effect.gen(function* () {
              const { held, reachable } = yield* History.use((reads) => reads.stats)
              assert.isTrue(reachable)
              assert.match(JSON.stringify(held) ?? "by nothing", what)
              return held?.since
            }).pipe(
              Effect.catchDefect(Effect.fail),
              Effect.tapError(() => database.query((sql) => sql`select 1`)),
              Effect.eventually
            )
          const strange = (sqlstate: string) =>
            database.query((sql) =>
              sql.unsafe(
                `create or replace function refuse() returns trigger language plpgsql as $$ begin raise exception 'strange' using errcode = '${sqlstate}'; end $$`
              )
            )
          yield* database.opened
          yield* Effect.eventually(
            Effect.filterOrFail(
              database.query((sql) => sql`select from drain_mark`),
              ({ length }) => length > 0
            )
          )
          yield* heldBy(/^by nothing$/)
          yield* append(eventRecord("1"))
          yield* caughtUp
          yield* heldBy(/^by nothing$/)
          yield* strange("ZX123")
          yield* database.query(
            (sql) => sql`create trigger refuse before insert on market_history for each row execute function refuse()`
          )
          yield* append(marketsRecord("1", 1_850))
          const since = yield* heldBy(/ZX123/)
          yield* strange("ZX124")
          assert.strictEqual(yield* heldBy(/ZX124/), since)
          yield* database.query((sql) => sql`drop trigger refuse on market_history`)
          yield* caughtUp
          yield* heldBy(/^by nothing$/)
        })
      )
    )

    it.effect("has a partition for each day before a row needs it", () =>
      inNewDatabase(
        Effect.gen(function* () {
          const database = yield* Database
          const today = Date.now()
          yield* append(
            eventRecord("1"),
            marketsRecord("1", 1_850, today),
            marketsRecord("1", 1_900, today - 5 * 86_400_000)
          )
          yield* caughtUp
          const [strays] = yield* database.query(
            (sql) => sql<{ count: number }[]>`select count(*) from market_history_default`
          )
          assert.strictEqual(strays?.count, 0)
          assert.strictEqual((yield* history).length, 2)
        })
      )
    )
  })
})
