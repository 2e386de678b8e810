import { connect } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Server } from "../../src/graphql/Server.ts"
import { hostileDocuments } from "./hostileDocuments.ts"
import { ask, codes, send } from "./http.ts"
import type { Answer } from "./http.ts"
import { api } from "./world.ts"

const keyOf = (...parts: readonly unknown[]): string => Buffer.from(JSON.stringify(parts)).toString("base64url")

const inputs: Readonly<Record<string, readonly [query: string, variables?: Readonly<Record<string, unknown>>]>> = {
  "G197 a list of 100,000": [
    "query ($ids: [ID!]) { events(filter: { competitions: $ids }) { totalCount } }",
    { ids: Array.from({ length: 20_000 }, () => "x") }
  ],
  "G198 first of two billion": ["{ events(first: 2147483647) { totalCount } }"],
  "G199 first below zero": ["{ events(first: -1) { totalCount } }"],
  "G200 an Int that overflows": ["{ events(first: 21474836470) { totalCount } }"],
  "an unknown bookmaker": ['{ events(filter: { missingAt: ["bet9ja"] }) { totalCount } }'],
  "an unknown market": [
    '{ oddsHistory(filter: { markets: ["1x2ft"], from: "2026-11-20T00:00:00Z", to: "2026-11-21T00:00:00Z" }) { nodes { seq } } }'
  ],
  "a time without an offset": ['{ events(filter: { kickoffFrom: "2026-11-20T00:00:00" }) { totalCount } }'],
  "a day that does not exist": ['{ events(filter: { kickoffFrom: "2026-02-30T00:00:00Z" }) { totalCount } }'],
  "a span that is empty": [
    '{ oddsHistory(filter: { markets: ["1x2_ft"], from: "2026-11-21T00:00:00Z", to: "2026-11-20T00:00:00Z" }) { nodes { seq } } }'
  ],
  "an after that is none of ours": ['{ events(after: "zzz") { totalCount } }'],
  "an after with a place that is no whole number": [
    'query ($after: String) { oddsHistory(filter: { markets: ["1x2_ft"], from: "2026-11-20T00:00:00Z", to: "2026-11-21T00:00:00Z" }, after: $after) { nodes { seq } } }',
    { after: keyOf("oddsHistory", 1e300, 0.5, 0) }
  ],
  "an after that holds a NUL": [
    "query ($after: String) { scrapeRuns(after: $after) { totalCount } }",
    { after: keyOf("scrapeRuns", "\u0000") }
  ],
  "an asOf before what is kept": ['{ event(id: "100", asOf: "2001-01-01T00:00:00Z") { id } }'],
  "an asOf in the future": ['{ event(id: "100", asOf: "2999-01-01T00:00:00Z") { id } }'],
  "an odds filter with an unknown bookmaker": ['{ cacheDigest(filter: { bookmakers: ["nobody"] }) { digest } }']
}

const isRefused = ({ status, data, errors, text }: Answer): void => {
  assert.isBelow(status, 500, text)
  assert.isAtLeast(errors.length, 1, text)
  assert.isAtMost(errors.length, 5)
  assert.notMatch(JSON.stringify(data ?? null), /:[^n]/)
  for (const { extensions } of errors) {
    assert.hasAllKeys(extensions, ["code", "retryable", "retryAfterMs", "requestId"])
    assert.notStrictEqual(extensions["code"], "INTERNAL")
  }
}

describe("a document that asks for too much, or is none", () => {
  for (const [name, query] of Object.entries(hostileDocuments)) {
    it.effect(`is refused: ${name}`, () => Effect.map(ask(query), isRefused).pipe(Effect.provide(api())))
  }
})

describe("an argument that cannot be meant", () => {
  for (const [name, [query, variables]] of Object.entries(inputs)) {
    it.effect(`is refused: ${name}`, () => Effect.map(ask(query, variables), isRefused).pipe(Effect.provide(api())))
  }

  it.effect("is answered with the nearest known names", () =>
    Effect.gen(function* () {
      const bookmaker = yield* ask('{ events(filter: { missingAt: ["bet9ja"] }) { totalCount } }')
      assert.include(bookmaker.errors[0]?.message, "bet9ja-ng")
      const market = yield* ask('query ($e: ID!) { event(id: $e) { comparisons(markets: ["1x2ft"]) { id } } }', {
        e: "100"
      })
      assert.include(market.errors[0]?.message, "1x2_ft")
      assert.deepStrictEqual(codes(market), ["BAD_INPUT"])
    }).pipe(Effect.provide(api()))
  )

  it.effect("is answered in the same words wherever it stands", () =>
    Effect.gen(function* () {
      for (const [words, key] of [
        ['Unknown market "1x2ft"; nearest known: 1x2_ft', "1x2ft"],
        ['Market "over_under_ft" needs a line', "over_under_ft"],
        ['Market "1x2_ft@2" has no lines', "1x2_ft@2"]
      ]) {
        for (const query of [
          `{ cacheDigest(filter: { markets: ["${key}"] }) { digest } }`,
          `{ event(id: "100") { comparisons(markets: ["${key}"]) { id } } }`
        ])
          assert.include((yield* ask(query)).errors[0]?.message, words)
      }
    }).pipe(Effect.provide(api()))
  )

  it.effect("is answered with the role whose limit it is", () =>
    Effect.gen(function* () {
      const { errors } = yield* ask("{ events(first: 200) { nodes { comparisons { id } } } }")
      assert.include(errors[0]?.message, "for the role operator")
    }).pipe(Effect.provide(api()))
  )
})

const JSON_TYPE = { "content-type": "application/json" }

const requests: Readonly<Record<string, readonly [path: string, init: RequestInit, status: number]>> = {
  "G186 a document of two megabytes": [
    "/graphql",
    post(JSON.stringify({ query: `{ a${" ".repeat(2_000_000)} }` })),
    413
  ],
  "G188 a comment of 90 kB": [
    "/graphql",
    post(JSON.stringify({ query: `#${"x".repeat(90_000)}\n{ bookmakers { id } }` })),
    400
  ],
  "G189 a block string of 90 kB": [
    "/graphql",
    post(JSON.stringify({ query: `{ event(id: """${"x".repeat(90_000)}""") { id } }` })),
    400
  ],
  "G192 a batch of two": ["/graphql", post('[{"query":"{__typename}"},{"query":"{__typename}"}]'), 400],
  "G193 a batch of ten thousand": [
    "/graphql",
    post(`[${Array.from({ length: 3_000 }, () => '{"query":"{__typename}"}').join(",")}]`),
    400
  ],
  "G194 an empty batch": ["/graphql", post("[]"), 400],
  "G195 variables of five megabytes": [
    "/graphql",
    post(JSON.stringify({ query: "{__typename}", variables: { x: "y".repeat(5_000_000) } })),
    413
  ],
  "G196 variables ten thousand deep": [
    "/graphql",
    post(
      `{"query":"query ($f: EventFilter) { events(filter: $f) { totalCount } }","variables":{"f":${"[".repeat(10_000)}${"]".repeat(10_000)}}}`
    ),
    400
  ],
  "G207 a mutation by GET": [
    `/graphql?query=${encodeURIComponent("mutation { pauseSchedule { errors { code } } }")}`,
    { headers: { accept: "application/json" } },
    405
  ],
  "G208 a form": [
    "/graphql",
    { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" }, body: "query={__typename}" },
    400
  ],
  "G209 plain text": [
    "/graphql",
    { method: "POST", headers: { "content-type": "text/plain" }, body: '{"query":"{__typename}"}' },
    400
  ],
  "G210 a multipart form": ["/graphql", { method: "POST", body: new FormData() }, 400],
  "G213 a hash of a document that nobody has sent": [
    "/graphql",
    post('{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"0123"}}}'),
    400
  ],
  "a subscription over HTTP": [
    "/graphql",
    post(JSON.stringify({ query: "subscription { systemUpdated { world } }" })),
    400
  ],
  "a body that is not JSON": ["/graphql", post('{"query": '), 400],
  "a body without a query": ["/graphql", post("{}"), 400],
  "a query that is a number": ["/graphql", post('{"query": 1}'), 400],
  "variables that are a list": ["/graphql", post('{"query": "{__typename}", "variables": [1]}'), 400],
  "a PUT": ["/graphql", { method: "PUT", headers: JSON_TYPE, body: "{}" }, 405],
  "a DELETE": ["/graphql", { method: "DELETE" }, 405],
  "an origin that is not ours": [
    "/graphql",
    { ...post('{"query":"{__typename}"}'), headers: { ...JSON_TYPE, origin: "http://evil.example" } },
    403
  ],
  "the origin null": [
    "/graphql",
    { ...post('{"query":"{__typename}"}'), headers: { ...JSON_TYPE, origin: "null" } },
    403
  ]
}

describe("a request that is not one operation as JSON", () => {
  for (const [name, [path, init, status]] of Object.entries(requests)) {
    it.effect(`is refused: ${name}`, () =>
      Effect.gen(function* () {
        const answer = yield* send(path, init)
        assert.strictEqual(answer.status, status, answer.text)
        assert.isUndefined(answer.data)
        assert.isAtLeast(answer.errors.length, 1)
        for (const { extensions } of answer.errors)
          assert.hasAllKeys(extensions, ["code", "retryable", "retryAfterMs", "requestId"])
      }).pipe(Effect.provide(api()))
    )
  }

  it.effect("is told where subscriptions run", () =>
    Effect.gen(function* () {
      const { port } = yield* Server
      const { errors } = yield* ask("subscription { systemUpdated { world } }")
      assert.include(errors[0]?.message, `ws://127.0.0.1:${port}/graphql`)
      assert.strictEqual(errors[0]?.extensions["code"], "SUBSCRIPTION_OVER_HTTP")
    }).pipe(Effect.provide(api()))
  )

  it.effect("is cut off when it announces or sends more than the limit (G214)", () =>
    Effect.gen(function* () {
      const { port } = yield* Server
      const heads = yield* Effect.all([
        raw(
          port,
          `POST /graphql HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\ncontent-length: 26000000\r\n\r\n{`
        ),
        raw(
          port,
          `POST /graphql HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n30d40\r\n${"x".repeat(200_000)}\r\n`
        )
      ])
      for (const head of heads) assert.match(head, /^HTTP\/1\.1 413 /)
    }).pipe(Effect.provide(api()))
  )

  it.effect("is refused by its form before it is read: a thousand files (G211)", () =>
    Effect.gen(function* () {
      const { port } = yield* Server
      const head = yield* raw(
        port,
        `POST /graphql HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: multipart/form-data; boundary=x\r\ncontent-length: 90000\r\n\r\n${'--x\r\ncontent-disposition: form-data; name="1"; filename="1"\r\n\r\n1\r\n'.repeat(1_000)}`
      )
      assert.match(head, /^HTTP\/1\.1 400 /)
    }).pipe(Effect.provide(api()))
  )

  it.effect("is refused when it calls this machine by a stranger's name", () =>
    Effect.gen(function* () {
      const { port } = yield* Server
      const head = yield* raw(
        port,
        "GET /graphql?query={__typename} HTTP/1.1\r\nhost: rebound.example\r\nconnection: close\r\n\r\n"
      )
      assert.match(head, /^HTTP\/1\.1 403 /)
    }).pipe(Effect.provide(api()))
  )
})

function post(body: string): RequestInit {
  return { method: "POST", headers: { "content-type": "application/json" }, body }
}

/** Sends bytes as they are; answers the beginning of the response. */
const raw = (port: number, bytes: string) =>
  Effect.callback<string>((resume) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes))
    socket.once("data", (data) => {
      socket.destroy()
      resume(Effect.succeed(String(data)))
    })
    socket.on("error", () => undefined)
  })
