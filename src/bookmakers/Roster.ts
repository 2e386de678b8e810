/**
 * The bookmakers this process scrapes, in the order in which they are shown: one line each.
 *
 * Where they are reached comes from the environment only, so that nothing ever talks to a real site by accident.
 */
import { Config, Context, Data, Effect, Layer } from "effect"
import { Bookmakers } from "../domain/Bookmaker.ts"
import type { Adapter } from "./Adapter.ts"
import * as bet9ja from "./bet9ja/Adapter.ts"
import * as betpawa from "./betpawa/Adapter.ts"
import { Http } from "./Http.ts"
import * as sportybet from "./sportybet/Adapter.ts"

const ROSTER = [betpawa, sportybet, bet9ja] as const

/** Where the real sites answer, by the variable that names them; used only by who asks for it. */
export const LIVE_BASE_URLS: Readonly<Record<string, string>> = Object.fromEntries(
  ROSTER.map(({ BASE_URL, LIVE_BASE_URL }) => [BASE_URL, LIVE_BASE_URL])
)

/** A base URL is missing or is none; `message` has one sentence per fault. */
export class RosterFault extends Data.TaggedError("RosterFault")<{ readonly message: string }> {}

export class Roster extends Context.Service<
  Roster,
  {
    readonly adapters: readonly Adapter[]
  }
>()("oddswire/bookmakers/Roster") {
  static readonly layerNoDeps: Layer.Layer<Roster, RosterFault, Http> = Layer.effect(
    Roster,
    Effect.gen(function* () {
      yield* checked
      // The same variables have just been read, so nothing is left that could fail.
      return { adapters: yield* Effect.orDie(Effect.forEach(ROSTER, ({ make }) => make)) }
    })
  )

  static readonly layer: Layer.Layer<Roster, RosterFault> = Roster.layerNoDeps.pipe(Layer.provide(Http.layer))
}

/** What the rest of the house knows of bookmakers. */
export const bookmakersLayer: Layer.Layer<Bookmakers, never, Roster> = Layer.effect(
  Bookmakers,
  Roster.use(({ adapters }) => Effect.succeed({ all: adapters.map(({ bookmaker }) => bookmaker) }))
)

/** Reads all base URLs before any is used, so that one start tells every fault. */
const checked = Effect.gen(function* () {
  const faults = yield* Effect.forEach(
    Object.entries(LIVE_BASE_URLS),
    Effect.fnUntraced(function* ([name, live]) {
      const given = yield* Config.String(name).pipe(Config.withDefault(""))
      const url = URL.parse(given)
      if (url !== null && (url.protocol === "http:" || url.protocol === "https:") && url.username === "") return []
      return [
        given === ""
          ? `${name} is not set; set it to the simulator's address or to the live one, ${live}.`
          : `${name} is "${given.slice(0, 80)}", which is no http(s) address; use one like ${live}.`
      ]
    }, Effect.orDie)
  )
  const sentences = faults.flat()
  if (sentences.length > 0) return yield* new RosterFault({ message: sentences.join("\n") })
})
