/** The base from Postgres: who asks whether the process is ready waits for it until readers see it. */
import { assert, describe, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Journal } from "../../src/journal/Journal.ts"
import { Health } from "../../src/observability/Health.ts"
import { StoredBase } from "../../src/storage/StoredBase.ts"
import { Server } from "../support/postgres.ts"
import { eventRecord } from "../support/records.ts"
import { inNewDatabase, stored } from "./drained.ts"

/** One that found its file damaged. */
const journalSetAside = Layer.effect(
  Journal,
  Journal.use((journal) => Effect.succeed({ ...journal, setAside: SET_ASIDE }))
)
const SET_ASIDE = { name: "journal.sqlite.corrupt-1", why: "It was cut off." }

describe("a base beside a journal that was set aside", () => {
  layer(Server.layer, { excludeTestServices: true, timeout: "60 seconds" })((it) => {
    it.effect("keeps the process from being ready until all of it is told, not only taken", () =>
      inNewDatabase(
        Effect.gen(function* () {
          yield* stored(eventRecord("1"))
          const base = yield* StoredBase
          const health = yield* Health
          const heard: (readonly [string, boolean])[] = []
          const note = (what: string) =>
            Effect.map(health.ready, ({ ok }) => {
              heard.push([what, ok])
            })
          yield* base.read(({ events }) => note(`taken ${events.length}`), note("told"))
          yield* note("over")
          assert.deepStrictEqual(heard, [
            ["taken 1", false],
            ["told", false],
            ["over", true]
          ])
        }).pipe(Effect.provide(StoredBase.layer.pipe(Layer.provide(journalSetAside), Layer.provideMerge(Health.layer))))
      )
    )
  })
})
