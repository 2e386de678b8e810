/** What is refused is refused wherever it comes in and whoever sends it: POST, GET and websocket; viewer, operator, nobody. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { hostileDocuments } from "./hostileDocuments.ts"
import { ask, send } from "./http.ts"
import { frame, openRaw, TEXT } from "./rawSocket.ts"
import { House, house } from "./subscriptions/house.ts"
import { api } from "./world.ts"

const TOKENS = { viewer: "v".repeat(20), operator: "o".repeat(20), nobody: "n".repeat(20) }
const environment = { ACCESS_TOKENS: `viewer:${TOKENS.viewer},operator:${TOKENS.operator}` }

const get = (query: string, headers: Readonly<{ [name: string]: string }>) =>
  send(`/graphql?query=${encodeURIComponent(query)}`, { headers: { accept: "application/json", ...headers } })

const INTROSPECTION = {
  "G201 the whole schema": "{ __schema { types { name fields { name type { name ofType { name } } } } } }",
  "G202 a type by its name": '{ __type(name: "Event") { fields { name } } }'
}

describe("a document that is refused", () => {
  for (const [name, query] of Object.entries(hostileDocuments)) {
    it.effect(`gets a sentence over HTTP, never a 500 nor an answer, and costs at most 50 ms: ${name}`, () =>
      Effect.gen(function* () {
        for (const token of Object.values(TOKENS)) {
          const headers = { authorization: `Bearer ${token}` }
          for (const request of [ask(query, {}, headers), get(query, headers)]) {
            const { status, data, text } = yield* request
            assert.isAtLeast(status, 400, text)
            assert.isBelow(status, 500, text)
            assert.isUndefined(data)
          }
        }
        const headers = { authorization: `Bearer ${TOKENS.operator}` }
        assert.isAtMost(yield* leastCpu(ask(query, {}, headers)), 50)
      }).pipe(Effect.provide(api({}, environment)))
    )

    it.effect(`gets a sentence over the websocket, which lives on: ${name}`, () =>
      Effect.gen(function* () {
        const { url } = yield* House
        for (const token of [TOKENS.viewer, TOKENS.operator]) {
          const socket = yield* openRaw(url)
          socket.send(json({ type: "connection_init", payload: { token } }))
          yield* socket.until(/connection_ack/)
          socket.send(json({ id: "1", type: "subscribe", payload: { query: query.slice(0, 60_000) } }))
          const { type, payload } = JSON.parse(yield* socket.until(/"id":"1"/))
          assert.strictEqual(type, "error")
          for (const { extensions } of payload) assert.notStrictEqual(extensions.code, "INTERNAL")
          socket.send(json({ type: "ping" }))
          yield* socket.until(/"type":"pong"/)
        }
      }).pipe(Effect.scoped, Effect.provide(house({ environment })))
    )
  }

  it.effect("says nothing about the schema to who has no token, and all of it to who has one (G201–G203)", () =>
    Effect.gen(function* () {
      for (const query of Object.values(INTROSPECTION)) {
        for (const request of [ask, (text: string, _: object, headers: object) => get(text, { ...headers })]) {
          assert.strictEqual((yield* request(query, {}, {})).status, 401)
          assert.strictEqual((yield* request(query, {}, { authorization: `Bearer ${TOKENS.viewer}` })).status, 200)
        }
      }
    }).pipe(Effect.provide(api({}, environment)))
  )
})

const json = (message: object): Buffer => frame(TEXT, JSON.stringify(message))

/** Milliseconds of CPU of the whole process, client included; the least of three, because others' garbage is collected too. */
const leastCpu = <A, E, R>(request: Effect.Effect<A, E, R>) =>
  Effect.forEach([1, 2, 3], () =>
    Effect.gen(function* () {
      const before = process.cpuUsage()
      yield* request
      const { user, system } = process.cpuUsage(before)
      return (user + system) / 1_000
    })
  ).pipe(Effect.map((times) => Math.min(...times)))
