import type { IncomingMessage, ServerResponse } from "node:http"
import zlib from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { Clock, Deferred, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { Http } from "../../src/bookmakers/Http.ts"
import { ask, serving } from "../support/answering.ts"
import type { Handler } from "../support/answering.ts"
import { settableClock } from "../support/settableClock.ts"

const answer =
  (status: number, body: string | Buffer, headers: Readonly<Record<string, string>> = {}): Handler =>
  (_, response) => {
    response.writeHead(status, headers).end(body)
  }

const JSON_TYPE = { "content-type": "application/json" }
const PAGE = "<!DOCTYPE html><html><title>Just a moment</title></html>"

/** What an event's request ends in when the server answers like this. */
const outcomeOf = (handler: Handler) =>
  Effect.gen(function* () {
    return yield* Effect.flip(ask(`${yield* serving(handler)}/api/1?token=secret`))
  })

const TABLE: readonly (readonly [what: string, handler: Handler, expected: string])[] = [
  ["401", answer(401, "{}", JSON_TYPE), "Blocked"],
  ["403 with JSON", answer(403, `{"error":"geo"}`, JSON_TYPE), "Blocked"],
  ["403 with a captcha page", answer(403, PAGE, { "content-type": "text/html" }), "Blocked"],
  ["a page with status 200", answer(200, PAGE, { "content-type": "text/html" }), "Blocked"],
  ["a page called JSON", answer(200, ` \n${PAGE}`, JSON_TYPE), "Blocked"],
  ["an empty 202", answer(202, ""), "Blocked"],
  ["an empty 200", answer(200, ""), "Unreadable"],
  ["a 200 of spaces", answer(200, "   \n "), "Unreadable"],
  ["400", answer(400, "BAD_REQUEST"), "Broken"],
  ["404 of an event", answer(404, "{}"), "Gone"],
  ["410 of an event", answer(410, ""), "Gone"],
  ["429", answer(429, ""), "Throttled"],
  ["500", answer(500, "oops"), "Broken"],
  ["503 without Retry-After", answer(503, ""), "Broken"],
  ["503 with Retry-After", answer(503, "", { "retry-after": "5" }), "Throttled"],
  ["522", answer(522, ""), "Broken"],
  ["204", answer(204, ""), "Broken"],
  ["206", answer(206, "{}"), "Broken"],
  ["304", answer(304, ""), "Broken"],
  ["a redirect to another origin", answer(302, "", { location: "http://169.254.169.254/latest" }), "Broken"],
  [
    "a redirect without end",
    (request, response) => {
      response.writeHead(302, { location: `${request.url ?? ""}x` }).end()
    },
    "Broken"
  ],
  [
    "a reset before the status",
    (request) => {
      request.socket.destroy()
    },
    "Unreachable"
  ],
  [
    "a body cut at half its length",
    (_, response) => {
      response.writeHead(200, { "content-length": "100" })
      response.write("{")
      setImmediate(() => response.destroy())
    },
    "Unreachable"
  ],
  [
    "a chunked body without its end",
    (_, response) => {
      response.writeHead(200)
      response.write(`{"a":`)
      setImmediate(() => response.destroy())
    },
    "Unreachable"
  ],
  ["headers beyond 16 kB", answer(200, "{}", { "x-much": "a".repeat(17_000) }), "TooLarge"],
  ["a body over 8 MB", answer(200, Buffer.alloc(9 * 1024 * 1024, " ")), "TooLarge"],
  [
    "a body over 8 MB without a length",
    (_, response) => {
      endless(response)
    },
    "TooLarge"
  ],
  [
    "a gzip bomb",
    answer(200, zlib.gzipSync(Buffer.alloc(64 * 1024 * 1024)), { "content-encoding": "gzip" }),
    "TooLarge"
  ],
  [
    "a brotli bomb",
    answer(
      200,
      zlib.brotliCompressSync(Buffer.alloc(40 * 1024 * 1024), { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 } }),
      { "content-encoding": "br" }
    ),
    "TooLarge"
  ],
  [
    "a body that tells a length over 8 MB, before any of it has come",
    (_, response) => {
      response.writeHead(200, { "content-length": "9000000" }).flushHeaders()
    },
    "TooLarge"
  ],
  [
    "two megabytes that were packed a thousandfold",
    answer(200, zlib.deflateSync(Buffer.alloc(2 * 1024 * 1024)), { "content-encoding": "deflate" }),
    "TooLarge"
  ],
  [
    "gzip cut at half",
    answer(200, zlib.gzipSync(`{"a":"${"b".repeat(4_000)}"}`).subarray(0, 30), { "content-encoding": "gzip" }),
    "Unreachable"
  ],
  ["a plain body called gzip", answer(200, "{}", { "content-encoding": "gzip" }), "Unreadable"],
  ["gzip called brotli", answer(200, zlib.gzipSync("{}"), { "content-encoding": "br" }), "Unreadable"],
  ["six layers of gzip", answer(200, "{}", { "content-encoding": "gzip, gzip, gzip, gzip, gzip, gzip" }), "Unreadable"],
  ["UTF-16", answer(200, Buffer.from(`{"a":1}`, "utf16le"), JSON_TYPE), "Unreadable"],
  ["two documents", answer(200, `{"a":1}{"b":2}`), "Unreadable"],
  ["JSONP", answer(200, `call({"a":1})`), "Unreadable"],
  ["a guarded prefix", answer(200, `)]}',\n{"a":1}`), "Unreadable"],
  ["NaN", answer(200, `{"a":NaN}`), "Unreadable"],
  ["a comment", answer(200, `{"a":1 /* b */}`), "Unreadable"],
  ["JSON cut in a string", answer(200, `{"a":"b`), "Unreadable"],
  ["protobuf", answer(200, Buffer.from([10, 3, 8, 1, 18]), { "content-type": "application/x-protobuf" }), "Unreadable"]
]

const endless = (response: ServerResponse): void => {
  response.writeHead(200)
  const block = Buffer.alloc(256 * 1024, " ")
  const more = () => {
    if (!response.destroyed) response.write(block, () => setImmediate(more))
  }
  more()
}

describe("what comes back instead of odds", () => {
  for (const [what, handler, expected] of TABLE) {
    it.effect(`${what} is ${expected}, told with bookmaker, endpoint and path and without the query`, () =>
      Effect.gen(function* () {
        const error = yield* outcomeOf(handler)
        assert.strictEqual(error._tag, expected)
        assert.strictEqual(error.endpoint, "event")
        assert.match(error.message, /^betpawa-ng event \/api\/1/)
        assert.notMatch(error.message, /secret/)
      }).pipe(Effect.provide(Http.layer))
    )
  }

  it.effect("404 of a list is Broken, because a list is never gone", () =>
    Effect.gen(function* () {
      const root = yield* serving(answer(404, "{}"))
      assert.strictEqual((yield* Effect.flip(ask(`${root}/list`, "list")))._tag, "Broken")
    }).pipe(Effect.provide(Http.layer))
  )

  it.effect("layers of packing are counted in what is told of them", () =>
    Effect.gen(function* () {
      const error = yield* outcomeOf(answer(200, "{}", { "content-encoding": "gzip, br, gzip" }))
      assert.include(error.message, "packed 3 times over, and once is the limit")
    }).pipe(Effect.provide(Http.layer))
  )

  it.effect("nobody listening is Unreachable", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* Effect.flip(ask("http://127.0.0.1:1/")))._tag, "Unreachable")
    }).pipe(Effect.provide(Http.layer))
  )

  it.effect("what cannot be read is kept up to 64 kB, with the path of the fault", () =>
    Effect.gen(function* () {
      const error = yield* outcomeOf(answer(200, `{"a":${"x".repeat(100_000)}`))
      assert.deepStrictEqual(error._tag === "Unreadable" ? [error.path, error.sample.length] : error, ["$", 65_536])
    }).pipe(Effect.provide(Http.layer))
  )
})

describe("Retry-After", () => {
  const NOW = Date.UTC(2026, 10, 20, 12)
  const CASES: readonly (readonly [header: string | undefined, seconds: number])[] = [
    [undefined, 30],
    ["5", 5],
    ["0", 1],
    ["-1", 1],
    ["abc", 30],
    ["", 30],
    ["1000000000000", 900],
    ["1e12", 900],
    ["Fri, 20 Nov 2026 12:00:42 GMT", 42],
    ["Fri, 20 Nov 2026 11:00:00 GMT", 1],
    ["Sat, 20 Nov 2027 12:00:00 GMT", 900]
  ]
  for (const [header, seconds] of CASES) {
    it.effect(`of ${header ?? "nothing"} means ${seconds} s, within 1 s and 15 min`, () =>
      Effect.gen(function* () {
        yield* TestClock.setTime(NOW)
        const date = new Date(NOW).toUTCString()
        const error = yield* outcomeOf(
          answer(429, "", { date, ...(header !== undefined && { "retry-after": header }) })
        )
        assert.strictEqual(error._tag === "Throttled" ? error.until - NOW : error, seconds * 1_000)
      }).pipe(Effect.provide(Http.layer))
    )
  }
})

describe("deadlines", () => {
  /** A server that tells when it was asked, and then does as it is told. */
  const asked = (then: (response: ServerResponse) => void) =>
    Effect.gen(function* () {
      const arrived = Deferred.makeUnsafe<IncomingMessage>()
      const root = yield* serving((request, response) => {
        then(response)
        Deferred.doneUnsafe(arrived, Effect.succeed(request))
      })
      return { root, arrived: Deferred.await(arrived) }
    })

  it.effect("give up on headers after 5 s", () =>
    Effect.gen(function* () {
      const { root, arrived } = yield* asked(() => undefined)
      const fiber = yield* Effect.forkChild(Effect.flip(ask(root)))
      yield* arrived
      yield* TestClock.adjust("5 seconds")
      assert.strictEqual((yield* Fiber.join(fiber))._tag, "TimedOut")
    }).pipe(Effect.provide(Http.layer))
  )

  it.effect("give up on a dripping body before 10 s are over, and free the socket", () =>
    Effect.gen(function* () {
      const { root, arrived } = yield* asked((response) => {
        response.writeHead(200)
        response.write("{")
      })
      const fiber = yield* Effect.forkChild(Effect.flip(ask(root)))
      const { socket } = yield* arrived
      const closed = Effect.callback<void>((resume) => {
        socket.once("close", () => resume(Effect.void))
      })
      const freed = yield* Effect.forkChild(closed, { startImmediately: true })
      yield* TestClock.adjust("9 seconds")
      assert.strictEqual((yield* Fiber.join(fiber))._tag, "TimedOut")
      yield* Fiber.join(freed)
    }).pipe(Effect.provide(Http.layer))
  )

  it.effect("are not needed when whoever asks is interrupted: the request ends with it", () =>
    Effect.gen(function* () {
      const { root, arrived } = yield* asked(() => undefined)
      const fiber = yield* Effect.forkChild(ask(root))
      const { socket } = yield* arrived
      const closed = Effect.callback<void>((resume) => {
        socket.once("close", () => resume(Effect.void))
      })
      const freed = yield* Effect.forkChild(closed, { startImmediately: true })
      yield* Fiber.interrupt(fiber)
      yield* Fiber.join(freed)
    }).pipe(Effect.provide(Http.layer))
  )
})

describe("a good answer", () => {
  const PARTS = Buffer.concat([zlib.gzipSync(`{"a"`), zlib.gzipSync(":1}")])
  const GOOD: readonly (readonly [what: string, handler: Handler])[] = [
    ["as it is", answer(200, `{"a":1}`, JSON_TYPE)],
    ["as text/plain", answer(200, `{"a":1}`, { "content-type": "text/plain" })],
    ["without a content type", answer(200, `{"a":1}`)],
    ["with status 202", answer(202, `{"a":1}`)],
    [
      "after a byte order mark",
      answer(200, Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(`{"a":1}`)]), JSON_TYPE)
    ],
    ["gzipped", answer(200, zlib.gzipSync(`{"a":1}`), { "content-encoding": "gzip" })],
    ["gzipped in two parts, of which only the last tells its size", answer(200, PARTS, { "content-encoding": "gzip" })],
    [
      "gzipped from six hundred thousand bytes",
      answer(200, zlib.gzipSync(`{"a":1}${" ".repeat(600_000)}`), { "content-encoding": "gzip" })
    ],
    ["deflated", answer(200, zlib.deflateSync(`{"a":1}`), { "content-encoding": "deflate" })],
    ["brotlied", answer(200, zlib.brotliCompressSync(`{"a":1}`), { "content-encoding": "br" })],
    [
      "behind a redirect on the same origin",
      (request, response) => {
        if (request.url === "/api/1") response.writeHead(200).end(`{"a":1}`)
        else response.writeHead(301, { location: "/api/1" }).end()
      }
    ],
    [
      "behind three redirects",
      (request, response) => {
        if (request.url === "/api111") response.writeHead(200).end(`{"a":1}`)
        else response.writeHead(302, { location: `${request.url ?? ""}1` }).end()
      }
    ]
  ]
  for (const [what, handler] of GOOD) {
    it.effect(`is read ${what}`, () =>
      Effect.gen(function* () {
        const { json } = yield* ask(`${yield* serving(handler)}/api`)
        assert.deepStrictEqual(json, { a: 1 })
      }).pipe(Effect.provide(Http.layer))
    )
  }

  it.effect("with prototype keys changes no prototype", () =>
    Effect.gen(function* () {
      yield* ask(yield* serving(answer(200, `{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}`)))
      assert.isFalse("polluted" in {})
    }).pipe(Effect.provide(Http.layer))
  )

  it.effect("carries when it was asked for and when it was complete, also by a clock that was set back", () =>
    Effect.gen(function* () {
      const root = yield* serving(answer(200, "{}"))
      yield* TestClock.setTime(5_000)
      const first = yield* ask(root)
      yield* TestClock.setTime(1_000)
      const second = yield* ask(root)
      assert.deepStrictEqual([first.requestedAt, first.observedAt], [5_000, 5_000])
      assert.deepStrictEqual([second.requestedAt, second.observedAt], [1_000, 1_000])
    }).pipe(Effect.provide(Http.layer))
  )

  it.effect.each([600_000, -600_000])("took as long as it took when the clock is set by %d ms meanwhile", (by) =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_000_000)
      const { host, setBy } = yield* settableClock
      const root = yield* serving((request, response) => {
        Effect.runSync(setBy(by))
        answer(200, "{}")(request, response)
      })
      const { observedAt, requestedAt } = yield* Effect.provideService(ask(root), Clock.Clock, host)
      assert.deepStrictEqual([requestedAt, observedAt], [1_000_000 + by, 1_000_000 + by])
    }).pipe(Effect.provide(Http.layer))
  )

  it.effect("is asked for on connections that are kept", () =>
    Effect.gen(function* () {
      const ports = new Set<number | undefined>()
      const root = yield* serving((request, response) => {
        ports.add(request.socket.remotePort)
        response.end("{}")
      })
      for (let i = 0; i < 20; i++) yield* ask(root)
      // The next request may leave before the last one's socket is free again, hence a second one.
      assert.isAtMost(ports.size, 2)
    }).pipe(Effect.provide(Http.layer))
  )
})
