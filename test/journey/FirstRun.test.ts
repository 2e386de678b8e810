/**
 * The first runs of a fresh house against the simulator's ordinary weather: what fails is what was made to fail,
 * no item more and no item less.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import { post } from "../support/client.ts"
import type { Address } from "../support/client.ts"
import { controlsOf } from "../support/controls.ts"
import { startHouse } from "../support/house.ts"
import { assertAgreed } from "../support/invariant.ts"
import { fullRun } from "../support/runs.ts"

describe("the first runs of a fresh house", () => {
  it("fail for exactly the items that the simulator lists as made to fail", async () => {
    const dataDir = mkdtempSync(join(tmpdir(), "oddswire-first-"))
    const house = await startHouse({ dataDir, simulator: ["--events", "300"] })
    try {
      const api = { http: `${house.url}/graphql` }
      await fullRun(api)
      // Refreshes meet the weather too, so the list is compared with all that was fetched until nothing is under way.
      const { failed, discovered } = await whenQuiet(api)
      const injected = (await controlsOf(house).faultsMet()).flatMap(({ bookmaker, event, final }) =>
        final && event !== null ? [`${bookmaker}-ng ${event.sportradarId}`] : []
      )
      assert.isNotEmpty(injected)
      assert.deepStrictEqual([...failed].sort(), [...new Set(injected)].sort())
      assert.isAbove(discovered, 800)
      await assertAgreed(api, dataDir)
    } finally {
      await house.stop()
      rmSync(dataDir, { recursive: true })
    }
  }, 240_000)
})

interface Runs {
  readonly scrapeRuns: {
    readonly nodes: readonly {
      readonly id: string
      readonly phase: string
      readonly counts: readonly { readonly discovered: number }[]
    }[]
  }
}

interface Failures {
  readonly scrapeRun: {
    readonly failures: { readonly nodes: readonly { readonly bookmakerId: string; readonly eventId: string | null }[] }
  }
}

/** Every item that failed in any run, once no run is under way any more. */
const whenQuiet = async (
  api: Address
): Promise<{ readonly failed: ReadonlySet<string>; readonly discovered: number }> => {
  while (true) {
    const { scrapeRuns } = await post<Runs>(
      api,
      "{ scrapeRuns(triggers: [SCHEDULE, MANUAL, RETRY, CADENCE], first: 100) { nodes { id phase counts { discovered } } } }"
    )
    const runs = scrapeRuns.nodes
    if (runs.some(({ phase }) => ["INITIALIZING", "DISCOVERING", "SCRAPING", "STORING"].includes(phase))) continue
    const failures = await Promise.all(
      runs.map(({ id }) =>
        post<Failures>(
          api,
          "query ($id: ID!) { scrapeRun(id: $id) { failures(first: 200) { nodes { bookmakerId eventId } } } }",
          { id }
        )
      )
    )
    return {
      failed: new Set(
        failures.flatMap(({ scrapeRun }) =>
          scrapeRun.failures.nodes.flatMap(({ bookmakerId, eventId }) =>
            eventId === null ? [] : [`${bookmakerId} ${eventId}`]
          )
        )
      ),
      discovered: Math.max(...runs.map(({ counts }) => counts.reduce((sum, { discovered }) => sum + discovered, 0)))
    }
  }
}
