/** What the journal does when its file or its thread is taken from it while it runs, and what it will not open. */
import { renameSync, rmSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { Worker } from "node:worker_threads"
import { assert, describe, it, vi } from "@effect/vitest"
import { Effect, Fiber, Layer } from "effect"
import { EXIT_JOURNAL_FAILED, Fatal } from "../../src/actor/Fatal.ts"
import { Supervisor } from "../../src/actor/Supervisor.ts"
import { Journal } from "../../src/journal/Journal.ts"
import { Place } from "../../src/journal/Place.ts"
import { layer } from "../../src/journal/SqliteJournal.ts"
import { temporaryFolder } from "../support/folder.ts"
import { TestClock } from "effect/testing"
import { append, readAll } from "./conformance.ts"
import { sqliteIn } from "./journals.ts"

const withFatal = (dataDir: string) =>
  layer.pipe(
    Layer.provideMerge(Layer.mergeAll(Layer.succeed(Place, { dataDir, world: "test" }), Supervisor.layer, Fatal.layer))
  )

describe("a journal in trouble", () => {
  it.effect("ends the process with a sentence when its file is removed or replaced", () =>
    Effect.gen(function* () {
      for (const take of [rmSync, (path: string) => renameSync(path, `${path}.taken`)]) {
        const folder = yield* temporaryFolder
        yield* Effect.gen(function* () {
          yield* append("1")
          take(join(folder, "journal", "journal.sqlite"))
          yield* Effect.forkScoped(append("2"))
          const { exitCode, message } = yield* Fatal.use((fatal) => fatal.raised)
          assert.strictEqual(exitCode, EXIT_JOURNAL_FAILED)
          assert.include(message, "its file was removed or replaced while it was in use")
        }).pipe(Effect.scoped, Effect.provide(Layer.fresh(withFatal(folder))))
      }
    })
  )

  it.effect("starts its thread anew when that dies, and loses nothing", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const workers = new Set<Worker>()
      const post = vi.spyOn(Worker.prototype, "postMessage").mockImplementation(function (this: Worker, ...sent) {
        workers.add(this)
        return Reflect.apply(original, this, sent)
      })
      yield* Effect.gen(function* () {
        yield* append("1")
        yield* Effect.forEach(workers, (worker) => Effect.promise(() => worker.terminate()))
        const waiting = yield* Effect.forkChild(append("2"), { startImmediately: true })
        yield* TestClock.adjust("1 minute")
        assert.isTrue((yield* Fiber.join(waiting)).durable)
        assert.lengthOf(yield* readAll, 2)
        assert.strictEqual(workers.size, 2)
      }).pipe(Effect.provide(sqliteIn(folder)))
      post.mockRestore()
    })
  )

  it.effect("refuses a file of a newer form with a sentence, and leaves it as it is", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      yield* Effect.provide(append("1"), sqliteIn(folder))
      newerBy(folder, 1)
      const fault = yield* Effect.flip(Effect.provide(append("2"), sqliteIn(folder)))
      assert.include(fault.message, "written by version 2 of its form and this program knows version 1")
      newerBy(folder, -1)
      assert.lengthOf(yield* Effect.provide(readAll, sqliteIn(folder)), 1)
    })
  )

  it.effect(
    "ends with a sentence where Postgres has more than it could ever have given, and begins anew after that",
    () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        const epoch = yield* Effect.gen(function* () {
          const journal = yield* Journal
          yield* append("1")
          yield* journal.release(2_000_000)
          const { message } = yield* Fatal.use((fatal) => fatal.raised)
          assert.include(message, "so it comes from a backup")
          return journal.epoch
        }).pipe(Effect.provide(Layer.fresh(withFatal(folder))))
        const after = yield* Effect.provide(
          Journal.use((journal) => Effect.succeed({ epoch: journal.epoch, setAside: journal.setAside })),
          sqliteIn(folder)
        )
        assert.isAbove(after.epoch, epoch)
        assert.include(after.setAside?.name, "journal.sqlite.older-")
      })
  )
})

const original = Worker.prototype.postMessage

const newerBy = (folder: string, by: number): void => {
  using file = new DatabaseSync(join(folder, "journal", "journal.sqlite"))
  for (const pragma of ["user_version", "application_id"]) {
    const value = Number(file.prepare(`pragma ${pragma}`).get()?.[pragma])
    file.exec(`pragma ${pragma} = ${value + by}`)
  }
}
