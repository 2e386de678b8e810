/** A bookmaker that refuses us, in real time: the virtual clock has the finer cases in `test/scraping/Faults.test.ts`. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { assert, describe, it, vi } from "@effect/vitest"
import { post } from "../support/client.ts"
import type { Address } from "../support/client.ts"
import { controlsOf } from "../support/controls.ts"
import { startHouse } from "../support/house.ts"
import { assertAgreed } from "../support/invariant.ts"
import { fullRun } from "../support/runs.ts"

const WAIT_MS = 8_000
const OTHERS = ["sportybet-ng", "bet9ja-ng"]

describe("a BetPawa that answers 403", () => {
  it(
    "is stale and said to be blocked, gets one request at the announced time, and comes back by itself",
    { timeout: 240_000 },
    async () => {
      const dataDir = mkdtempSync(join(tmpdir(), "oddswire-blocked-"))
      const house = await startHouse({
        dataDir,
        simulator: ["--events", "60", "--faults", "none"],
        environment: { REFUSAL_WAIT: `${WAIT_MS} millis` }
      })
      try {
        const api = { http: `${house.url}/graphql` }
        const simulator = controlsOf(house)
        // The first joins the run that the start has begun, which reads lists too.
        await fullRun(api)
        const healthy = await fullRun(api)
        assert.strictEqual(healthy.phase, "COMPLETED")

        await simulator.order({ bookmaker: "betpawa", kind: "403html" })
        const run = await fullRun(api)
        assert.strictEqual(run.phase, "PARTIAL")
        for (const id of OTHERS) assert.deepStrictEqual(run.counts.get(id), healthy.counts.get(id), id)
        assert.isAtMost(run.tookMs, healthy.tookMs * 1.25 + 500)

        const blocked = await betpawa(api)
        assert.strictEqual(blocked.state, "STALE")
        assert.strictEqual(blocked.reason?.code, "BLOCKED")
        const announced = Date.parse(blocked.reason?.until ?? "")
        assert.isAbove(announced, Date.now(), "the run has used up the wait")
        const before = await simulator.requestsTo("betpawa")
        await pause(announced - Date.now() - 100)
        assert.strictEqual(await simulator.requestsTo("betpawa"), before)

        const again = await vi.waitFor(
          async () => {
            const { reason } = await betpawa(api)
            assert.isAbove(Date.parse(reason?.until ?? ""), announced)
            return Date.parse(reason?.until ?? "")
          },
          { timeout: 10_000, interval: 100 }
        )
        assert.isAtLeast(again, announced + 2 * WAIT_MS)
        assert.strictEqual(await simulator.requestsTo("betpawa"), before + 1)

        await simulator.clearFaults()
        await pause(again - Date.now() - 100)
        assert.strictEqual(await simulator.requestsTo("betpawa"), before + 1)
        await vi.waitFor(async () => assert.strictEqual((await betpawa(api)).state, "CONFIRMED"), {
          timeout: 10_000,
          interval: 100
        })
        assert.isNull((await betpawa(api)).reason)
        await assertAgreed(api, dataDir)
      } finally {
        await house.stop()
        rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 })
      }
    }
  )
})

interface Standing {
  readonly id: string
  readonly state: string
  readonly reason: { readonly code: string; readonly until: string | null } | null
}

const betpawa = async (api: Address): Promise<Standing> => {
  const { bookmakers } = await post<{ readonly bookmakers: readonly Standing[] }>(
    api,
    "{ bookmakers { id state reason { code until } } }"
  )
  return bookmakers.find(({ id }) => id === "betpawa-ng") ?? assert.fail("no BetPawa")
}
