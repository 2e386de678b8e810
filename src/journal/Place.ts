/**
 * Where this process keeps what is its own, and which world it scrapes.
 *
 * The world (simulator or live) is decided by whoever starts the house and written into journal and
 * database, so that invented prices never land among real ones.
 */
import { resolve } from "node:path"
import { Config, Context, Effect, Layer } from "effect"

/** The folder for journal and embedded database; another folder is another history. */
export const Settings = Config.String("DATA_DIR").pipe(Config.withDefault(".data"))

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
      Effect.map(Settings, (folder) => ({ dataDir: resolve(folder), world }))
    )
}
