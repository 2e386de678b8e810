/** What every journal keeps, run over each implementation. `open` gives a layer on the same files each time it is built. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import type { Layer } from "effect"
import type { Record } from "../../src/domain/Record.ts"
import { Journal } from "../../src/journal/Journal.ts"
import { eventRecord, marketsRecord } from "../support/records.ts"

export const entry = (record: Record, key?: string, bytes = new Uint8Array([1])) => ({
  record,
  image: key === undefined ? undefined : { key, bytes }
})

export const conformance = (name: string, open: () => Layer.Layer<Journal, unknown>) =>
  describe(`${name}, as any journal`, () => {
    const check = (sentence: string, body: Effect.Effect<void, unknown, Journal>) =>
      it.effect(sentence, () => Effect.provide(body, open()))

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
  })
