/**
 * Pages on the client in a real browser: the example against a whole house, and a grid under more changes than a
 * screen can show.
 */
import { mkdtempSync, rmSync } from "node:fs"
import type { Server } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import type { Browser } from "playwright-core"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { buildClient } from "../../scripts/build-client.ts"
import { bookmaker, cursorAt, delta, event, listing, message, offer } from "../client/messages.ts"
import { post } from "../support/client.ts"
import { buildPage, launchBrowser, portOf, serveFolder } from "../support/browser.ts"
import { startHouse } from "../support/house.ts"
import { startStreamServer } from "../support/streamServer.ts"

// The browser that npm brings is built for this system only.
const BROWSER_RUNS_HERE = process.platform === "linux" && process.arch === "x64"

const ROWS = 1_300
const DELTAS_PER_SECOND = 1_000
const SECONDS = 3

const folder = mkdtempSync(join(tmpdir(), "oddswire-page-"))
let browser: Browser
let pages: Server

beforeAll(async () => {
  assert.strictEqual(buildClient(join(import.meta.dirname, "../../dist/client")), "")
  ;[browser] = await Promise.all([
    launchBrowser(),
    buildPage("scripts/examples/page", join(folder, "example")),
    buildPage("test/client/page", join(folder, "counting"))
  ])
  pages = await serveFolder(folder)
}, 120_000)

afterAll(async () => {
  await browser.close()
  pages.close()
  rmSync(folder, { recursive: true })
})

describe.runIf(BROWSER_RUNS_HERE)("the example page", () => {
  it("shows the house's odds and its run, and tells their age by the server's clock where the browser's is ten minutes off", async () => {
    const house = await startHouse({
      dataDir: join(folder, "data"),
      simulator: ["--events", "30"],
      environment: { ACCESS_ORIGINS: `http://127.0.0.1:${portOf(pages)}` }
    })
    try {
      const page = await browser.newPage()
      // Its date only; what counts milliseconds goes on as it did.
      await page.addInitScript(() => {
        const { now } = Date
        Date.now = () => now() + 10 * 60_000
      })
      await page.goto(`${at("example")}?api=${house.url.replace("http", "ws")}/graphql`)
      await page.waitForSelector("#status:text-is('live')")
      await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 30)
      assert.isBelow(Number(await page.textContent("#age")), 10)
      assert.match((await page.textContent("tbody tr td.CONFIRMED")) ?? "", /\d\.\d/)

      await post({ http: `${house.url}/graphql` }, "mutation { startScrape { errors { code } } }")
      await page.waitForFunction(() => /\d+ of \d+/.test(document.querySelector("#bar")?.textContent ?? ""))

      await house.kill()
      await page.waitForSelector("#status:text-is('stale')")
      assert.lengthOf(await page.$$("tbody tr"), 30)
      await page.close()
    } finally {
      await house.kill()
    }
  }, 120_000)
})

describe.runIf(BROWSER_RUNS_HERE)("the hooks", () => {
  it(`commit once a frame at most, on ${ROWS} rows under ${DELTAS_PER_SECOND} changes a second`, async () => {
    const server = await startStreamServer(() => [board])
    try {
      const page = await browser.newPage()
      await page.goto(`${at("counting")}?api=${server.url}`)
      await page.waitForFunction((rows) => document.querySelectorAll("tbody tr").length === rows, ROWS)
      const before = await counts(page)

      const changes = DELTAS_PER_SECOND * SECONDS
      const started = performance.now()
      for (let n = 0; n < changes; n++) {
        server.tell(delta(n, n + 1, { offers: [offer(String(n % ROWS), "ours", 1_010 + n)] }))
        if (n % 10 === 9) await pause(Math.max(0, started + ((n + 1) / DELTAS_PER_SECOND) * 1_000 - performance.now()))
      }
      const seconds = (performance.now() - started) / 1_000
      const lastPrice = String((1_010 + changes - 1) / 1_000)
      await page.waitForFunction((price) => document.body.textContent?.includes(price) === true, lastPrice)
      const after = await counts(page)
      const [frames, commits] = [after.frames - before.frames, after.commits - before.commits]
      console.log(
        `${changes} changes in ${seconds.toFixed(1)} s: ${commits} commits in ${frames} frames, at most ${after.most} in one`
      )
      assert.strictEqual(after.most, 1)
      assert.isAtMost(commits, frames)
      // Neither by drawing nothing.
      assert.isAbove(commits, SECONDS * 5)
      assert.isAbove(changes / seconds, DELTAS_PER_SECOND * 0.9)
      await page.close()
    } finally {
      server.close()
    }
  }, 120_000)
})

const at = (name: string): string => `http://127.0.0.1:${portOf(pages)}/${name}/`

const ids = Array.from({ length: ROWS }, (_, i) => String(i))

const board = message("SNAPSHOT", {
  cursor: cursorAt(0),
  serverTime: new Date().toISOString(),
  bookmakers: ["ours", "theirs", "others"].map((id) => bookmaker(id)),
  events: ids.map((id) => event(id)),
  listings: ids.flatMap((id) => ["ours", "theirs", "others"].map((one) => listing(id, one))),
  offers: ids.flatMap((id) => ["ours", "theirs", "others"].map((one) => offer(id, one, 2_000)))
})

interface Page {
  readonly evaluate: <A>(read: () => A) => Promise<A>
}

const counts = (page: Page) =>
  page.evaluate(() => {
    const { frames = "0", commits = "0", most = "0" } = document.body.dataset
    return { frames: Number(frames), commits: Number(commits), most: Number(most) }
  })
