/** A server that an earlier process left behind: another process stands for it, since only its name is looked at. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { orphanGone } from "../../../src/storage/server/Orphan.ts"
import { temporaryFolder } from "../../support/folder.ts"

/** Runs under the name of a server until it is ended; the file says that it holds the folder. */
const holding = (folder: string) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const child = spawn(process.execPath, ["-e", "console.log(1);setInterval(() => {}, 1000)", "postgres"], {
        stdio: ["ignore", "pipe", "ignore"]
      })
      await once(child.stdout, "data")
      writeFileSync(join(folder, "postmaster.pid"), `${child.pid}\n`)
      return { child, ended: once(child, "exit") }
    }),
    ({ child }) => Effect.sync(() => child.kill("SIGKILL"))
  )

describe("a server left behind", () => {
  it.effect("is given three seconds to end by itself and is then asked to", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const { child, ended } = yield* holding(folder)
      const gone = yield* Effect.forkChild(orphanGone(folder))
      yield* TestClock.adjust("3 seconds")
      assert.isNull(child.signalCode)
      yield* TestClock.adjust("200 millis")
      const [, signal] = yield* Effect.promise(() => ended)
      assert.strictEqual(signal, "SIGINT")
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(gone)
      assert.isFalse(existsSync(join(folder, "postmaster.pid")))
    }).pipe(Effect.scoped)
  )

  it.effect("is none where the number belongs to another program by now, or is none", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      for (const text of ["1\n", "0\n", "-1\n", "no number\n"]) {
        writeFileSync(join(folder, "postmaster.pid"), text)
        yield* orphanGone(folder)
      }
    }).pipe(Effect.scoped)
  )
})
