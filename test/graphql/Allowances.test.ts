/** How much one address and one token may have, where tokens are configured; without them nobody is counted. */
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect } from "effect"
import { TestClock } from "effect/testing"
import { makeStrangers } from "../../src/graphql/admission/Strangers.ts"
import { settableClock } from "../support/settableClock.ts"
import { ask, codes, send } from "./http.ts"
import { frame, openRaw, TEXT } from "./rawSocket.ts"
import { House, house } from "./subscriptions/house.ts"
import { api } from "./world.ts"

const VIEWER = "v".repeat(20)
const OPERATOR = "o".repeat(20)
const environment = { ACCESS_TOKENS: `viewer:${VIEWER},operator:${OPERATOR}` }

const times = (count: number) => Array.from({ length: count }, (_, i) => i)
const json = (message: object): Buffer => frame(TEXT, JSON.stringify(message))
const INIT = json({ type: "connection_init", payload: { token: VIEWER } })
const PAUSE = 'mutation { pauseSchedule(bookmakers: ["nobody"]) { errors { code } } }'

const post = { method: "POST", headers: { "content-type": "application/json" }, body: '{"query":"{ __typename }"}' }
const requests = {
  POST: ["/graphql", post],
  GET: ["/graphql?query={__typename}", { headers: { accept: "application/json" } }]
} as const

describe("requests of one address", () => {
  for (const [method, [path, init]] of Object.entries(requests)) {
    it.effect(`are refused beyond a hundred at once, retryably, whoever sends them: ${method}`, () =>
      Effect.gen(function* () {
        for (const status of (yield* Effect.forEach(times(100), () => send(path, init))).map((answer) => answer.status))
          assert.strictEqual(status, 401)
        const refused = yield* send(path, init)
        assert.strictEqual(refused.status, 429)
        assert.deepInclude(refused.errors[0]?.extensions, {
          code: "TOO_MANY_REQUESTS",
          retryable: true,
          retryAfterMs: 1_000
        })
        yield* TestClock.adjust("1 second")
        assert.strictEqual((yield* send(path, init)).status, 401)
      }).pipe(Effect.provide(api({}, environment)))
    )
  }

  it.effect("are not counted where only this machine can send any", () =>
    Effect.gen(function* () {
      for (const answer of yield* Effect.forEach(times(120), () => send("/graphql", post)))
        assert.strictEqual(answer.status, 200)
    }).pipe(Effect.provide(api()))
  )
})

describe("mutations of one token", () => {
  it.effect("are refused beyond five in a second, over HTTP, aliases counted one by one", () =>
    Effect.gen(function* () {
      const headers = { authorization: `Bearer ${OPERATOR}` }
      const fields = times(6).map((i) => `m${i}: pauseSchedule(bookmakers: ["nobody"]) { errors { code } }`)
      const answer = yield* ask(`mutation { ${fields.join(" ")} }`, {}, headers)
      assert.deepStrictEqual(codes(answer), ["TOO_MANY_REQUESTS"])
      assert.include(JSON.stringify(answer.errors[0]?.path), "m5")
      assert.strictEqual((yield* ask("{ bookmakers { id } }", {}, headers)).status, 200)
    }).pipe(Effect.provide(api({}, environment)))
  )

  it.effect("are refused beyond five in a second, over the websocket", () =>
    Effect.gen(function* () {
      const socket = yield* openRaw((yield* House).url)
      socket.send(json({ type: "connection_init", payload: { token: OPERATOR } }))
      yield* socket.until(/connection_ack/)
      socket.send(...times(6).map((i) => json({ id: `m${i}`, type: "subscribe", payload: { query: PAUSE } })))
      assert.include(yield* socket.until(/"id":"m5"/), "TOO_MANY_REQUESTS")
      assert.notInclude(yield* socket.until(/"id":"m4"/), "TOO_MANY_REQUESTS")
    }).pipe(Effect.scoped, Effect.provide(house({ environment })))
  )
})

describe("sockets", () => {
  it.effect("without a token are twenty of one address; the next one is told to come back later", () =>
    Effect.gen(function* () {
      const { url } = yield* House
      const strangers = yield* Effect.forEach(times(20), () => openRaw(url))
      yield* Effect.forEach(strangers, ({ status }) => status)
      assert.strictEqual(yield* (yield* openRaw(url)).closed, 4503)
      strangers[0]?.send(INIT)
      yield* strangers[0]?.until(/connection_ack/) ?? Effect.void
      const next = yield* openRaw(url)
      next.send(INIT)
      yield* next.until(/connection_ack/)
    }).pipe(Effect.scoped, Effect.provide(house({ environment })))
  )

  it.effect("of one token are fifty", () =>
    Effect.gen(function* () {
      const { url } = yield* House
      const enter = Effect.gen(function* () {
        const socket = yield* openRaw(url)
        socket.send(INIT)
        return socket
      })
      for (const socket of yield* Effect.forEach(times(50), () => enter)) yield* socket.until(/connection_ack/)
      assert.strictEqual(yield* (yield* enter).closed, 4503)
    }).pipe(Effect.scoped, Effect.provide(house({ environment })))
  )

  it.effect("of one token run a hundred subscriptions together", () =>
    Effect.gen(function* () {
      const { url } = yield* House
      const query = "subscription { oddsUpdated { cursor } }"
      for (const _ of times(5)) {
        const socket = yield* openRaw(url)
        socket.send(INIT)
        yield* socket.until(/connection_ack/)
        socket.send(...times(20).map((i) => json({ id: `s${i}`, type: "subscribe", payload: { query } })))
        yield* socket.until(/"id":"s19"/)
      }
      const sixth = yield* openRaw(url)
      sixth.send(INIT)
      yield* sixth.until(/connection_ack/)
      sixth.send(json({ id: "s0", type: "subscribe", payload: { query } }))
      assert.include(yield* sixth.until(/"id":"s0"/), "TOO_MANY_SUBSCRIPTIONS")
    }).pipe(Effect.scoped, Effect.provide(house({ environment })))
  )

  it.effect("may go on talking when the host's clock is set back", () =>
    Effect.gen(function* () {
      const { host, setBy } = yield* settableClock
      yield* Effect.gen(function* () {
        const socket = yield* openRaw((yield* House).url)
        socket.send(INIT)
        yield* socket.until(/connection_ack/)
        yield* setBy(-600_000)
        socket.send(json({ type: "ping" }))
        assert.strictEqual(
          yield* Effect.raceFirst(Effect.as(socket.until(/"type":"pong"/), "answered"), socket.closed),
          "answered"
        )
      }).pipe(Effect.scoped, Effect.provide(house({ environment })), Effect.provideService(Clock.Clock, host))
    })
  )

  it("without a token are five hundred of all addresses together", () => {
    const strangers = makeStrangers()
    const all = times(500).map(() => ({ caller: undefined }))
    for (const [i, stranger] of all.entries()) {
      assert.isTrue(strangers.hasRoomFor(`address ${i}`))
      strangers.came(stranger, `address ${i}`)
    }
    assert.isFalse(strangers.hasRoomFor("another"))
    strangers.gone(all[0] ?? assert.fail())
    assert.isTrue(strangers.hasRoomFor("another"))
  })
})
