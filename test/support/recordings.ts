/**
 * The recorded payloads, read where they lie beside the repository, and the market map, of which a copy is kept here.
 *
 * Where the recordings are missing the tests that need them are skipped, and say so; whoever judges by the map alone
 * is not.
 */
import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const ROOT = fileURLToPath(new URL("../../../shared/bookmakers/", import.meta.url))

export const hasRecordings = existsSync(`${ROOT}samples`)

if (!hasRecordings) console.warn(`Recorded payloads are not at ${ROOT}: the tests that need them are skipped.`)

/** The text of a recording, by its path below `samples` without `.json`. */
export const recording = (name: string): string => readFileSync(`${ROOT}samples/${name}.json`, "utf8")

export const marketMap = (): string => readFileSync(new URL("market-map.json", import.meta.url), "utf8")

/** What the copy was made of. */
export const originalMarketMap = (): string => readFileSync(`${ROOT}market-map.json`, "utf8")

export const PREMATCH = {
  betpawa: "betpawa/event_v3_prematch_sr68995116",
  betpawaVersion4: "betpawa/event_v4_prematch_sr67691078",
  sportybet: "sportybet/event_prematch_sr68995116",
  bet9ja: "bet9ja/GetEvent_prematch_sr68995116.trans_trimmed"
}

export const LIVE = {
  betpawa: "betpawa/event_v3_live_sr67645534",
  sportybet: "sportybet/event_live_no_markets_sr67645534",
  bet9ja: "bet9ja/GetLiveEvent_sr67645534"
}
