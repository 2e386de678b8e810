import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { Supervisor } from "../../src/actor/Supervisor.ts"
import { Hub } from "../../src/broadcast/Hub.ts"
import { marketsRecord } from "../support/records.ts"
import { settableClock } from "../support/settableClock.ts"
import { makeSocket, membership } from "./floor.ts"

const hubLayer = Hub.layer.pipe(Layer.provide(Supervisor.layer))

const turnOfTheLoop = Effect.promise(() => new Promise<void>((resolve) => void setImmediate(resolve)))

const NOON = 12 * 3_600_000
const TEN_MINUTES = 600_000

/** A client that has been greeted. */
const subscribed = Effect.gen(function* () {
  const hub = yield* Hub
  const socket = makeSocket()
  const joined = hub.join({
    key: "group",
    membership,
    outbox: hub.connect(socket.wire),
    id: "1",
    mark: { epoch: 1, seq: 0 },
    end: () => undefined
  })
  joined.open({ leadsTo: () => true, next: () => ({ payload: '"hello"', last: true }) })
  while (socket.written.length === 0) yield* turnOfTheLoop
  return { hub, socket }
})

describe("publishing", () => {
  it.effect("returns before anything is written, and what one turn of the loop publishes goes out as one message", () =>
    Effect.gen(function* () {
      const { hub, socket } = yield* subscribed
      for (let seq = 1; seq <= 8; seq++) {
        hub.publish([{ epoch: 1, seq, record: marketsRecord(String(seq), 1850), durable: true }], { epoch: 1, seq })
      }
      assert.strictEqual(socket.written.length, 1)
      while (socket.written.length === 1) yield* turnOfTheLoop
      assert.strictEqual(socket.written.length, 2)
      assert.deepInclude(socket.payloads(), [
        0,
        8,
        JSON.stringify(Array.from({ length: 8 }, (_, i) => `markets ${i + 1} betpawa-ng:1`))
      ])
    }).pipe(Effect.provide(hubLayer))
  )

  it.effect.each([TEN_MINUTES, -TEN_MINUTES])("goes on when the host's clock is set by %d ms", (by) =>
    Effect.gen(function* () {
      yield* TestClock.setTime(NOON)
      const { host, setBy } = yield* settableClock
      yield* Effect.gen(function* () {
        const { hub, socket } = yield* subscribed
        yield* setBy(by)
        hub.publish([{ epoch: 1, seq: 1, record: marketsRecord("1", 1850), durable: true }], { epoch: 1, seq: 1 })
        yield* TestClock.adjust("1 second")
        yield* turnOfTheLoop
        assert.strictEqual(socket.written.length, 2)
        yield* TestClock.adjust("6 seconds")
        yield* turnOfTheLoop
        assert.strictEqual(socket.written.length, 3)
      }).pipe(Effect.provide(hubLayer), Effect.provideService(Clock.Clock, host))
    })
  )
})
