/** What the pulse finds of a server that takes connections and says nothing. */
import { once } from "node:events"
import { createServer } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Queue, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { pulse } from "../../../src/storage/connection/Pulse.ts"

const silentServer = Effect.acquireRelease(
  Effect.promise(async () => {
    const server = createServer().listen(0, "127.0.0.1")
    await once(server, "listening")
    return server
  }),
  (server) => Effect.sync(() => server.close())
)

describe("the pulse", () => {
  it.effect("tells of silence when it began, not when its patience ended", () =>
    Effect.gen(function* () {
      const address = (yield* silentServer).address()
      const port = typeof address === "object" ? address?.port : undefined
      const told = yield* Queue.unbounded<readonly [complaint: string | undefined, askedAt: number]>()
      yield* TestClock.adjust("1 minute")
      yield* pulse(
        () => Redacted.make(`postgres://oddswire@127.0.0.1:${port}/postgres`),
        (complaint, askedAt) => Effect.asVoid(Queue.offer(told, [complaint, askedAt]))
      )
      yield* TestClock.adjust("2 seconds")
      assert.deepStrictEqual(yield* Queue.take(told), ["Postgres: no answer in 2 s.", 60_000])
    })
  )
})
