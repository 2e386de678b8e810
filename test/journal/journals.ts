/** The journals that one suite runs over: each on a disk of its own, on which one life follows another. */
import { cpSync, mkdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { Effect, Layer } from "effect"
import type { Scope } from "effect"
import { Fatal } from "../../src/actor/Fatal.ts"
import { Supervisor } from "../../src/actor/Supervisor.ts"
import { Journal } from "../../src/journal/Journal.ts"
import { Place } from "../../src/journal/Place.ts"
import { layer } from "../../src/journal/SqliteJournal.ts"
import { temporaryFolder } from "../support/folder.ts"
import { emptyDisk, memoryJournal } from "../support/MemoryJournal.ts"

export interface Journals {
  /** One life of a process that ends in order: the journal is opened, used and closed. */
  readonly life: <A, E>(use: Effect.Effect<A, E, Journal>) => Effect.Effect<A, unknown>
  /** One that is killed when it has done this. */
  readonly killed: <A, E>(use: Effect.Effect<A, E, Journal>) => Effect.Effect<A, unknown>
}

export const sqliteIn = (dataDir: string, world = "test") =>
  Layer.fresh(layer).pipe(Layer.provide([Layer.succeed(Place, { dataDir, world }), Supervisor.layer, Fatal.layer]))

/** A kill leaves what lies on the disk at that moment: it is copied while the journal still stands. */
export const sqliteJournals: Effect.Effect<Journals, never, Scope.Scope> = Effect.gen(function* () {
  const folder = yield* temporaryFolder
  let lives = 0
  let dataDir = join(folder, "0")
  const run = <A, E>(use: Effect.Effect<A, E, Journal>) => Effect.provide(use, sqliteIn(dataDir))
  mkdirSync(dataDir)
  yield* Effect.provide(Effect.orDie(Journal.use(() => Effect.void)), Layer.orDie(sqliteIn(dataDir)))
  refuseMarked(dataDir)
  return {
    life: (use) => Effect.suspend(() => run(use)),
    killed: (use) =>
      Effect.suspend(() => {
        const next = join(folder, String((lives += 1)))
        const last = dataDir
        const copy = Effect.sync(() => cpSync(last, next, { recursive: true }))
        return run(Effect.tap(use, copy)).pipe(
          Effect.tap(() =>
            Effect.sync(() => {
              rmSync(last, { recursive: true })
              dataDir = next
            })
          )
        )
      })
  }
})

export const memoryJournals: Effect.Effect<Journals> = Effect.sync(() => {
  const disk = emptyDisk()
  const run = <A, E>(use: Effect.Effect<A, E, Journal>) => Effect.provide(use, Layer.fresh(memoryJournal(1, disk)))
  return {
    life: (use) =>
      run(
        Effect.tap(
          use,
          Journal.use((journal) => journal.stats)
        )
      ).pipe(
        Effect.tap(() =>
          Effect.sync(() => {
            disk.reserved = disk.last
          })
        )
      ),
    killed: run
  }
})

/** From now on its disk refuses the commits that hold an image with the key `refused`, and takes all others. */
export const refuseMarked = (dataDir: string): void => {
  using file = new DatabaseSync(join(dataDir, "journal", "journal.sqlite"))
  file.exec(
    "create trigger full before insert on image when new.key = 'refused' begin select raise(abort, 'disk full'); end"
  )
}
