/** Runs and settings against a real Postgres, across restarts. */
import { assert, describe, layer } from "@effect/vitest"
import { Effect, Layer, SubscriptionRef } from "effect"
import { EventId } from "../../src/domain/Event.ts"
import { RunStore } from "../../src/domain/Run.ts"
import type { Run, RunFailure } from "../../src/domain/Run.ts"
import { DEFAULT_SETTINGS, LiveSettings } from "../../src/domain/Settings.ts"
import { memoryJournal } from "../support/MemoryJournal.ts"
import { Server, storage } from "../support/postgres.ts"
import { betpawa, NOW } from "../support/records.ts"

const run = (id: string, phase: Run["phase"] = "COMPLETED"): Run => ({
  id,
  phase,
  trigger: "MANUAL",
  request: { bookmakers: [betpawa], competitions: undefined, events: undefined },
  startedAt: NOW,
  endedAt: phase === "COMPLETED" ? NOW + 5 : undefined,
  current: 1,
  total: 2,
  eventsCount: 3,
  message: "A sentence.",
  at: NOW + 5,
  counts: [{ bookmakerId: betpawa, discovered: 1, planned: 1, fetched: 1, failed: 0, gone: 0 }],
  timings: [{ stage: "fetch", bookmakerId: undefined, count: 1, p50: 1.5, p95: 2, p99: 3, total: 4 }],
  durableSeq: 7,
  failureCount: 1
})

const failure = (runId: string, number: number): RunFailure => ({
  id: `${runId}/${number}`,
  bookmakerId: betpawa,
  eventId: EventId("1"),
  class: "BLOCKED",
  message: "Refused.",
  durationMs: 12,
  at: NOW
})

const life = <A, E>(
  url: Effect.Success<Server["Service"]["newDatabase"]>,
  use: Effect.Effect<A, E, RunStore | LiveSettings>
) => Effect.provide(use, Layer.fresh(storage(url)).pipe(Layer.provide(memoryJournal(NOW))))

/** Waits until Postgres has it: saving does not. */
const saved = (id: string) =>
  RunStore.use((store) =>
    Effect.flatMap(store.get(id), (found) => (found === undefined ? Effect.fail("not yet") : Effect.succeed(found)))
  ).pipe(Effect.eventually)

describe("Runs", () => {
  layer(Server.layer, { excludeTestServices: true, timeout: "60 seconds" })((it) => {
    it.effect("gives runs and failures back as they were saved, newest run first, page by page", () =>
      Effect.gen(function* () {
        const url = yield* Server.use((server) => server.newDatabase)
        yield* life(
          url,
          Effect.gen(function* () {
            const store = yield* RunStore
            yield* store.save(run("a", "SCRAPING"), [failure("a", 1)])
            yield* store.save(run("a"), [failure("a", 2), failure("a", 3)])
            yield* store.save(run("b"), [])
            assert.deepStrictEqual(yield* saved("a"), run("a"))
            yield* saved("b")
            const page = yield* store.list(["MANUAL"], 1, undefined)
            assert.deepStrictEqual(
              [page.nodes.map(({ id }) => id), page.hasNextPage, page.totalCount],
              [["b"], true, 2]
            )
            assert.deepStrictEqual((yield* store.list(["MANUAL"], 5, "b")).nodes, [run("a")])
            const failures = yield* store.failures("a", 1, "a/1")
            assert.deepStrictEqual(failures, { nodes: [failure("a", 2)], hasNextPage: true, totalCount: 3 })
          })
        )
      })
    )

    it.effect("closes a run that was cut by the end of its process", () =>
      Effect.gen(function* () {
        const url = yield* Server.use((server) => server.newDatabase)
        yield* life(
          url,
          Effect.andThen(
            RunStore.use((store) => store.save(run("cut", "SCRAPING"), [])),
            saved("cut")
          )
        )
        yield* life(
          url,
          Effect.gen(function* () {
            const store = yield* RunStore
            yield* store.save(run("own", "SCRAPING"), [])
            yield* saved("own")
            const cut = yield* saved("cut")
            assert.strictEqual(cut.phase, "FAILED")
            assert.include(cut.message, "Interrupted")
            assert.strictEqual((yield* saved("own")).phase, "SCRAPING")
          })
        )
      })
    )
  })
})

describe("SettingsStore", () => {
  layer(Server.layer, { excludeTestServices: true, timeout: "60 seconds" })((it) => {
    const update = (...change: Parameters<LiveSettings["Service"]["update"]>) =>
      LiveSettings.use((settings) => settings.update(...change)).pipe(
        Effect.retry({ while: (error) => error.message.includes("not open yet") })
      )
    const current = LiveSettings.use((settings) => SubscriptionRef.get(settings.current))

    it.effect("applies a change at once and keeps it for the next start", () =>
      Effect.gen(function* () {
        const url = yield* Server.use((server) => server.newDatabase)
        const changed = { ...DEFAULT_SETTINGS, batchSize: 7, version: 2 }
        yield* life(
          url,
          Effect.gen(function* () {
            assert.deepStrictEqual(yield* update({ batchSize: 7 }, "ann", 1), [])
            assert.deepStrictEqual(yield* current, changed)
          })
        )
        yield* life(
          url,
          Effect.gen(function* () {
            assert.deepStrictEqual(yield* update({ batchSize: 8 }, "ann", 1), [
              {
                code: "CONFLICT",
                path: ["expectedVersion"],
                value: "1",
                message: "Settings: version 1 is no longer the newest, 2 is; read them again and repeat the change."
              }
            ])
            assert.deepStrictEqual(yield* update({ skewBoundMs: 5_000 }, "bob", undefined), [])
            assert.deepStrictEqual(yield* current, { ...changed, skewBoundMs: 5_000, version: 3 })
          })
        )
      })
    )

    it.effect("refuses each field that is out of bounds, and changes nothing", () =>
      Effect.gen(function* () {
        const url = yield* Server.use((server) => server.newDatabase)
        yield* life(
          url,
          Effect.gen(function* () {
            const faults = yield* update(
              { batchSize: 0, pace: { "betpawa-ng": { concurrency: 1_000, delayMs: -1 } }, tiers: [] },
              "ann",
              undefined
            )
            assert.deepStrictEqual(
              faults.map(({ path }) => path.join(".")),
              ["batchSize", "pace.betpawa-ng.concurrency", "pace.betpawa-ng.delayMs", "tiers"]
            )
            assert.deepStrictEqual(yield* current, DEFAULT_SETTINGS)
          })
        )
      })
    )
  })
})
