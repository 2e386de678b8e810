/** What the house still does when it is told to end, and how long it takes at most. */
import { createServer } from "node:http"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import { Server } from "../../src/graphql/Server.ts"
import { leave } from "../../src/Leaving.ts"
import { Matcher } from "../../src/matching/Matcher.ts"
import { Scraping } from "../../src/scraping/Scraping.ts"
import { Database } from "../../src/storage/Database.ts"
import { Writer } from "../../src/storage/Writer.ts"

/** Rooms that write down what is asked of them; Postgres takes everything once `taken` has ended. */
const rooms = (asked: string[], taken: Effect.Effect<void>, reachable = true) =>
  Layer.mergeAll(
    Layer.mock(Database, {
      reachability: () => ({ reachable, since: 0, lastError: undefined }),
      generation: () => 0,
      folder: undefined,
      stood: undefined
    }),
    Layer.mock(Server, {
      node: createServer(),
      host: "127.0.0.1",
      port: 0,
      url: "",
      farewell: Effect.sync(() => void asked.push("farewell"))
    }),
    Layer.mock(Scraping, { stop: Effect.sync(() => void asked.push("stop")) }),
    Layer.mock(Matcher, {
      settled: Effect.sync(() => asked.push("settled")),
      confirmedAt: () => undefined,
      competitionAt: () => undefined,
      standing: () => ({ state: "CONFIRMED", since: 0 })
    }),
    Layer.mock(Writer, {
      drained: () => ({ epoch: 1, seq: 0 }),
      rowsWritten: () => 0,
      held: () => undefined,

      caughtUp: Effect.andThen(
        taken,
        Effect.sync(() => void asked.push("stored"))
      )
    })
  )

describe("leave", () => {
  it.effect("waits until what was fetched last is durable and then stored, and sends subscribers away meanwhile", () =>
    Effect.gen(function* () {
      const asked: string[] = []
      const taken = yield* Deferred.make<void>()
      const leaving = yield* Effect.forkChild(Effect.provide(leave, rooms(asked, Deferred.await(taken))))
      yield* TestClock.adjust("9 seconds")
      assert.deepStrictEqual(asked, ["stop", "settled", "farewell"])
      yield* Deferred.succeed(taken, undefined)
      yield* Fiber.join(leaving)
      assert.deepStrictEqual(asked, ["stop", "settled", "farewell", "stored"])
    })
  )

  it.effect("goes after 10 s without Postgres, also where nothing interrupts it", () =>
    Effect.gen(function* () {
      const leaving = yield* Effect.forkChild(Effect.uninterruptible(Effect.provide(leave, rooms([], Effect.never))))
      yield* TestClock.adjust("10 seconds")
      yield* Fiber.join(leaving)
    })
  )

  it.effect("waits two seconds for a Postgres that is away, and not ten", () =>
    Effect.gen(function* () {
      const leaving = yield* Effect.forkChild(Effect.provide(leave, rooms([], Effect.never, false)))
      yield* TestClock.adjust("3 seconds")
      yield* Fiber.join(leaving)
    })
  )
})
