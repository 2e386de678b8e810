/** How a corridor that is fed without bookmakers is started, and where its feed keeps its account. */
import { join } from "node:path"
import type { HouseOptions } from "../../../../test/support/house.ts"
import type { Stage } from "../../house/Scene.ts"

/** They have to be named, and nobody asks there. */
export const WITHOUT_BOOKMAKERS = {
  WORLD: "simulator",
  BETPAWA_BASE_URL: "http://127.0.0.1:9",
  SPORTYBET_BASE_URL: "http://127.0.0.1:9",
  BET9JA_BASE_URL: "http://127.0.0.1:9"
}

export const accountOn = ({ folder }: Pick<Stage, "folder">): string => join(folder, "account")

/** Of a house that is fed `rate` snapshots a second; nearly all of them change something. */
export const fedBy = ({ folder, options }: Stage, rate: number, seed: number): HouseOptions => ({
  ...unfed(options),
  environment: {
    ...options.environment,
    FEED_RATE: String(rate),
    FEED_SEED: String(seed),
    FEED_ACCOUNT: accountOn({ folder })
  }
})

/** Of one without a feed. */
export const unfed = (options: HouseOptions): HouseOptions => ({
  ...options,
  program: join(import.meta.dirname, "main.ts")
})
