/**
 * The client across a crash of the house: it comes back by itself, goes on from its cursor, and its state equals the
 * server's. Lines that break are `npm run faults client-drops`.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { until, witness } from "../../scripts/faults/clientDrops/Witness.ts"
import { startCuttingProxy } from "../support/cuttingProxy.ts"
import type { CuttingProxy } from "../support/cuttingProxy.ts"
import { startHouse } from "../support/house.ts"
import type { House } from "../support/house.ts"
import { assertAgreed } from "../support/invariant.ts"

const dataDir = mkdtempSync(join(tmpdir(), "oddswire-client-"))
let house: House
let proxy: CuttingProxy

const begin = () => startHouse({ dataDir, simulator: ["--events", "60"] })
const portOf = ({ url }: House): number => Number(new URL(url).port)

beforeAll(async () => {
  house = await begin()
  proxy = await startCuttingProxy(portOf(house))
}, 180_000)

afterAll(async () => {
  proxy.close()
  await house.stop()
  rmSync(dataDir, { recursive: true })
})

describe("the client", () => {
  it("goes on from its cursor when the house was killed and came back", { timeout: 180_000 }, async () => {
    const { client, feed, welcomes } = witness(`ws://127.0.0.1:${proxy.port}/graphql`)
    await until(feed, "live")
    const before = feed.view().rows.length
    await house.kill()
    await until(feed, "stale")
    assert.lengthOf(feed.view().rows, before)
    house = await begin()
    proxy.lead(portOf(house))
    await until(feed, "live")
    assert.deepStrictEqual(welcomes, ["SNAPSHOT", "RESUMED"])
    assert.strictEqual(await feed.verify(), "EQUAL")
    assert.strictEqual(feed.view().faults, 0)
    client.close()
    await assertAgreed({ http: `${house.url}/graphql` }, dataDir)
  })
})
