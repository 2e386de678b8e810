/** Appends to the journal in the folder named on the command line until it is killed, and prints each number once it is committed. */
import { writeSync } from "node:fs"
import { Effect, Layer } from "effect"
import { Fatal } from "../../src/actor/Fatal.ts"
import { Supervisor } from "../../src/actor/Supervisor.ts"
import { Journal } from "../../src/journal/Journal.ts"
import { Place } from "../../src/journal/Place.ts"
import { layer } from "../../src/journal/SqliteJournal.ts"
import { eventRecord } from "../support/records.ts"

const place = Layer.succeed(Place, { dataDir: process.argv[2] ?? "", world: "test" })

const appendForEver = Effect.gen(function* () {
  const journal = yield* Journal
  while (true) {
    const appended = yield* journal.append([{ record: eventRecord("1"), image: undefined }])
    const { last } = yield* appended.committed
    writeSync(1, `${last}\n`)
  }
})

await Effect.runPromise(
  Effect.provide(appendForEver, layer.pipe(Layer.provide([place, Supervisor.layer, Fatal.layer])))
)
