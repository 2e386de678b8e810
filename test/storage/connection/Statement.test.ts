/** What the reads make of an id that Postgres cannot even be asked for. */
import { assert, describe, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { EventId } from "../../../src/domain/Event.ts"
import { RunStore } from "../../../src/domain/Run.ts"
import { Journal } from "../../../src/journal/Journal.ts"
import { History } from "../../../src/storage/History.ts"
import { Writer } from "../../../src/storage/Writer.ts"
import { memoryJournal } from "../../support/MemoryJournal.ts"
import { Server, storage } from "../../support/postgres.ts"
import { eventRecord, marketsRecord, NOW } from "../../support/records.ts"

describe("an id with a NUL", () => {
  layer(Server.layer, { excludeTestServices: true, timeout: "60 seconds" })((it) => {
    it.effect("has nothing under it, and is no outage", () =>
      Effect.gen(function* () {
        const url = yield* Server.use((server) => server.newDatabase)
        yield* Effect.gen(function* () {
          const records = [eventRecord("1"), marketsRecord("1", 1_850)]
          yield* (yield* Journal).append(records.map((record) => ({ record, image: undefined })))
          yield* Writer.use((writer) => writer.caughtUp)
          const { event, rows } = yield* History
          assert.isUndefined(yield* event(EventId("1\u0000"), undefined))
          assert.isUndefined(yield* RunStore.use((store) => store.get("a\u0000")))
          const query = { bookmakers: undefined, markets: ["1x2_ft"], from: NOW, to: NOW + 1_000 }
          const named = { ...query, events: [EventId("\u0000"), EventId("1")], competitions: undefined }
          assert.lengthOf((yield* rows(named, 10, undefined)).rows, 1)
          const nowhere = { ...query, events: undefined, competitions: ["\u0000"] }
          assert.deepStrictEqual((yield* rows(nowhere, 10, undefined)).rows, [])
        }).pipe(Effect.provide(storage(url).pipe(Layer.provideMerge(memoryJournal(NOW)))))
      })
    )
  })
})
