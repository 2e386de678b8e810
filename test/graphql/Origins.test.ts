import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Server } from "../../src/graphql/Server.ts"
import { api } from "./world.ts"

const DESK = "https://desk.example"
const STRANGER = "https://evil.example"
const WITH_DESK = { ACCESS_ORIGINS: DESK, ACCESS_TOKENS: `viewer:${"v".repeat(20)}` }

const fetched = Effect.fnUntraced(function* (init: RequestInit) {
  const { url } = yield* Server
  return yield* Effect.promise(() => fetch(`${url}/graphql`, init))
})

const preflight = (origin: string): RequestInit => ({
  method: "OPTIONS",
  headers: {
    origin,
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization,content-type"
  }
})

const query = (origin: string): RequestInit => ({
  method: "POST",
  headers: { origin, "content-type": "application/json", authorization: `Bearer ${"v".repeat(20)}` },
  body: '{"query":"{ bookmakers { id } }"}'
})

const allowedOrigin = ({ headers }: Response): string | null => headers.get("access-control-allow-origin")

describe("a page of an origin in ACCESS_ORIGINS", () => {
  it.effect("may ask beforehand, without a token, what it may send", () =>
    Effect.gen(function* () {
      const response = yield* fetched(preflight(DESK))
      assert.strictEqual(response.status, 204)
      assert.strictEqual(allowedOrigin(response), DESK)
      assert.include(response.headers.get("access-control-allow-methods"), "POST")
      assert.strictEqual(response.headers.get("access-control-allow-headers"), "authorization, content-type")
    }).pipe(Effect.provide(api({}, WITH_DESK)))
  )

  it.effect("may read its answer, which no cache may give to another", () =>
    Effect.gen(function* () {
      const response = yield* fetched(query(DESK))
      assert.strictEqual(response.status, 200)
      assert.strictEqual(allowedOrigin(response), DESK)
      assert.include(response.headers.get("vary")?.toLowerCase(), "origin")
    }).pipe(Effect.provide(api({}, WITH_DESK)))
  )

  it.effect("may read why its token was refused", () =>
    Effect.gen(function* () {
      const response = yield* fetched({ ...query(DESK), headers: { origin: DESK, "content-type": "application/json" } })
      assert.strictEqual(response.status, 401)
      assert.strictEqual(allowedOrigin(response), DESK)
    }).pipe(Effect.provide(api({}, WITH_DESK)))
  )
})

describe("a page of any other origin", () => {
  it.effect("is refused before and after, and may read nothing", () =>
    Effect.gen(function* () {
      for (const init of [preflight(STRANGER), query(STRANGER)]) {
        const response = yield* fetched(init)
        assert.strictEqual(response.status, 403)
        assert.isNull(allowedOrigin(response))
      }
    }).pipe(Effect.provide(api({}, WITH_DESK)))
  )
})
