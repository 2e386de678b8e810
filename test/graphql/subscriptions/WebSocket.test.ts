import { connect as connectTcp } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { createClient } from "graphql-ws"
import { WebSocket } from "ws"
import { EventId } from "../../../src/domain/Event.ts"
import type { Run } from "../../../src/domain/Run.ts"
import type { Told } from "../../../src/odds/Step.ts"
import { facts, snapshot } from "../../support/snapshots.ts"
import { connect, foldOf, oddsOf, ODDS, reached, ready, subscribe } from "./client.ts"
import { House, house } from "./house.ts"

const PRICES = ["1x2_ft home 1850", "1x2_ft draw 3400", "1x2_ft away 4200"]

const fill = (home: House["Service"], events: number, at = 1_000, price = 1_850): void =>
  home.tell(
    ...Array.from({ length: events }, (_, i) => EventId(String(1_000 + i))).flatMap((id): readonly Told[] => [
      { _tag: "Place", facts: facts({ id }), at: 0 },
      { _tag: "Observe", snapshot: snapshot(at, [`1x2_ft home ${price}`, ...PRICES.slice(1)], { eventId: id }) }
    ])
  )

const runOf = (id: string, phase: Run["phase"], current = 0): Run => ({
  id,
  trigger: "MANUAL",
  request: { bookmakers: undefined, competitions: undefined, events: undefined },
  phase,
  startedAt: 1,
  endedAt: undefined,
  current,
  total: 3,
  eventsCount: 1,
  message: "",
  at: 1,
  counts: [],
  timings: [],
  durableSeq: undefined,
  failureCount: 0
})

const PROGRESS = `subscription($runId: ID) { scrapeProgress(runId: $runId, triggers: [MANUAL]) { runId phase current run { id } } }`
const ANY_PROGRESS = "subscription { scrapeProgress { runId phase } }"

describe("the websocket", () => {
  it.effect("says on connecting what world, epoch and role it speaks for", () =>
    Effect.gen(function* () {
      const home = yield* House
      const client = yield* connect(home.url)
      const { payload } = yield* client.until(({ type }) => type === "connection_ack")
      assert.deepInclude(JSON.parse(JSON.stringify(payload)), {
        version: "0.0.0-test",
        world: "test",
        epoch: "1763000000000",
        role: "operator"
      })
    }).pipe(Effect.provide(house()))
  )

  it.effect("leaves nobody without a word once the broadcaster has given up, who is subscribed and who asks then", () =>
    Effect.gen(function* () {
      const home = yield* House
      fill(home, 1)
      const client = yield* ready(home.url)
      subscribe(client, {}, "before")
      yield* client.until(({ id, type }) => id === "before" && type === "next")
      yield* home.giveUp("broadcaster", "a fault")
      const ended = yield* client.until(({ id, type }) => id === "before" && type === "error")
      subscribe(client, {}, "after")
      const refused = yield* client.until(({ id }) => id === "after")
      for (const told of [ended, refused])
        assert.match(JSON.stringify(told), /broadcaster: gave up after repeated failures \(a fault\).*"ACTOR_DOWN"/)
    }).pipe(Effect.provide(house()))
  )

  it.effect("serves the stock graphql-ws client", () =>
    Effect.gen(function* () {
      const home = yield* House
      fill(home, 1)
      const client = createClient({ url: home.url, webSocketImpl: WebSocket, retryAttempts: 0, lazy: true })
      const first = yield* Effect.promise(async () => {
        for await (const { data } of client.iterate({ query: ODDS })) return JSON.stringify(data)
        return ""
      })
      assert.include(first, '"reason":"FIRST"')
      yield* Effect.promise(async () => client.dispose())
    }).pipe(Effect.provide(house()))
  )

  it.effect("refuses a page of another origin, and one that pretends to be ours by its beginning", () =>
    Effect.gen(function* () {
      const { url } = yield* House
      for (const origin of [
        "http://evil.example",
        "null",
        `${url.replace("ws", "http").replace("/graphql", "")}.evil.example`
      ]) {
        const client = yield* connect(url, { origin })
        assert.strictEqual((yield* client.closed).code, 1006, origin)
      }
      const own = yield* connect(url, { origin: url.replace("ws", "http").replace("/graphql", "") })
      yield* own.until(({ type }) => type === "connection_ack")
    }).pipe(Effect.provide(house()))
  )

  it.effect("ends what breaks the protocol with the documented code", () =>
    Effect.gen(function* () {
      const { url } = yield* House
      const cases: readonly (readonly [string | Buffer, number])[] = [
        ["not json", 4400],
        [Buffer.from("{}"), 4400],
        [JSON.stringify({ type: "connection_init" }), 4429],
        ["x".repeat(64 * 1024 + 1), 1009],
        [JSON.stringify({ type: "unknown" }), 4400]
      ]
      for (const [data, code] of cases) {
        const client = yield* ready(url)
        client.socket.send(data)
        assert.strictEqual((yield* client.closed).code, code, String(data).slice(0, 40))
      }
      const twice = yield* ready(url)
      subscribe(twice, {})
      subscribe(twice, {})
      assert.strictEqual((yield* twice.closed).code, 4409)
    }).pipe(Effect.provide(house()))
  )

  it.effect("closes a client that sends more than 20 messages a second beyond 50, retryably", () =>
    Effect.gen(function* () {
      const { url } = yield* House
      const client = yield* ready(url)
      for (let i = 0; i < 60; i++) client.send({ type: "complete", id: "x" })
      assert.strictEqual((yield* client.closed).code, 4291)
    }).pipe(Effect.provide(house()))
  )

  it.effect("runs twenty subscriptions on a socket, and says why there is no twenty-first", () =>
    Effect.gen(function* () {
      const { url } = yield* House
      const client = yield* ready(url)
      for (let i = 1; i <= 21; i++) subscribe(client, {}, String(i))
      const refused = yield* client.until(({ type }) => type === "error")
      assert.strictEqual(refused.id, "21")
      assert.include(JSON.stringify(refused), "TOO_MANY_SUBSCRIPTIONS")
      client.send({ type: "complete", id: "20" })
      yield* client.until((message) => message.id === "19")
      subscribe(client, {}, "22")
      yield* client.until((message) => message.id === "22" && message.type === "next")
    }).pipe(Effect.provide(house()))
  )

  it.effect("runs an operation anew under the id of one just completed, and ends it when asked", () =>
    Effect.gen(function* () {
      const home = yield* House
      const client = yield* ready(home.url)
      subscribe(client, {})
      yield* client.until(({ type }) => type === "next")
      client.send({ type: "complete", id: "1" })
      subscribe(client, {})
      yield* Effect.repeat(turnOfTheLoop, { until: () => oddsOf(client).length === 2, times: 1_000 })
      assert.deepStrictEqual(
        oddsOf(client).map(({ reason }) => reason),
        ["FIRST", "FIRST"]
      )
      client.send({ type: "complete", id: "1" })
      yield* Effect.repeat(turnOfTheLoop, { until: () => home.stats().subscriptions === 0, times: 1_000 })
      assert.strictEqual(home.stats().subscriptions, 0)
      assert.strictEqual(home.subscriptions().get("oddsUpdated"), 0)
      assert.isFalse(client.received.some(({ type }) => type === "complete"))
    }).pipe(Effect.provide(house()))
  )

  it.effect("drops a client that answers no ping within 24 seconds", () =>
    Effect.gen(function* () {
      const { url } = yield* House
      const { port } = new URL(url)
      const ended = Promise.withResolvers<void>()
      const opened = Promise.withResolvers<void>()
      const socket = connectTcp(Number(port), "127.0.0.1")
      socket
        .on("data", () => opened.resolve())
        .on("close", () => ended.resolve())
        .on("error", () => undefined)
      socket.write(
        `GET /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.alloc(16).toString("base64")}\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n`
      )
      yield* Effect.promise(() => opened.promise)
      socket.write(maskedText(JSON.stringify({ type: "connection_init" })))
      yield* TestClock.adjust("25 seconds")
      yield* Effect.promise(() => ended.promise)
    }).pipe(Effect.provide(house()))
  )

  it.effect("tells everybody to come back when the server goes", () =>
    Effect.gen(function* () {
      const closed = yield* Effect.gen(function* () {
        const { url } = yield* House
        const client = yield* ready(url)
        subscribe(client, {})
        yield* client.until(({ type }) => type === "next")
        return client.closed
      }).pipe(Effect.provide(house()))
      assert.strictEqual((yield* closed).code, 1012)
    })
  )

  it.effect("sends a crowd away fifty at a time, and lets nobody back in", () =>
    Effect.gen(function* () {
      const { farewell, url } = yield* House
      const crowd = yield* Effect.forEach(Array.from({ length: 120 }), () => ready(url))
      const left: number[] = []
      for (const { socket } of crowd) socket.on("close", (code) => left.push(code))
      const leaving = yield* Effect.forkChild(farewell)
      yield* Effect.forEach(crowd.slice(0, 50), ({ closed }) => closed)
      assert.lengthOf(left, 50)
      const early = yield* connect(url)
      assert.strictEqual((yield* early.closed).code, 1006)
      yield* TestClock.adjust("50 millis")
      yield* Effect.forEach(crowd.slice(50, 100), ({ closed }) => closed)
      assert.lengthOf(left, 100)
      yield* TestClock.adjust("50 millis")
      yield* Fiber.join(leaving)
      yield* Effect.forEach(crowd, ({ closed }) => closed)
      assert.deepStrictEqual([...new Set(left)], [1012])
    }).pipe(Effect.provide(house()))
  )
})

describe("a client that stops reading", () => {
  it.effect("is cut with 4290, costs little, and hurts nobody", () =>
    Effect.gen(function* () {
      const home = yield* House
      fill(home, 300)
      const [healthy, paused] = [yield* ready(home.url), yield* ready(home.url)]
      for (const client of [healthy, paused]) {
        subscribe(client, {})
        yield* reached(client, home.digest({}).cursor)
      }
      paused.socket.pause()
      let round = 0
      const change = Effect.suspend(() => {
        round += 1
        fill(home, 300, 1_000 + round, 1_850 + round)
        return reached(healthy, home.digest({}).cursor)
      })
      // The kernel's buffers take some megabytes before anything is held up.
      yield* Effect.repeat(change, { until: () => home.stats().behind === 1, times: 500 })
      yield* Effect.repeat(change, { times: 10 })
      const before = oddsOf(paused).length
      yield* TestClock.adjust("1 second").pipe(
        Effect.andThen(turnOfTheLoop),
        Effect.repeat({ until: () => home.stats().cut === 1, times: 15 })
      )
      paused.socket.resume()
      assert.strictEqual((yield* paused.closed).code, 4290)
      // What lay in the kernel's buffers still arrives; the rest was kept as keys and never written.
      assert.isBelow(oddsOf(paused).length - before, round - 9)
      assert.deepStrictEqual(foldOf(oddsOf(healthy)).faults, [])
      assert.strictEqual(foldOf(oddsOf(healthy)).digest, home.digest({}).digest)

      const back = yield* ready(home.url)
      subscribe(back, { after: oddsOf(paused).at(-1)?.cursor })
      yield* reached(back, home.digest({}).cursor)
      assert.strictEqual(oddsOf(back)[0]?.kind, "RESUMED")
      assert.strictEqual(foldOf([...oddsOf(paused), ...oddsOf(back).slice(1)]).digest, home.digest({}).digest)
    }).pipe(Effect.provide(house()))
  )
})

describe("scrapeProgress", () => {
  const runs = [runOf("r1", "SCRAPING", 1), runOf("r1", "STORING", 3), runOf("r1", "COMPLETED", 3)]

  it.effect("tells a late observer where the run stands, every step, and its end", () =>
    Effect.gen(function* () {
      const client = yield* ready((yield* House).url)
      subscribe(client, { runId: "r1" }, "1", PROGRESS)
      yield* client.until(({ type }) => type === "complete")
      const phases = client.received.flatMap(
        ({ payload }) => JSON.stringify(payload)?.match(/"phase":"(\w+)"/)?.[1] ?? []
      )
      assert.deepStrictEqual(phases, ["SCRAPING", "STORING", "COMPLETED"])
    }).pipe(Effect.provide(house({ runs })))
  )

  it.effect("sends one message of a run that is only in storage, and completes", () =>
    Effect.gen(function* () {
      const client = yield* ready((yield* House).url)
      subscribe(client, { runId: "old" }, "1", PROGRESS)
      yield* client.until(({ type }) => type === "complete")
      assert.strictEqual(client.received.filter(({ type }) => type === "next").length, 1)
    }).pipe(Effect.provide(house({ stored: [runOf("old", "FAILED")] })))
  )

  const idle = Effect.gen(function* () {
    const home = yield* House
    const client = yield* ready(home.url)
    subscribe(client, {}, "1", ANY_PROGRESS)
    const stands = (count: number) =>
      Effect.repeat(turnOfTheLoop, {
        until: () => (home.subscriptions().get("scrapeProgress") ?? 0) === count,
        times: 1_000
      }).pipe(Effect.andThen(Effect.sync(() => home.subscriptions().get("scrapeProgress"))))
    assert.strictEqual(yield* stands(1), 1)
    return { client, stands }
  })

  it.effect("costs nothing once it is completed, also while no run moves", () =>
    Effect.gen(function* () {
      const { client, stands } = yield* idle
      client.send({ type: "complete", id: "1" })
      assert.strictEqual(yield* stands(0), 0)
    }).pipe(Effect.provide(house()))
  )

  it.effect("costs nothing once its socket has gone, also while no run moves", () =>
    Effect.gen(function* () {
      const { client, stands } = yield* idle
      client.socket.terminate()
      assert.strictEqual(yield* stands(0), 0)
    }).pipe(Effect.provide(house()))
  )

  it.effect("names a run that nobody knows", () =>
    Effect.gen(function* () {
      const client = yield* ready((yield* House).url)
      subscribe(client, { runId: "nope" }, "1", PROGRESS)
      const { payload } = yield* client.until(({ id }) => id === "1")
      assert.include(payload?.errors?.[0]?.message, '"nope"')
    }).pipe(Effect.provide(house()))
  )
})

/** What was due by the clock has been done once the event loop has gone round. */
const turnOfTheLoop = Effect.callback<void>((resume) => void setImmediate(() => resume(Effect.void)))

/** A client's frame, masked with zeroes. */
const maskedText = (text: string): Buffer =>
  Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)])
