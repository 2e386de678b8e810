import { channel } from "node:diagnostics_channel"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { EventId } from "../../../src/domain/Event.ts"
import type { Told } from "../../../src/odds/Step.ts"
import { facts, snapshot } from "../../support/snapshots.ts"
import { foldOf, oddsOf, reached, ready, subscribe } from "./client.ts"
import { House, house } from "./house.ts"

const match = (id: string, home: number): readonly Told[] => [
  { _tag: "Place", facts: facts({ id: EventId(id) }), at: 0 },
  { _tag: "Observe", snapshot: snapshot(home, [`1x2_ft home ${home}`], { eventId: EventId(id) }) }
]

describe("subscriptions on one socket", () => {
  it.effect("come and go, fifty of them, without disturbing another on it", () =>
    Effect.gen(function* () {
      const home = yield* House
      home.tell(...match("1", 1_850), ...match("2", 1_850))
      const client = yield* ready(home.url)
      subscribe(client, {}, "steady")
      yield* client.until(({ id }) => id === "steady")
      for (let i = 0; i < 50; i++) {
        // Every second one shares the messages of the steady one.
        subscribe(client, i % 2 === 0 ? {} : { filter: { events: [String(1 + (i % 3))] } }, `guest ${i}`)
        yield* client.until(({ id }) => id === `guest ${i}`)
        home.tell(...match("1", 1_900 + i))
        client.send({ id: `guest ${i}`, type: "complete" })
        // What a client may send in a second is bounded.
        yield* TestClock.adjust("200 millis")
        yield* reached(client, home.digest({}).cursor, "steady")
      }
      const steady = oddsOf(client, "steady")
      assert.isAtLeast(steady.length, 51)
      for (const [i, { previousCursor }] of steady.entries())
        assert.strictEqual(previousCursor, steady[i - 1]?.cursor ?? null)
      assert.strictEqual(foldOf(steady).digest, home.digest({}).digest)
      assert.deepInclude(home.stats(), { connections: 1, subscriptions: 1, groups: 1, behind: 0 })
    }).pipe(Effect.provide(house()))
  )
})

describe("a group", () => {
  it.effect("holds nothing of the socket that was its first, once that has gone", () =>
    Effect.gen(function* () {
      const home = yield* House
      home.tell(...match("1", 1_850))
      const sockets: WeakRef<object>[] = []
      const accepted = channel("net.server.socket")
      const see = (message: unknown): void => {
        if (typeof message === "object" && message !== null && "socket" in message && message.socket instanceof Object)
          sockets.push(new WeakRef(message.socket))
      }
      accepted.subscribe(see)
      const [first, second] = [yield* ready(home.url), yield* ready(home.url)]
      accepted.unsubscribe(see)
      for (const client of [first, second]) {
        subscribe(client, {})
        yield* reached(client, home.digest({}).cursor)
      }
      assert.deepInclude(home.stats(), { subscriptions: 2, groups: 1 })
      first.socket.close(1000)
      yield* first.closed
      home.tell(...match("1", 1_900))
      yield* reached(second, home.digest({}).cursor)
      yield* collected.pipe(Effect.repeat({ until: () => sockets[0]?.deref() === undefined, times: 20 }))
      assert.isUndefined(sockets[0]?.deref())
      assert.isDefined(sockets[1]?.deref())
    }).pipe(Effect.provide(house()))
  )
})

setFlagsFromString("--expose-gc")
const collectGarbage: unknown = runInNewContext("gc")

/** In a later turn of the loop, since what a turn has looked at it keeps. */
const collected = Effect.callback<void>((resume) => {
  setImmediate(() => {
    if (typeof collectGarbage === "function") collectGarbage()
    resume(Effect.void)
  })
})
