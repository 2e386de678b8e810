/** What every journal keeps, run over each implementation. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import type { Scope } from "effect"
import { TestClock } from "effect/testing"
import type { Record } from "../../src/domain/Record.ts"
import { RESERVED_BLOCK } from "../../src/journal/file/JournalFile.ts"
import { Journal } from "../../src/journal/Journal.ts"
import type { Committed } from "../../src/journal/Journal.ts"
import { eventRecord, marketsRecord } from "../support/records.ts"
import type { Journals } from "./journals.ts"

export const entry = (record: Record, key?: string, bytes = new Uint8Array([1])) => ({
  record,
  image: key === undefined ? undefined : { key, bytes }
})

/** Appends one event each; one called `refused` is not taken by the disk. */
export const append = (...ids: readonly string[]) =>
  Effect.gen(function* () {
    const journal = yield* Journal
    const appended = yield* journal.append(ids.map((id) => entry(eventRecord(id), id)))
    return yield* appended.committed
  })

export const readAll = Effect.gen(function* () {
  const journal = yield* Journal
  return yield* journal.read(yield* journal.floor, 1_000_000)
})

/** Lets a refused disk be tried again. Reading goes the way of commits, so time stands still until they have answered. */
export const mended = Effect.gen(function* () {
  const journal = yield* Journal
  do {
    yield* TestClock.adjust("1 second")
    yield* journal.read(yield* journal.last, 1)
  } while ((yield* journal.stats).degraded)
})

const gapsIn = Effect.map(readAll, (records) =>
  records.flatMap(({ record, seq }) => (record.kind === "GAP" ? [[seq, record.from, record.to]] : []))
)

export const conformance = (name: string, journals: Effect.Effect<Journals, never, Scope.Scope>) =>
  describe(`${name}, as any journal`, () => {
    const check = (sentence: string, body: Effect.Effect<void, unknown, Journal>) =>
      it.effect(sentence, () => Effect.flatMap(journals, ({ life }) => life(body)))

    const checkLives = (sentence: string, body: (lives: Journals) => Effect.Effect<void, unknown>) =>
      it.effect(sentence, () => Effect.flatMap(journals, body))

    checkLives("is unbased until it is told what Postgres knows, also behind a kill", ({ killed, life }) =>
      Effect.gen(function* () {
        const unbased = Journal.use((journal) => Effect.succeed(journal.unbased))
        assert.strictEqual(yield* life(unbased), "NEW")
        assert.strictEqual(yield* killed(Effect.andThen(append("1"), unbased)), "NEW")
        yield* killed(Journal.use(({ based }) => based))
        assert.isUndefined(yield* life(unbased))
      })
    )

    check(
      "numbers entries in call order without a hole",
      Effect.gen(function* () {
        const journal = yield* Journal
        const first = yield* journal.append([entry(eventRecord("1")), entry(eventRecord("2"))])
        const second = yield* journal.append([entry(eventRecord("3"))])
        assert.deepStrictEqual([first.first, first.last, second.first], [1, 2, 3])
        assert.deepStrictEqual(yield* second.committed, { first: 3, last: 3, durable: true })
        assert.strictEqual(yield* journal.last, 3)
      })
    )

    check(
      "gives back what was appended, in order, from any number on",
      Effect.gen(function* () {
        const journal = yield* Journal
        const records = [eventRecord("1"), marketsRecord("1", 1_850), marketsRecord("1", 1_900)]
        yield* (yield* journal.append(records.map((record) => entry(record)))).committed
        const read = yield* journal.read(1, 1)
        assert.deepStrictEqual(read, [
          { epoch: journal.epoch, seq: 2, durable: true, record: marketsRecord("1", 1_850) }
        ])
        assert.deepStrictEqual(
          (yield* journal.read(0, 10)).map(({ record }) => record),
          records
        )
        assert.deepStrictEqual(yield* journal.read(3, 10), [])
      })
    )

    check(
      "keeps what Postgres turns out to have lost",
      Effect.gen(function* () {
        const journal = yield* Journal
        const append = (home: string) =>
          Effect.flatMap(journal.append([entry(eventRecord(home))]), ({ committed }) => committed)
        yield* append("1")
        yield* append("2")
        yield* journal.release(2)
        yield* journal.release(0)
        yield* TestClock.adjust("1 hour")
        yield* append("3")
        yield* append("4")
        assert.strictEqual(yield* journal.floor, 0)
      })
    )

    check(
      "refuses to replay after a number that was never given",
      Effect.gen(function* () {
        const journal = yield* Journal
        yield* (yield* journal.append([entry(eventRecord("1"))])).committed
        assert.strictEqual((yield* Effect.flip(journal.read(2, 10)))._tag, "JournalFault")
        assert.strictEqual((yield* Effect.flip(journal.read(-1, 10)))._tag, "JournalFault")
      })
    )

    check(
      "keeps the newest image of each key, and drops a deleted one with all below it",
      Effect.gen(function* () {
        const journal = yield* Journal
        const done = yield* journal.append([
          entry(eventRecord("1"), "1"),
          entry(eventRecord("1"), "1/a"),
          entry(eventRecord("1"), "1/a", new Uint8Array([7, 8])),
          entry(eventRecord("12"), "12/a"),
          entry(eventRecord("2"), "2"),
          entry(eventRecord("2"), "2/a"),
          entry(eventRecord("2"), "2", new Uint8Array())
        ])
        yield* done.committed
        assert.deepStrictEqual(
          (yield* journal.images).map(({ key, bytes }) => [key, ...bytes]),
          [
            ["1", 1],
            ["1/a", 7, 8],
            ["12/a", 1]
          ]
        )
      })
    )

    check(
      "wakes whoever waits for growth at the next commit",
      Effect.gen(function* () {
        const journal = yield* Journal
        const waiting = yield* Effect.forkChild(journal.grown, { startImmediately: true })
        yield* journal.append([entry(eventRecord("1"))])
        assert.deepStrictEqual(yield* Fiber.join(waiting), { epoch: journal.epoch, seq: 1 })
      })
    )

    check(
      "ends commits in the order of their numbers, whoever waits first",
      Effect.gen(function* () {
        const journal = yield* Journal
        const order: number[] = []
        const appended = yield* Effect.forEach([1, 2, 3, 4], (id) => journal.append([entry(eventRecord(String(id)))]))
        yield* Effect.forEach(
          appended.toReversed(),
          ({ committed }) => Effect.map(committed, ({ last }) => order.push(last)),
          { concurrency: "unbounded" }
        )
        assert.strictEqual((yield* journal.read(0, 10)).length, 4)
        assert.sameMembers(order, [1, 2, 3, 4])
      })
    )

    check(
      "tells what the disk refuses as not durable, and names exactly that in a gap once it is back",
      Effect.gen(function* () {
        const journal = yield* Journal
        yield* append("1", "2")
        assert.deepStrictEqual(yield* append("refused", "3"), { first: 3, last: 4, durable: false })
        assert.deepStrictEqual(yield* append("4"), { first: 5, last: 5, durable: false })
        yield* mended
        assert.deepStrictEqual(yield* append("5"), { first: 7, last: 7, durable: true })
        assert.deepStrictEqual(yield* gapsIn, [[6, 3, 5]])
        assert.strictEqual((yield* journal.lastGap)?.seq, 6)
        assert.strictEqual((yield* Effect.flip(journal.read(4, 1)))._tag, "JournalFault")
      })
    )

    check(
      "keeps or names each number of somebody who appends again as soon as the last one is told",
      Effect.gen(function* () {
        yield* append("1", "refused")
        const told: Committed[] = []
        const next = Effect.tap(append("2"), (committed) => Effect.sync(() => told.push(committed)))
        const eager = yield* Effect.forkChild(Effect.repeat(next, { until: ({ durable }) => durable }), {
          startImmediately: true
        })
        yield* mended
        yield* Fiber.join(eager)
        const kept = new Set((yield* readAll).map(({ seq }) => seq))
        const [[, from = 0, to = 0] = []] = yield* gapsIn
        for (const { first, durable } of told) {
          assert.strictEqual(kept.has(first), durable, `${first}`)
          assert.strictEqual(from <= first && first <= to, !durable, `${first} and the gap ${from} to ${to}`)
        }
      })
    )

    checkLives("goes on without a hole after an orderly end, and behind the reserved numbers after a kill", (lives) =>
      Effect.gen(function* () {
        yield* lives.life(append("1", "2"))
        assert.strictEqual((yield* lives.killed(append("3"))).first, 3)
        const again = yield* lives.life(append("4"))
        assert.isAtLeast(again.first, RESERVED_BLOCK / 2)
        const kept = yield* lives.life(readAll)
        assert.deepStrictEqual(
          kept.map(({ seq }) => seq),
          [1, 2, 3, again.first]
        )
      })
    )

    checkLives("tells a gap of all numbers that a process killed in an outage may have used", (lives) =>
      Effect.gen(function* () {
        yield* lives.life(append("1"))
        const told = yield* lives.killed(append("refused"))
        assert.deepStrictEqual(told, { first: 2, last: 2, durable: false })
        const [gap] = yield* lives.life(Effect.andThen(append("2"), gapsIn))
        assert.deepStrictEqual(gap?.slice(1), [2, RESERVED_BLOCK + 1])
        assert.lengthOf(yield* lives.life(gapsIn), 1)
      })
    )

    checkLives("tells no gap after a kill in which every number was durable", (lives) =>
      Effect.gen(function* () {
        yield* lives.killed(
          Effect.gen(function* () {
            yield* append("1", "refused")
            yield* mended
            yield* append("2")
          })
        )
        assert.lengthOf(yield* lives.life(Effect.andThen(append("3"), gapsIn)), 1)
      })
    )

    checkLives("says that it is behind, and tells a gap, where Postgres has numbers that it has lost", (lives) =>
      Effect.gen(function* () {
        yield* lives.killed(append("1", "2"))
        yield* lives.life(
          Effect.gen(function* () {
            const journal = yield* Journal
            assert.isFalse(yield* journal.isBehind)
            const { first } = yield* append("3")
            yield* journal.release(1_000)
            assert.isTrue(yield* journal.isBehind)
            assert.deepStrictEqual(yield* gapsIn, [[first + 1, 3, first - 1]])
            assert.deepStrictEqual(
              (yield* journal.read(1_000, 10)).map(({ seq }) => seq),
              [first, first + 1]
            )
          })
        )
      })
    )
  })
