/**
 * The scraper's setting from the environment: how long a bookmaker that refused us is left alone at first.
 *
 * All else is set while it runs, through the API. This is not, because a shorter wait is for tests and simulators:
 * asking a real site again too soon is what got others banned.
 */
import { Config, Duration, Effect, Schema } from "effect"
import type { Patience } from "./politeness/Breaker.ts"

const SHORTEST_MS = 1_000
/** Each refusal of a probe doubles the wait up to this. */
const LONGEST_MS = 1_800_000

const RefusalWait = Schema.DurationFromString.check(
  Schema.makeFilter((wait) => {
    const ms = Duration.toMillis(wait)
    return ms >= SHORTEST_MS && ms <= LONGEST_MS
  })
)

/** `REFUSAL_WAIT`: a text like `5 minutes`, from a second to half an hour. */
export const Settings: Config.Config<Patience> = Config.String("REFUSAL_WAIT").pipe(
  Config.withDefault("5 minutes"),
  Config.mapEffect((text) =>
    Schema.decodeEffect(RefusalWait)(text).pipe(
      Effect.mapBoth({
        onFailure: (cause) => new Config.ConfigError(cause),
        onSuccess: (wait) => ({ firstMs: Duration.toMillis(wait), longestMs: LONGEST_MS })
      })
    )
  )
)
