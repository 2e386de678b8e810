/** A house that finds its journal damaged: it is set aside, and what Postgres knows is served again, as old as it is. */
import { mkdtempSync, readdirSync, rmSync, truncateSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { assert, describe, it } from "vitest"
import { post } from "../support/client.ts"
import type { Address } from "../support/client.ts"
import { launchHouse, startHouse } from "../support/house.ts"
import type { House } from "../support/house.ts"
import { assertAgreed, quiet } from "../support/invariant.ts"
import { fullRun } from "../support/runs.ts"
import { startSimulatorProcess } from "../support/simulator.ts"
import { historyOf, readStored } from "../support/stored.ts"

describe("a house whose journal is damaged", () => {
  it(
    "serves what Postgres knows before anything is fetched, and writes nothing of it again",
    { timeout: 240_000 },
    async () => {
      const dataDir = mkdtempSync(join(tmpdir(), "oddswire-damaged-"))
      const simulator = await startSimulatorProcess("--events 30 --seed 5 --latency none --faults none".split(" "))
      const options = { dataDir, environment: simulator.environment }
      let house: House | undefined
      try {
        house = await startHouse(options)
        await fullRun(apiOf(house))
        await quiet(apiOf(house))
        const before = await cacheOf(apiOf(house))
        const rows = (await readStored(dataDir, historyOf)).length
        assert.strictEqual(await house.stop(), 0)
        const stoppedAt = Date.now()
        truncateSync(join(dataDir, "journal", "journal.sqlite"), 40_000)
        await simulator.delay(8_000)

        house = await launchHouse(options)
        const api = apiOf(house)
        while ((await fetch(`${house.url}/readyz`)).status !== 200) await pause(20)
        const warm = await cacheOf(api)
        assert.deepStrictEqual(warm.cache, before.cache)
        for (const at of warm.confirmed) assert.isAtMost(Date.parse(at), stoppedAt)
        assert.isTrue(readdirSync(join(dataDir, "journal")).some((name) => name.startsWith("journal.sqlite.corrupt-")))
        assert.isTrue(
          warm.incidents.some(({ kind, cause }) => kind === "quarantine" && cause.includes("journal.sqlite.corrupt-"))
        )

        await simulator.hurry()
        await fullRun(api)
        await assertAgreed(api, dataDir)
        const after = (await readStored(dataDir, historyOf)).length
        assert.isBelow(after - rows, rows / 4, "the base was written into history again")
        assert.strictEqual(await house.stop(), 0)
      } finally {
        await house?.kill()
        await simulator.stop()
        rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 })
      }
    }
  )
})

const apiOf = ({ url }: House): Address => ({ http: `${url}/graphql` })

interface Answer {
  readonly system: {
    readonly cache: { readonly listings: number; readonly markets: number; readonly prices: number }
    readonly incidents: readonly { readonly kind: string; readonly cause: string }[]
  }
  readonly events: {
    readonly nodes: readonly { readonly listings: readonly { readonly confirmedAt: string | null }[] }[]
  }
}

const cacheOf = async (api: Address) => {
  const { events, system } = await post<Answer>(
    api,
    "{ system { cache { listings markets prices } incidents { kind cause } } events(first: 200) { nodes { listings { confirmedAt } } } }"
  )
  const confirmed = events.nodes.flatMap(({ listings }) => listings.flatMap((listing) => listing.confirmedAt ?? []))
  return { ...system, confirmed }
}
