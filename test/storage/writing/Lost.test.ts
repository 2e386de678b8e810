/** A database that was emptied, or restored from an older copy, while the journal stayed. */
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import type { Record } from "../../../src/domain/Record.ts"
import { Journal, JournalFault } from "../../../src/journal/Journal.ts"
import { Database } from "../../../src/storage/Database.ts"
import { History } from "../../../src/storage/History.ts"
import { Writer } from "../../../src/storage/Writer.ts"
import { crashed } from "../../../src/storage/writing/Holding.ts"
import { memoryJournal } from "../../support/MemoryJournal.ts"
import { Server, storage } from "../../support/postgres.ts"
import { baseRecord, betpawa, eventRecord, factsOf, listingRecord, marketsRecord, NOW } from "../../support/records.ts"
import { history, inNewDatabase, stored } from "../drained.ts"

const listed = listingRecord("1")

const append = (...records: readonly Record[]) =>
  Journal.use((journal) => journal.append(records.map((record) => ({ record, image: undefined }))))

/** The journal, without what lies below this number. */
const trimmedTo = (floor: number) =>
  Layer.effect(
    Journal,
    Journal.use((journal) =>
      Effect.succeed({
        ...journal,
        floor: Effect.succeed(floor),
        read: (after: number, limit: number) =>
          after < floor ? Effect.fail(new JournalFault({ message: `below ${floor}` })) : journal.read(after, limit)
      })
    )
  )

const current = Database.use((database) =>
  database.query(
    (sql) => sql<{ milli: number[]; seq: number }[]>`select milli, seq from market_current order by seq desc`
  )
).pipe(Effect.map((rows) => rows.map(({ milli, seq }) => [milli[0], seq])))

const gaps = Database.use((database) =>
  database.query(
    (sql) => sql<{ from_seq: number; to_seq: number; healed: boolean }[]>`
    select from_seq, to_seq, healed_at is not null as healed from history_gap`
  )
).pipe(Effect.map((rows) => rows.map(({ from_seq, to_seq, healed }) => [from_seq, to_seq, healed])))

const restored = (mark: number, ...known: readonly Record[]) =>
  Effect.gen(function* () {
    const writer = yield* Writer
    const loss = yield* writer.lost
    yield* writer.restore(loss, mark, () => known)
  })

describe("a database that was emptied", () => {
  layer(Server.layer, { excludeTestServices: true, timeout: "60 seconds" })((it) => {
    it.effect("is gone on with from the journal's floor, and told again what lies below it", () =>
      Effect.gen(function* () {
        const url = yield* Server.use((server) => server.newDatabase)
        yield* append(eventRecord("1"), listed, marketsRecord("1", 1_850), marketsRecord("1", 1_700, NOW, betpawa, [1]))
        yield* append(marketsRecord("1", 1_900))
        yield* Effect.gen(function* () {
          yield* Writer.use((writer) => writer.caughtUp)
          assert.deepStrictEqual(yield* history, [[5, 1_900]])
          assert.deepStrictEqual(yield* gaps, [[1, 4, false]])
          yield* restored(5, eventRecord("1"), baseRecord("1", [1_900, 1_700]))
          const again = yield* Effect.forkChild(
            Writer.use((writer) => writer.lost),
            { startImmediately: true }
          )
          assert.deepStrictEqual(yield* gaps, [[1, 4, true]])
          assert.isUndefined(again.pollUnsafe())
          assert.deepStrictEqual(yield* current, [
            [1_900, 5],
            [1_700, 4]
          ])
          const event = yield* History.use((reads) => reads.event(factsOf("1").id, undefined))
          assert.strictEqual(event?.listings[0]?.markets.length, 2)
        }).pipe(Effect.provide(Layer.fresh(storage(url)).pipe(Layer.provideMerge(trimmedTo(4)))))
      }).pipe(Effect.provide(memoryJournal(NOW)))
    )

    it.effect("is told again from the beginning when it goes away in the middle", () =>
      Effect.gen(function* () {
        const server = yield* Server
        const ids = [...Array(60).keys()].map(String)
        yield* append(...ids.map((id) => eventRecord(id)))
        yield* Effect.gen(function* () {
          const writer = yield* Writer
          const loss = yield* writer.lost
          let tries = 0
          yield* writer.restore(loss, 60, function* () {
            tries++
            for (const id of ids) {
              if (tries === 1 && id === "30") Effect.runSync(server.restart)
              yield eventRecord(id)
            }
          })
          assert.isAbove(tries, 1)
          const [events] = yield* Database.use((database) =>
            database.query(
              (sql) => sql<{ open: number }[]>`select count(*)::int as open from event where closed_at is null`
            )
          )
          assert.deepStrictEqual(events, { open: 60 })
        }).pipe(Effect.provide(Layer.fresh(storage(yield* server.newDatabase)).pipe(Layer.provideMerge(trimmedTo(60)))))
      }).pipe(Effect.provide(memoryJournal(NOW)))
    )

    it.effect("loses nothing where the journal still has everything, though it is emptied while in use", () =>
      inNewDatabase(
        Effect.gen(function* () {
          yield* stored(eventRecord("1"), listed, marketsRecord("1", 1_850))
          yield* Database.use((database) =>
            database.query((sql) => sql.unsafe("drop schema public cascade; create schema public"))
          )
          yield* stored(marketsRecord("1", 1_900))
          assert.deepStrictEqual(yield* history, [
            [3, 1_850],
            [4, 1_900]
          ])
          const { from, to } = yield* Writer.use((writer) => writer.lost)
          assert.isBelow(to, from)
        })
      )
    )
  })
})

describe("an older copy of a database", () => {
  layer(Server.layer, { excludeTestServices: true, timeout: "60 seconds" })((it) => {
    it.effect("keeps what it has, drops what is no more, and is not told what came behind the gap", () =>
      Effect.gen(function* () {
        const url = yield* Server.use((server) => server.newDatabase)
        yield* append(eventRecord("1"), listed, marketsRecord("1", 1_850, NOW, betpawa, [0, 1, 2]))
        yield* Effect.provide(
          Writer.use((writer) => writer.caughtUp),
          Layer.fresh(storage(url))
        )
        yield* append(marketsRecord("1", 1_860), marketsRecord("1", 1_870), marketsRecord("1", 1_900))
        yield* Effect.gen(function* () {
          yield* restored(6, eventRecord("1"), baseRecord("1", [1_900, 1_700]))
          assert.deepStrictEqual(yield* gaps, [[4, 5, true]])
          assert.deepStrictEqual(yield* current, [
            [1_900, 6],
            [1_700, 5]
          ])
        }).pipe(Effect.provide(Layer.fresh(storage(url)).pipe(Layer.provideMerge(trimmedTo(5)))))
      }).pipe(Effect.provide(memoryJournal(NOW)))
    )
  })
})

describe("the writer", () => {
  it.effect("begins again however often its life ends, with growing pauses, and tells why", () =>
    Effect.gen(function* () {
      const told: string[] = []
      const tell = (lastError: string) => Effect.sync(() => void told.push(lastError))
      let lives = 0
      const life = Effect.suspend(() => ((lives += 1) % 2 === 0 ? Effect.die("a fault") : Effect.fail("another")))
      const fibre = yield* Effect.forkChild(crashed(life, () => 0, tell))
      yield* TestClock.adjust("5 minutes")
      assert.isAtLeast(lives, 10)
      assert.isAtMost(lives, 20)
      assert.strictEqual(told.length, lives)
      assert.match(told.at(-1) ?? "", /a fault|another/)
      yield* Fiber.interrupt(fibre)
    })
  )
})
