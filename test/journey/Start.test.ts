import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, assert, beforeEach, describe, it, vi } from "@effect/vitest"
import { startHouse } from "../support/house.ts"
import type { House } from "../support/house.ts"
import { assertAgreed } from "../support/invariant.ts"

const SMALL = ["--events", "40", "--latency", "none", "--faults", "none"]

let folder = ""
const houses: House[] = []

const start = async (): Promise<House> => {
  const house = await startHouse({ dataDir: join(folder, "data"), simulator: SMALL })
  houses.push(house)
  return house
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "oddswire-journey-"))
})

afterEach(async () => {
  for (const house of houses.splice(0)) await house.kill()
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 })
})

describe("npm start", () => {
  it(
    "is ready by itself, tells health and metrics, and ends with 0 when it is told to",
    { timeout: 240_000 },
    async () => {
      const house = await start()
      const live = await fetch(`${house.url}/healthz`)
      assert.strictEqual(live.status, 200)
      const metrics = await fetch(`${house.url}/metrics`)
      assert.include(await metrics.text(), "process_resident_memory_bytes")
      assert.include(house.output(), "simulated")
      assert.strictEqual(await house.stop(), 0)
    }
  )

  it("ends in order when npm itself is told to", { timeout: 120_000 }, async () => {
    // A group of its own, so that whatever npm might leave behind ends with the test.
    const npm = spawn("npm", ["start", "--", ...SMALL], {
      cwd: join(import.meta.dirname, "../.."),
      env: { ...process.env, HOST: "127.0.0.1", PORT: "0", DATA_DIR: join(folder, "data") },
      stdio: ["ignore", "pipe", "inherit"],
      detached: true
    })
    try {
      let output = ""
      npm.stdout.setEncoding("utf8").on("data", (chunk: string) => (output += chunk))
      const url = await vi.waitFor(() => /http:\/\/\S+?(?=\/graphql)/.exec(output)?.[0] ?? assert.fail(output), {
        timeout: 60_000
      })
      const ended = once(npm, "exit")
      npm.kill("SIGTERM")
      assert.deepStrictEqual(await ended, [0, null])
      await assertGone(url)
    } finally {
      endGroup(npm.pid)
    }
  })

  it("is ready again on the same folder after kill -9", { timeout: 180_000 }, async () => {
    const first = await start()
    await first.kill()
    await vi.waitFor(() => assertGone(simulatorOf(first)), { timeout: 10_000 })
    const second = await start()
    assert.notStrictEqual(second.pid, first.pid)
    await assertAgreed({ http: `${second.url}/graphql` }, join(folder, "data"))
    assert.strictEqual(await second.stop(), 0)
  })
})

const endGroup = (leader: number | undefined): void => {
  try {
    if (leader !== undefined) process.kill(-leader, "SIGKILL")
  } catch {
    // Nobody of it is left.
  }
}

const simulatorOf = (house: House): string =>
  /http:\/\/\S+\/_sim/.exec(house.output())?.[0] ?? assert.fail("no simulator")

const assertGone = (url: string): Promise<void> =>
  fetch(url).then(
    () => assert.fail(`${url} still answers`),
    () => undefined
  )
