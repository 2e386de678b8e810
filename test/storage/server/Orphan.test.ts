/** What a killed database server leaves behind, with real processes: nobody else can be attached to its memory. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Option, Redacted } from "effect"
import { TestClock } from "effect/testing"
import postgres from "postgres"
import { embeddedPostgres } from "../../../src/storage/server/EmbeddedPostgres.ts"
import { orphanGone } from "../../../src/storage/server/Orphan.ts"
import { temporaryFolder } from "../../support/folder.ts"

/** A server of which one backend stands still, and what its file says. */
const serverStandingStill = Effect.gen(function* () {
  const dataDir = yield* temporaryFolder
  const { address } = yield* embeddedPostgres(dataDir)
  const sql = yield* Effect.acquireRelease(
    Effect.sync(() => postgres(Redacted.value(address()), { max: 1, backoff: false, onnotice: () => {} })),
    (pool) => Effect.promise(() => pool.end({ timeout: 0 }))
  )
  const [row] = yield* Effect.eventually(Effect.tryPromise(() => sql`select pg_backend_pid() as pid`))
  const left = readFileSync(join(dataDir, "postgres", "postmaster.pid"), "utf8")
  const backend = Number(row?.["pid"])
  process.kill(backend, "SIGSTOP")
  yield* Effect.addFinalizer(() => Effect.ignore(Effect.try(() => process.kill(backend, "SIGKILL"))))
  return { backend, left }
})

/** A program that goes by a server's name, and ends as it is told. */
const namesake = Effect.acquireRelease(
  Effect.sync(() => spawn("sleep", ["60"], { argv0: "postgres", stdio: "ignore" })),
  (child) => Effect.sync(() => child.kill("SIGKILL"))
)

describe("orphanGone", () => {
  it.effect("asks a server of an earlier start to end, quickly, once it has had its time", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const server = yield* namesake
      const ended = once(server, "exit")
      writeFileSync(join(folder, "postmaster.pid"), `${server.pid}\n`)
      const gone = yield* Effect.forkChild(orphanGone(folder))
      yield* TestClock.adjust("3 seconds")
      assert.isNull(server.signalCode)
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* Effect.promise(() => ended), [null, "SIGINT"])
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(gone)
    })
  )

  it.live(
    "waits for what a dead server has left running, and only then removes a file whose number another program has",
    () =>
      Effect.gen(function* () {
        const { backend, left } = yield* serverStandingStill
        const other = yield* temporaryFolder
        const file = join(other, "postmaster.pid")
        // The number of this very process: it lives and is no server.
        writeFileSync(file, [process.pid, ...left.split("\n").slice(1)].join("\n"))
        process.kill(Number(left.split("\n")[0]), "SIGKILL")
        assert.isTrue(Option.isNone(yield* Effect.timeoutOption(orphanGone(other), "500 millis")))
        assert.isTrue(existsSync(file))
        process.kill(backend, "SIGKILL")
        yield* orphanGone(other)
        assert.isFalse(existsSync(file))
      }),
    60_000
  )

  it.live("leaves the file of a dead server to Postgres", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const file = join(folder, "postmaster.pid")
      writeFileSync(file, `4194303\n${folder}\n0\n1\n\n127.0.0.1\n0 0\nready\n`)
      yield* orphanGone(folder)
      assert.isTrue(existsSync(file))
    })
  )
})
