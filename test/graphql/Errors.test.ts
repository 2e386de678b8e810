import { readdirSync, readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { GraphQLError } from "graphql"
import { StorageUnavailable } from "../../src/domain/StorageUnavailable.ts"
import { ApiError, CLOSE_CODES, ERRORS, graphqlError, presentError } from "../../src/graphql/Errors.ts"
import { History } from "../../src/storage/History.ts"
import { NO_SPACE } from "../../src/storage/tables/Space.ts"
import { ask, codes } from "./http.ts"
import { api } from "./world.ts"

/** The sources of a room, the table itself left out. */
const sources = (folder: string): string =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && name !== "Errors.ts")
    .map((name) => readFileSync(`${folder}/${name}`, "utf8"))
    .join("\n")

const CODE = /"([A-Z]+(?:_[A-Z]+)*)"/g
const SOCKET_SOURCES = sources("src/graphql") + sources("src/broadcast")

describe("the table of errors", () => {
  it("has every close code that the server uses, with the word on whether clients come back", () => {
    const used = [...SOCKET_SOURCES.matchAll(/(?:close|closing)\w*\((?:[\w.]+, )?(\d{4})\b/g)].map(([, code]) =>
      Number(code)
    )
    assert.isNotEmpty(used)
    for (const code of used) assert.property(CLOSE_CODES, String(code))
  })

  it("has every close code that the socket library sends by itself", () => {
    const receiver = readFileSync("node_modules/ws/lib/receiver.js", "utf8")
    const sent = [...receiver.matchAll(/^ +(10\d\d),$/gm)].map(([, code]) => Number(code))
    assert.includeMembers(sent, [1002, 1009])
    for (const code of sent) assert.property(CLOSE_CODES, String(code))
  })

  it("lists no error that nothing raises", () => {
    const raised = new Set(
      [
        ...(
          sources("src/graphql") + readFileSync("src/graphql/Errors.ts", "utf8").split("const CODES_BY_TAG").at(1)
        ).matchAll(CODE)
      ].map(([, code]) => code)
    )
    for (const code of Object.keys(ERRORS)) assert.isTrue(raised.has(code), `${code} is raised nowhere`)
  })

  it("explains each in a sentence", () => {
    for (const { meaning } of [...Object.values(ERRORS), ...Object.values(CLOSE_CODES)])
      assert.match(meaning, /^[A-Z].{15,}\.$/)
  })

  it("says when to come back wherever it says that it helps", () => {
    for (const { retryable, retryAfterMs } of Object.values(ERRORS))
      assert.strictEqual(retryable, retryAfterMs !== null)
  })
})

describe("an error on its way out", () => {
  const shown = (error: unknown) => {
    const logged: unknown[] = []
    return { error: presentError(error, "r1", (unexpected) => logged.push(unexpected)), logged }
  }

  it("is masked and logged when it is not listed", () => {
    for (const secret of [
      new Error("password=1"),
      new GraphQLError("x", { originalError: new Error("password=1"), path: ["a"] }),
      new GraphQLError("x", { originalError: new GraphQLError("password=1"), path: ["a"] }),
      "password=1",
      null
    ]) {
      const { error, logged } = shown(secret)
      assert.notInclude(JSON.stringify(error), "password")
      assert.strictEqual(error.extensions.code, "INTERNAL")
      assert.strictEqual(error.extensions["requestId"], "r1")
      assert.lengthOf(logged, 1)
    }
  })

  it("keeps its sentence and gets its code when it is listed", () => {
    const { error, logged } = shown(graphqlError(new ApiError({ code: "BUSY", message: "The queue is full." })))
    assert.strictEqual(error.message, "The queue is full.")
    assert.deepStrictEqual(error.extensions, { code: "BUSY", retryable: true, retryAfterMs: 500, requestId: "r1" })
    assert.isEmpty(logged)
  })
})

const down = Layer.succeed(History, {
  rows: () => Effect.fail(new StorageUnavailable({ message: "Postgres does not answer." })),
  event: () => Effect.fail(new StorageUnavailable({ message: "Postgres: write CONNECTION_CLOSED 127.0.0.1:35103" })),
  deadLetters: () => Effect.fail(new StorageUnavailable({ message: "Postgres does not answer." })),
  replayDeadLetters: () => Effect.die(new Error("password=1")),
  stats: Effect.succeed({
    reachable: false,
    since: 0,
    lastError: "refused",
    drained: { epoch: 0, seq: 0 },
    rowsWritten: 0,
    held: undefined,
    deadLetters: 0,
    partitions: 0,
    bytes: 0,
    space: NO_SPACE,
    disk: undefined,
    daysUntilFull: undefined
  })
})

describe("with Postgres down", () => {
  it.effect("history says so instead of answering nothing, and live odds go on", () =>
    Effect.gen(function* () {
      const history = yield* ask(
        '{ oddsHistory(filter: { markets: ["1x2_ft"], from: "2026-11-20T00:00:00Z", to: "2026-11-21T00:00:00Z" }) { nodes { seq } } }'
      )
      assert.deepStrictEqual(codes(history), ["STORAGE_UNAVAILABLE"])
      assert.strictEqual(history.status, 503)
      const gone = yield* ask('{ event(id: "999") { id } }')
      assert.deepStrictEqual(codes(gone), ["STORAGE_UNAVAILABLE"])
      assert.strictEqual(gone.errors[0]?.message, ERRORS.STORAGE_UNAVAILABLE.meaning)
      const live = yield* ask('{ event(id: "100") { id } events { totalCount } system { storage { reachable } } }')
      assert.deepStrictEqual(live.data, {
        event: { id: "100" },
        events: { totalCount: 3 },
        system: { storage: { reachable: false } }
      })
    }).pipe(Effect.provide(api({ history: down })))
  )

  it.effect("a defect tells the client a request id and nothing else", () =>
    Effect.gen(function* () {
      const answer = yield* ask("mutation { replayDeadLetters { replayed } }")
      assert.deepStrictEqual(codes(answer), ["INTERNAL"])
      assert.strictEqual(answer.status, 500)
      assert.notInclude(answer.text, "password")
    }).pipe(Effect.provide(api({ history: down })))
  )
})
