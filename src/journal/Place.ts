/**
 * Where this process keeps what is its own, and which world it scrapes.
 *
 * The world (simulator or live) is decided by whoever starts the house and written into journal and
 * database, so that invented prices never land among real ones.
 */
import { existsSync, mkdirSync, mkdtempSync, rmdirSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { Config, Context, Data, Effect, Layer } from "effect"

/** The folder for journal and embedded database; another folder is another history. */
export const Settings = Config.String("DATA_DIR").pipe(Config.withDefault(".data"))

/** Nothing can be kept in the folder; `message` is a sentence. */
export class PlaceUnusable extends Data.TaggedError("PlaceUnusable")<{ readonly message: string }> {}

export class Place extends Context.Service<
  Place,
  {
    /** Absolute. */
    readonly dataDir: string
    readonly world: string
  }
>()("oddswire/journal/Place") {
  static readonly layer = (world: string) =>
    Layer.effect(
      Place,
      Effect.gen(function* () {
        const dataDir = resolve(yield* Settings)
        yield* usable(dataDir)
        return { dataDir, world }
      })
    )
}

/** Made and tried here: the journal's thread and the database would only fail later, and with less to say. */
const usable = (folder: string): Effect.Effect<void, PlaceUnusable> =>
  Effect.try({
    try: () => {
      make(folder)
      rmdirSync(mkdtempSync(join(folder, ".try-")))
    },
    catch: (error) =>
      new PlaceUnusable({
        message: `DATA_DIR is "${folder}": nothing can be kept there (${error instanceof Error ? error.message : String(error)}); set it to a folder that this user may make and write.`
      })
  })

/** One level at a time, because Node's own recursion never ends where a file system knows no new folders, as below /proc. */
const make = (folder: string): void => {
  if (existsSync(folder)) return
  make(dirname(folder))
  mkdirSync(folder)
}
