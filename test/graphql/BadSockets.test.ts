/** Section W of the corpus of bad input: what a websocket client may do wrong, and what becomes of it. */
import { deflateRawSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { EventId } from "../../src/domain/Event.ts"
import type { Told } from "../../src/odds/Step.ts"
import { facts, snapshot } from "../support/snapshots.ts"
import { BINARY, CONTINUATION, frame, openRaw, PING, PONG, TEXT } from "./rawSocket.ts"
import type { Handshake } from "./rawSocket.ts"
import { House, house } from "./subscriptions/house.ts"

interface Case extends Handshake {
  /** Frames to send, and texts to wait for, in this order. */
  readonly steps?: readonly (Buffer | RegExp)[]
  readonly environment?: { readonly [name: string]: string }
  /** How long the server waits for it, by the virtual clock. */
  readonly after?: "25 seconds"
  readonly ends: Ending
}

/** Refused as HTTP, closed with a code, or answered and left alone. */
type Ending = { readonly status: number } | { readonly code: number } | { readonly says: RegExp }

const json = (message: object): Buffer => frame(TEXT, JSON.stringify(message))
const init = (payload: object): Buffer => json({ type: "connection_init", payload })
const subscribe = (id: string, query = "subscription { oddsUpdated { cursor } }"): Buffer =>
  json({ id, type: "subscribe", payload: { query } })
const many = (count: number, make: (i: number) => Buffer): readonly Buffer[] =>
  Array.from({ length: count }, (_, i) => make(i))

const INIT = init({})
const ACKNOWLEDGED = [INIT, /connection_ack/]
const ALIVE = { says: /"type":"pong"/ }
const ASK_ALIVE = json({ type: "ping" })

const VIEWER = "v".repeat(20)
const TOKENS = { ACCESS_TOKENS: `viewer:${VIEWER}`, ACCESS_ORIGINS: "https://good.example" }
const ALG_NONE = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${Buffer.from('{"role":"operator"}').toString("base64url")}.`

const origin = (value: string): Handshake => ({ headers: [`Origin: ${value}`] })
const DEEP = `subscription { oddsUpdated { ${"events { competition { ".repeat(10)} id ${"} }".repeat(10)} } }`
const INTROSPECTION = `{ __schema { types { ${"fields { type { ".repeat(5)} name ${"} }".repeat(5)} } } }`

const cases: Readonly<{ [name: string]: Case }> = {
  "W215 no Origin, which is no browser": { steps: [INIT], ends: { says: /connection_ack/ } },
  "W216 a foreign Origin": { ...origin("http://evil.example"), ends: { status: 403 } },
  "W217 the Origin null": { ...origin("null"), ends: { status: 403 } },
  "W218 an Origin that begins like a good one": {
    ...origin("https://good.example.evil.example"),
    environment: TOKENS,
    ends: { status: 403 }
  },
  "W219 a subprotocol that is not spoken": { protocols: "graphql-ws", ends: { code: 4406 } },
  "W220 the legacy subprotocol before the right one": {
    protocols: "graphql-ws, graphql-transport-ws",
    steps: [INIT],
    ends: { says: /connection_ack/ }
  },
  "W221 no connection_init within 3 seconds": { ends: { code: 4408 } },
  "W222 a second connection_init": { steps: [...ACKNOWLEDGED, INIT], ends: { code: 4429 } },
  "W223 a subscription before connection_ack": { steps: [subscribe("1")], ends: { code: 4401 } },
  "W224 connection_init with a megabyte": { steps: [init({ x: "x".repeat(1_000_000) })], ends: { code: 1009 } },
  "W224 connection_init with 5 kB": { steps: [init({ x: "x".repeat(5_000) })], ends: { code: 1009 } },
  "W225 a token that is none any more": {
    environment: TOKENS,
    steps: [init({ token: "w".repeat(20) })],
    ends: { code: 4403 }
  },
  "W226 a token of the algorithm none": {
    environment: TOKENS,
    steps: [init({ token: ALG_NONE })],
    ends: { code: 4403 }
  },
  "W227 a token in the address": {
    environment: TOKENS,
    path: `/graphql?token=${VIEWER}`,
    steps: [INIT],
    ends: { code: 4403 }
  },
  "W228 a binary message": { steps: [...ACKNOWLEDGED, frame(BINARY, "{}")], ends: { code: 4400 } },
  "W229 a text that is not UTF-8": {
    steps: [...ACKNOWLEDGED, frame(TEXT, Buffer.from([0xc3, 0x28]))],
    ends: { code: 1007 }
  },
  "W230 a text that is not JSON": { steps: [...ACKNOWLEDGED, frame(TEXT, "hello")], ends: { code: 4400 } },
  "W231 a type that is unknown": { steps: [...ACKNOWLEDGED, json({ type: "start" })], ends: { code: 4400 } },
  "W232 a subscription without an id": {
    steps: [...ACKNOWLEDGED, json({ type: "subscribe", payload: { query: "{ __typename }" } })],
    ends: { code: 4400 }
  },
  "W233 an id of a megabyte": { steps: [...ACKNOWLEDGED, subscribe("x".repeat(1_000_000))], ends: { code: 1009 } },
  "W234 an id that runs already": { steps: [...ACKNOWLEDGED, subscribe("1"), subscribe("1")], ends: { code: 4409 } },
  "W235 the end of what never began": {
    steps: [...ACKNOWLEDGED, json({ type: "complete", id: "7" }), ASK_ALIVE],
    ends: ALIVE
  },
  "W236 a twenty-first subscription": {
    steps: [...ACKNOWLEDGED, ...many(21, (i) => subscribe(String(i + 1)))],
    ends: { says: /"id":"21".*TOO_MANY_SUBSCRIPTIONS/ }
  },
  "W237 subscriptions begun and ended without a pause": {
    steps: [
      ...ACKNOWLEDGED,
      ...many(2_500, (i) => Buffer.concat([subscribe(`${i}`), json({ type: "complete", id: `${i}` })]))
    ],
    ends: { code: 4291 }
  },
  "W238 a flood of pings": { steps: [...ACKNOWLEDGED, ...many(10_000, () => frame(PING, ""))], ends: { code: 4291 } },
  "W238 a flood of the protocol's own pings": {
    steps: [...ACKNOWLEDGED, ...many(1_000, () => ASK_ALIVE)],
    ends: { code: 4291 }
  },
  "W239 a flood of pongs": { steps: [...ACKNOWLEDGED, ...many(10_000, () => frame(PONG, ""))], ends: { code: 4291 } },
  "W240 a ping that is never answered": { steps: ACKNOWLEDGED, after: "25 seconds", ends: { code: 1006 } },
  "W241 a message in 131,000 fragments": {
    steps: [
      ...ACKNOWLEDGED,
      frame(TEXT, "x", { first: TEXT }),
      ...many(131_000, () => frame(CONTINUATION, "x", { first: 0 }))
    ],
    ends: { code: 1008 }
  },
  "W242 a frame without a mask": {
    steps: [...ACKNOWLEDGED, frame(TEXT, "{}", { unmasked: true })],
    ends: { code: 1002 }
  },
  "W243 reserved bits": { steps: [...ACKNOWLEDGED, frame(TEXT, "{}", { first: 0xb1 })], ends: { code: 1002 } },
  "W243 an opcode that is reserved": { steps: [...ACKNOWLEDGED, frame(0x03, "{}")], ends: { code: 1002 } },
  "W244 a message of 64 kB and a byte": {
    steps: [...ACKNOWLEDGED, frame(TEXT, "x".repeat(65_537))],
    ends: { code: 1009 }
  },
  "W245 a claim of 2⁶³ bytes": {
    steps: [...ACKNOWLEDGED, frame(TEXT, "{}", { claims: 2n ** 63n })],
    ends: { code: 1009 }
  },
  "W246 a deflated bomb, offered and sent": {
    headers: ["Sec-WebSocket-Extensions: permessage-deflate"],
    steps: [...ACKNOWLEDGED, frame(TEXT, deflateRawSync(Buffer.alloc(10_000_000)), { first: 0xc1 })],
    ends: { code: 1002 }
  },
  "W247 a mutation by a viewer": {
    environment: TOKENS,
    steps: [
      init({ token: VIEWER }),
      /connection_ack/,
      subscribe("1", "mutation { pauseSchedule { errors { code } } }")
    ],
    ends: { says: /FORBIDDEN/ }
  },
  "W248 a subscription that is too deep": {
    steps: [...ACKNOWLEDGED, subscribe("1", DEEP)],
    ends: { says: /VALIDATION_FAILED/ }
  },
  "W248 a query that is too deep": {
    steps: [...ACKNOWLEDGED, subscribe("1", INTROSPECTION)],
    ends: { says: /VALIDATION_FAILED/ }
  }
}

describe("a websocket client that breaks the rules", () => {
  for (const [name, { steps = [], environment = {}, after = "0 seconds", ends, ...handshake }] of Object.entries(
    cases
  )) {
    it.effect(`meets its end, and nobody else does: ${name}`, () =>
      Effect.gen(function* () {
        const { url } = yield* House
        const [socket, neighbour] = [yield* openRaw(url, handshake), yield* openRaw(url)]
        const status = yield* socket.status
        for (const step of steps) {
          if (Buffer.isBuffer(step)) socket.send(step)
          else yield* socket.until(step)
        }
        neighbour.send(init({ token: VIEWER }))
        yield* neighbour.until(/connection_ack/)
        yield* TestClock.adjust(after)
        if ("status" in ends) assert.strictEqual(status, ends.status)
        if ("code" in ends) assert.strictEqual(yield* socket.closed, ends.code)
        if ("says" in ends) yield* socket.until(ends.says)
        const next = yield* openRaw(url)
        next.send(init({ token: VIEWER }))
        yield* next.until(/connection_ack/)
      }).pipe(Effect.scoped, Effect.provide(house({ environment })))
    )
  }
})

const PRICES = ["1x2_ft draw 3400", "1x2_ft away 4200"]

/** All of 300 events at another price. */
const change = (home: House["Service"], round: number): void =>
  home.tell(
    ...Array.from({ length: 300 }, (_, i) => EventId(String(1_000 + i))).flatMap((id): readonly Told[] => [
      { _tag: "Place", facts: facts({ id }), at: 0 },
      {
        _tag: "Observe",
        snapshot: snapshot(1_000 + round, [`1x2_ft home ${1_850 + round}`, ...PRICES], { eventId: id })
      }
    ])
  )

const turnOfTheLoop = Effect.callback<void>((resume) => void setImmediate(() => resume(Effect.void)))

describe("a websocket client that stops reading", () => {
  it.effect("is cut with everything on it: W249 with twenty subscriptions", () =>
    Effect.gen(function* () {
      const home = yield* House
      const socket = yield* openRaw(home.url)
      socket.send(INIT)
      yield* socket.until(/connection_ack/)
      socket.send(...many(20, (i) => subscribe(String(i + 1), FOLLOW)))
      yield* socket.until(/"id":"20"/)
      socket.pause()
      let round = 0
      yield* Effect.suspend(() => {
        change(home, (round += 1))
        return turnOfTheLoop
      }).pipe(Effect.repeat({ until: () => home.stats().behind > 0, times: 500 }))
      yield* TestClock.adjust("1 second").pipe(
        Effect.andThen(turnOfTheLoop),
        Effect.repeat({ until: () => home.sockets() === 0, times: 20 })
      )
      assert.strictEqual(home.sockets(), 0)
      assert.strictEqual(home.stats().subscriptions, 0)
    }).pipe(Effect.scoped, Effect.provide(house()))
  )

  it.effect("is dropped without a goodbye: W250 a line that is half open", () =>
    Effect.gen(function* () {
      const home = yield* House
      const socket = yield* openRaw(home.url)
      socket.send(INIT)
      yield* socket.until(/connection_ack/)
      socket.pause()
      yield* TestClock.adjust("24 seconds")
      yield* Effect.repeat(turnOfTheLoop, { until: () => home.sockets() === 0, times: 1_000 })
      assert.strictEqual(home.sockets(), 0)
    }).pipe(Effect.scoped, Effect.provide(house()))
  )
})

const FOLLOW = "subscription { oddsUpdated { cursor offers { id outcomes { outcome price } } } }"
