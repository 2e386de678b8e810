/** A house that finds its journal damaged: it is set aside, and what Postgres knows is served again, as old as it is. */
import { mkdtempSync, readdirSync, rmSync, truncateSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { post } from "../support/client.ts"
import type { Address } from "../support/client.ts"
import { launchHouse, startHouse } from "../support/house.ts"
import type { House } from "../support/house.ts"
import { assertAgreed, quiet } from "../support/invariant.ts"
import { fullRun } from "../support/runs.ts"
import { startSimulatorProcess } from "../support/simulator.ts"
import type { SimulatorProcess } from "../support/simulator.ts"
import { makePostgres } from "../support/stoppablePostgres.ts"
import { historyOf, readStored } from "../support/stored.ts"

const NOWHERE = {
  BETPAWA_BASE_URL: "http://127.0.0.1:9",
  SPORTYBET_BASE_URL: "http://127.0.0.1:9",
  BET9JA_BASE_URL: "http://127.0.0.1:9"
}

let folder = ""
let simulator: SimulatorProcess
const houses: House[] = []

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "oddswire-damaged-"))
  simulator = await startSimulatorProcess("--events 15 --seed 5 --latency none --faults none".split(" "))
})

afterEach(async () => {
  for (const house of houses.splice(0)) await house.kill()
  await simulator.stop()
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 })
})

describe("a house whose journal is damaged", () => {
  it(
    "serves what Postgres knows, as old as it is, and writes nothing of it again however soon all is fetched",
    { timeout: 240_000 },
    async () => {
      const before = await damaged()
      const alone = await startHouse({ dataDir: dataDir(), environment: NOWHERE })
      houses.push(alone)
      const { cache, confirmed, incidents } = await cacheOf(apiOf(alone))
      assert.deepStrictEqual(cache, before.cache)
      for (const at of confirmed) assert.isAtMost(Date.parse(at), before.stoppedAt)
      assert.isTrue(readdirSync(journal()).some((name) => name.startsWith("journal.sqlite.corrupt-")))
      assert.isTrue(
        incidents.some(({ kind, cause }) => kind === "quarantine" && cause.includes("journal.sqlite.corrupt-"))
      )
      assert.strictEqual(await alone.stop(), 0)

      cutOff()
      const house = await startHouse({ dataDir: dataDir(), environment: simulator.environment })
      houses.push(house)
      await fullRun(apiOf(house))
      await assertAgreed(apiOf(house), dataDir())
      const after = (await readStored(dataDir(), historyOf)).length
      assert.isBelow(after - before.rows, before.rows / 4, "the board was written into history again")
      assert.strictEqual(await house.stop(), 0)
    }
  )

  it("shows what is fetched while Postgres is away, and writes nothing of it again", { timeout: 240_000 }, async () => {
    const server = await makePostgres(folder)
    await server.start()
    try {
      const environment = { ...simulator.environment, DATABASE_URL: server.url }
      await damaged(environment)
      await server.stop()
      const house = await launchHouse({ dataDir: dataDir(), environment })
      houses.push(house)
      await fullRun(apiOf(house))
      assert.isAbove((await cacheOf(apiOf(house))).cache.listings, 0)
      await server.start()
      await assertAgreed(apiOf(house), server.url)
      assert.strictEqual(await house.stop(), 0)
    } finally {
      await server.stop()
    }
  })
})

const dataDir = (): string => join(folder, "data")
const journal = (): string => join(dataDir(), "journal")
const cutOff = (): void => truncateSync(join(journal(), "journal.sqlite"), 40_000)

/** What a house knew that has stored all of it before its journal was cut off. */
const damaged = async (environment: Readonly<{ [name: string]: string }> = simulator.environment) => {
  const house = await startHouse({ dataDir: dataDir(), environment })
  houses.push(house)
  const api = apiOf(house)
  await fullRun(api)
  await quiet(api)
  const { cache } = await cacheOf(api)
  const rows = "DATABASE_URL" in environment ? 0 : (await readStored(dataDir(), historyOf)).length
  // What stops the fetching is kept in Postgres, and the next house is to begin at once.
  await post(api, "mutation { resumeSchedule { errors { message } } }")
  assert.strictEqual(await house.stop(), 0)
  cutOff()
  return { cache, rows, stoppedAt: Date.now() }
}

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
