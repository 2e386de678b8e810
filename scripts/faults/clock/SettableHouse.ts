/**
 * A house whose clock can be set under it, before a simulator of its own that keeps the true time and lists only matches
 * that no step of the clock lets kick off.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { pathToFileURL } from "node:url"
import { alteredBy } from "../../../test/support/alteredSource.ts"
import type { Alteration } from "../../../test/support/alteredSource.ts"
import { controlsAt } from "../../../test/support/controls.ts"
import type { Controls } from "../../../test/support/controls.ts"
import { startHouse } from "../../../test/support/house.ts"
import { startSimulatorProcess } from "../../../test/support/simulator.ts"
import { watch } from "./Watched.ts"
import type { Watched } from "./Watched.ts"

export interface SettableHouse {
  readonly controls: Controls
  /** How far the house's clock is ahead from now on. */
  readonly setAhead: (ms: number) => void
  /** Everything about every match. */
  readonly board: Watched
  /** Of a match that there is not: signs of life only. */
  readonly silence: Watched
  readonly ask: <A>(query: string) => Promise<A>
  /** Answers that were 429. */
  readonly refusals: () => number
  /** Requests that have reached the three sites. */
  readonly requests: () => Promise<number>
}

export const EVENTS = 20
const TOKEN = "o".repeat(20)
const HOOK = pathToFileURL(join(import.meta.dirname, "../../../test/support/settableHost.ts")).href
/** Every listing every five seconds, the least that there is. */
const CADENCE = "mutation { updateSettings(input: { tiers: [{ everyMs: 5000 }] }) { errors { message } } }"

export const withSettableHouse = async <A>(
  { alterations, kickoffAfterMs, seed }: Wanted,
  use: (house: SettableHouse) => Promise<A>
): Promise<A> => {
  const folder = mkdtempSync(join(tmpdir(), "oddswire-clock-"))
  const size = ["--events", String(EVENTS), "--markets", "20"]
  const simulator = await startSimulatorProcess([
    ...size,
    "--seed",
    String(seed),
    "--faults",
    "none",
    "--latency",
    "none"
  ])
  const sites = `${new URL(simulator.environment["BETPAWA_BASE_URL"] ?? "").origin}/_sim`
  await fetch(`${sites}/clock`, { method: "POST", body: JSON.stringify({ advance_ms: kickoffAfterMs }) })
  const altered = alteredBy(alterations)
  const house = await startHouse({
    dataDir: folder,
    environment: {
      ...simulator.environment,
      ...altered,
      NODE_OPTIONS: `--import=${HOOK} ${alterations.length === 0 ? "" : altered["NODE_OPTIONS"]}`,
      ACCESS_TOKENS: `operator:${TOKEN}`,
      REFUSAL_WAIT: "1 second"
    }
  })
  try {
    let refusals = 0
    const ask = async <B>(query: string): Promise<B> => {
      const answer = await fetch(`${house.url}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${TOKEN}` },
        body: JSON.stringify({ query })
      })
      if (answer.status === 429) refusals += 1
      const text = await answer.text()
      const { data }: { readonly data?: B } = JSON.parse(text)
      if (data === undefined) throw new Error(text.slice(0, 300))
      return data
    }
    await settled(ask)
    refusals = 0
    const controls = controlsAt(sites)
    const url = `${house.url.replace(/^http/, "ws")}/graphql`
    return await use({
      controls,
      setAhead: (clockAheadMs) => house.send({ clockAheadMs }),
      board: watch(url, TOKEN, ""),
      silence: watch(url, TOKEN, '(filter: { events: ["1"] })'),
      ask,
      refusals: () => refusals,
      requests: async () => {
        const all = await Promise.all(SITES.map(controls.requestsTo))
        return all.reduce((sum, count) => sum + count, 0)
      }
    })
  } finally {
    await house.kill()
    await simulator.stop()
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 })
  }
}

interface Wanted {
  readonly seed: number
  /** Pieces of the house to break. */
  readonly alterations: readonly Alteration[]
  /** At the least, by the true time. */
  readonly kickoffAfterMs: number
}

const SITES = ["betpawa", "sportybet", "bet9ja"] as const

/** The store comes up behind the house: a setting is refused until it has. */
const settled = async (ask: SettableHouse["ask"]): Promise<void> => {
  for (;;) {
    const done = await ask<{ readonly updateSettings: { readonly errors: readonly unknown[] } }>(CADENCE).then(
      ({ updateSettings }) => updateSettings.errors.length === 0,
      () => false
    )
    const { bookmakers } = await ask<{ readonly bookmakers: readonly { readonly lastSuccessAt: string | null }[] }>(
      "{ bookmakers { lastSuccessAt } }"
    )
    if (done && bookmakers.every(({ lastSuccessAt }) => lastSuccessAt !== null)) return
    await pause(300)
  }
}
