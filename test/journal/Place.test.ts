/** What a start says of a DATA_DIR in which nothing can be kept. */
import { existsSync, readdirSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect } from "effect"
import { Place } from "../../src/journal/Place.ts"
import { temporaryFolder } from "../support/folder.ts"

const placeAt = (folder: string) =>
  Place.use((place) => Effect.succeed(place.dataDir)).pipe(
    Effect.provide(Place.layer("test")),
    Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromUnknown({ DATA_DIR: folder }))
  )

describe("Place", () => {
  it.effect("makes the folder with those above it and leaves it empty", () =>
    Effect.gen(function* () {
      const folder = join(yield* temporaryFolder, "some", "where")
      assert.strictEqual(yield* placeAt(folder), folder)
      assert.isTrue(statSync(folder).isDirectory())
      assert.deepStrictEqual(readdirSync(folder), [])
    })
  )

  it.effect("refuses a file, and what lies below a file, with a sentence that names it", () =>
    Effect.gen(function* () {
      const file = join(yield* temporaryFolder, "file")
      writeFileSync(file, "")
      for (const folder of [file, join(file, "data")]) {
        const { message } = yield* Effect.flip(placeAt(folder))
        assert.include(message, `DATA_DIR is "${folder}": nothing can be kept there`)
      }
    })
  )

  it.effect.skipIf(!existsSync("/proc/self"))(
    "refuses a folder in which Linux makes none, and does not try for ever",
    () =>
      Effect.gen(function* () {
        for (const folder of ["/proc", "/proc/nope/data"]) {
          const { message } = yield* Effect.flip(placeAt(folder))
          assert.include(message, `DATA_DIR is "${folder}": nothing can be kept there`)
        }
      })
  )
})
