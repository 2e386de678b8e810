/**
 * Somebody else's program on the stream: written from the SDL only, it follows odds and a run it started, and its fold
 * equals the server's digest.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import { makeFold, ODDS_FIELDS, post, subscribe } from "../support/client.ts"
import type { OddsMessage } from "../support/client.ts"
import { controlsOf } from "../support/controls.ts"
import { startHouse } from "../support/house.ts"
import { assertAgreed } from "../support/invariant.ts"

const UNDER_WAY = ["INITIALIZING", "DISCOVERING", "SCRAPING", "STORING"]
const DIGESTS = 100

interface Progress {
  readonly scrapeProgress: { readonly runId: string; readonly phase: string }
}

describe("a client of the stream", () => {
  it("receives every phase of the run it starts, and its fold equals the digest at 100 cursors on the way", async () => {
    const dataDir = mkdtempSync(join(tmpdir(), "oddswire-stream-"))
    const house = await startHouse({ dataDir, simulator: ["--events", "150"] })
    try {
      const api = { http: `${house.url}/graphql` }
      const fold = makeFold()
      const folded = new Map<string, string>()
      const odds = subscribe<{ readonly oddsUpdated: OddsMessage }>(
        api,
        `subscription { oddsUpdated { ${ODDS_FIELDS} } }`,
        {},
        ({ oddsUpdated }) => {
          fold.apply(oddsUpdated)
          if (oddsUpdated.lastPage) folded.set(oddsUpdated.cursor, fold.digest())
        }
      )
      const progress = subscribe<Progress>(api, "subscription { scrapeProgress { runId phase current total message } }")
      assert.strictEqual((await odds.until(() => true)).oddsUpdated.kind, "SNAPSHOT")

      // The run at start is over, so that what follows is a run of its own; then the bookmakers move.
      await progress.until(({ scrapeProgress: { phase } }) => !UNDER_WAY.includes(phase))
      await controlsOf(house).move(0.2)
      const { startScrape } = await post<{
        startScrape: { joined: boolean; run: { id: string }; errors: readonly unknown[] }
      }>(api, "mutation { startScrape { joined run { id } errors { code message } } }")
      assert.deepStrictEqual([startScrape.joined, startScrape.errors], [false, []])
      const runId = startScrape.run.id
      let over = false
      const ended = progress
        .until(({ scrapeProgress: { runId: id, phase } }) => id === runId && !UNDER_WAY.includes(phase))
        .then(() => {
          over = true
        })
      const digests = new Map<string, string>()
      while (!over) {
        const { cacheDigest } = await post<{ cacheDigest: { digest: string; cursor: string } }>(
          api,
          "{ cacheDigest { digest cursor } }"
        )
        digests.set(cacheDigest.cursor, cacheDigest.digest)
      }
      await ended
      const last = [...digests.keys()].at(-1) ?? ""
      await odds.until(() => (fold.cursor() ?? "") >= last)
      // A position between two messages is one that no client ever stands at.
      const shared = [...digests].filter(([cursor]) => folded.has(cursor))
      assert.isAtLeast(shared.length, DIGESTS)
      assert.deepStrictEqual(
        shared.map(([cursor]) => [cursor, folded.get(cursor)]),
        shared
      )
      assert.strictEqual(fold.breaks(), 0)
      assert.isAbove(fold.size().offers, 1_000)

      const phases = progress.received.flatMap(({ scrapeProgress: { runId: id, phase } }) =>
        id === runId ? [phase] : []
      )
      assert.deepStrictEqual(phases.filter((phase, i) => phase !== phases[i - 1]).slice(0, -1), UNDER_WAY)
      assert.include(["COMPLETED", "PARTIAL"], phases.at(-1))

      const late = subscribe<Progress>(api, "subscription ($id: ID!) { scrapeProgress(runId: $id) { phase } }", {
        id: runId
      })
      await late.completed
      assert.deepStrictEqual(
        late.received.map(({ scrapeProgress }) => scrapeProgress.phase),
        phases.slice(-1)
      )
      await assertAgreed(api, dataDir)
    } finally {
      await house.stop()
      rmSync(dataDir, { recursive: true })
    }
  }, 180_000)
})
