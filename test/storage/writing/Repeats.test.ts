/** A journal that begins anew over a database that has a history: what it tells again is no change. */
import { assert, describe, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import type { Record } from "../../../src/domain/Record.ts"
import { Journal } from "../../../src/journal/Journal.ts"
import { Database } from "../../../src/storage/Database.ts"
import { History } from "../../../src/storage/History.ts"
import { Writer } from "../../../src/storage/Writer.ts"
import { emptyDisk, memoryJournal } from "../../support/MemoryJournal.ts"
import { Server, storage } from "../../support/postgres.ts"
import { eventRecord, factsOf, listingRecord, marketsRecord, NOW } from "../../support/records.ts"
import { history, stored } from "../drained.ts"

const LATER = NOW + 60_000

/** One database, and journals of several births over it. */
const births = Effect.gen(function* () {
  const url = yield* Server.use((server) => server.newDatabase)
  return <A, E>(epoch: number, use: Effect.Effect<A, E, Journal | Database | Writer | History>, disk = emptyDisk()) =>
    Effect.provide(use, Layer.fresh(storage(url)).pipe(Layer.provideMerge(memoryJournal(epoch, disk))))
})

const seenFirst = (price: number, at: number): readonly Record[] => [
  eventRecord("1", "Home", at),
  listingRecord("1", undefined, at),
  marketsRecord("1", price, at)
]

describe("a journal that began anew", () => {
  layer(Server.layer, { excludeTestServices: true, timeout: "60 seconds" })((it) => {
    it.effect("makes no history of what the one before it told last, and is the newest all the same", () =>
      Effect.gen(function* () {
        const born = yield* births
        yield* born(NOW, stored(...seenFirst(1_850, NOW)))
        yield* born(
          LATER,
          Effect.gen(function* () {
            yield* stored(...seenFirst(1_850, LATER))
            assert.deepStrictEqual(yield* history, [[3, 1_850]])
            const event = yield* History.use((reads) => reads.event(factsOf("1").id, undefined))
            assert.deepStrictEqual(event?.listings[0]?.markets, marketsRecord("1", 1_850, LATER).markets)
            const [current] = yield* Database.use((database) =>
              database.query((sql) => sql<{ epoch: number; seq: number }[]>`select epoch, seq from market_current`)
            )
            assert.deepStrictEqual({ ...current }, { epoch: LATER, seq: 3 })
          })
        )
      })
    )

    it.effect("nor does one that has lost its end, of what it told there", () =>
      Effect.gen(function* () {
        const born = yield* births
        const disk = emptyDisk()
        yield* born(NOW, stored(...seenFirst(1_850, NOW), marketsRecord("1", 1_900, LATER)), disk)
        disk.records.splice(-1)
        disk.last -= 1
        yield* born(NOW, Effect.andThen(stored(marketsRecord("1", 1_900, LATER + 1)), history), disk).pipe(
          Effect.map((told) =>
            assert.deepStrictEqual(told, [
              [3, 1_850],
              [4, 1_900]
            ])
          )
        )
      })
    )

    it.effect("makes history of what differs, and of every change behind what does not", () =>
      Effect.gen(function* () {
        const born = yield* births
        yield* born(NOW, stored(...seenFirst(1_850, NOW), marketsRecord("1", 1_900, NOW, undefined, [1])))
        yield* born(
          LATER,
          Effect.gen(function* () {
            yield* stored(
              ...seenFirst(1_850, LATER),
              marketsRecord("1", 1_950, LATER, undefined, [1]),
              marketsRecord("1", 1_870, LATER + 1),
              marketsRecord("1", 1_850, LATER + 2)
            )
            assert.deepStrictEqual(yield* history, [
              [3, 1_850],
              [4, 1_900],
              [4, 1_950],
              [5, 1_870],
              [6, 1_850]
            ])
          })
        )
      })
    )

    it.effect("knows so also when its process was ended in between", () =>
      Effect.gen(function* () {
        const born = yield* births
        yield* born(NOW, stored(...seenFirst(1_850, NOW), marketsRecord("1", 1_900, NOW, undefined, [1])))
        const disk = emptyDisk()
        yield* born(LATER, stored(...seenFirst(1_850, LATER)), disk)
        yield* born(
          LATER,
          Effect.andThen(
            stored(marketsRecord("1", 1_900, LATER, undefined, [1])),
            Effect.map(history, (rows) =>
              assert.deepStrictEqual(rows, [
                [3, 1_850],
                [4, 1_900]
              ])
            )
          ),
          disk
        )
      })
    )
  })
})
