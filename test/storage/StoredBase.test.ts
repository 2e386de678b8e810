/** The base from Postgres: who asks whether the process is ready waits for it until readers see it. */
import { assert, describe, layer } from "@effect/vitest"
import { Clock, Effect, Layer } from "effect"
import { Journal } from "../../src/journal/Journal.ts"
import type { Unbased } from "../../src/journal/Journal.ts"
import { Health } from "../../src/observability/Health.ts"
import { Database } from "../../src/storage/Database.ts"
import { StoredBase } from "../../src/storage/StoredBase.ts"
import { Server } from "../support/postgres.ts"
import { eventRecord } from "../support/records.ts"
import { settableClock } from "../support/settableClock.ts"
import { inNewDatabase, stored } from "./drained.ts"

/** As it is where the journal's file was found damaged, and where a database of this standing comes along without one. */
const base = (unbased: Unbased, stood: boolean | undefined) =>
  StoredBase.layer.pipe(
    Layer.provide([
      Layer.effect(
        Journal,
        Journal.use((journal) => Effect.succeed({ ...journal, unbased }))
      ),
      Layer.effect(
        Database,
        Database.use((database) => Effect.succeed({ ...database, stood }))
      )
    ]),
    Layer.provideMerge(Health.layer)
  )

describe("a base beside a new journal", () => {
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
        }).pipe(Effect.provide(base("SET_ASIDE", undefined)))
      )
    )

    for (const [what, unbased, stood, isReady] of [
      ["for as long as it takes where a file was set aside", "SET_ASIDE", false, [false, false]],
      ["for as long as it takes where our database was there before", "NEW", true, [false, false]],
      ["ten seconds where somebody named a database", "NEW", undefined, [false, true]],
      ["not at all where both are new", "NEW", false, [true, true]]
    ] as const) {
      it.effect(`is waited for ${what}`, () =>
        inNewDatabase(
          Effect.gen(function* () {
            const { isExpected, read } = yield* StoredBase
            const health = yield* Health
            const { host, setBy } = yield* settableClock
            const isReadyAfter = (ms: number) =>
              Effect.andThen(
                setBy(ms),
                Effect.map(health.ready, ({ ok }) => ok)
              ).pipe(Effect.provideService(Clock.Clock, host))
            yield* read(() => Effect.void, Effect.never).pipe(
              Effect.provideService(Clock.Clock, host),
              Effect.forkScoped({ startImmediately: true })
            )
            const found = [yield* isReadyAfter(5_000), yield* isReadyAfter(3_600_000)]
            assert.deepStrictEqual([isExpected, ...found], [!isReady[0], ...isReady])
          }).pipe(Effect.scoped, Effect.provide(base(unbased, stood)))
        )
      )
    }
  })
})
