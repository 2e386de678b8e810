/**
 * The client on a line that breaks again and again, and across a crash of the house: it comes back by itself, goes on
 * from its cursor, and its state equals the server's.
 *
 * `CLIENT_DROPS=1000` breaks the line that often; a short form is part of every run.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { afterAll, assert, beforeAll, describe, it, vi } from "vitest"
import { clientOver } from "../../src/client/Client.ts"
import { makeConnection } from "../../src/client/Connection.ts"
import { webSocketLink } from "../../src/client/Link.ts"
import type { OpenLink } from "../../src/client/Link.ts"
import type { OddsFeed } from "../../src/client/OddsFeed.ts"
import type { Status } from "../../src/client/Status.ts"
import { surroundings } from "../../src/client/Surroundings.ts"
import { post } from "../support/client.ts"
import { startCuttingProxy } from "../support/cuttingProxy.ts"
import type { Break, CuttingProxy } from "../support/cuttingProxy.ts"
import { startHouse } from "../support/house.ts"
import type { House } from "../support/house.ts"

const DROPS = Number(process.env["CLIENT_DROPS"] ?? 24)
const CLIENTS = 4

const dataDir = mkdtempSync(join(tmpdir(), "oddswire-client-"))
let house: House
let proxy: CuttingProxy

const begin = () => startHouse({ dataDir, simulator: ["--events", "60"] })
const portOf = ({ url }: House): number => Number(new URL(url).port)

beforeAll(async () => {
  house = await begin()
  proxy = await startCuttingProxy(portOf(house))
}, 90_000)

afterAll(async () => {
  proxy.close()
  await house.stop()
  rmSync(dataDir, { recursive: true })
})

/** A client behind the proxy, and what its links brought. */
const follow = () => {
  const kinds: string[] = []
  const listening: OpenLink = (events) => {
    const link = webSocketLink({ url: `ws://127.0.0.1:${proxy.port}/graphql` })(events)
    return {
      ...link,
      subscribe: (request, sink) =>
        link.subscribe(request, {
          ...sink,
          next: (data) => {
            const kind = /"kind":"(SNAPSHOT|RESUMED)".*?"page":0/.exec(JSON.stringify(data))?.[1]
            if (kind !== undefined) kinds.push(kind)
            sink.next(data)
          }
        })
    }
  }
  const connection = makeConnection(listening, surroundings, { firstMs: 20, mostMs: 500 })
  const client = clientOver(connection, surroundings)
  return { client, feed: client.odds(), kinds }
}

const until = (feed: OddsFeed, wanted: Status): Promise<void> =>
  new Promise((resolve) => {
    const look = (): void => {
      if (feed.standing().status !== wanted) return
      leave()
      resolve()
    }
    const leave = feed.onChange(look)
    look()
  })

/** Prices keep moving while the line breaks. */
const scrapeAgainAndAgain = () => {
  let stopped = false
  const scrape = async (): Promise<void> => {
    while (!stopped) {
      await post({ http: `${house.url}/graphql` }, "mutation { startScrape { joined errors { code } } }")
      await pause(500)
    }
  }
  const running = scrape()
  return () => {
    stopped = true
    return running
  }
}

describe("the client", () => {
  it(
    `stands where the server stands after ${DROPS} drops of every kind`,
    { timeout: 60_000 + DROPS * 1_000 },
    async () => {
      // The date of the machine is ten minutes off, as a trader's may be.
      const { now } = Date
      const shifted = vi.spyOn(Date, "now").mockImplementation(() => now() + 10 * 60_000)
      const followers = Array.from({ length: CLIENTS }, follow)
      await Promise.all(followers.map(({ feed }) => until(feed, "live")))
      const stopScraping = scrapeAgainAndAgain()
      let longest = 0
      for (let drop = 0; drop < DROPS; drop++) {
        const how: Break = drop % 20 === 10 ? "SILENCE" : drop % 2 === 0 ? "FIN" : "RST"
        const cutAt = performance.now()
        proxy.cut(how)
        await Promise.all(followers.map(({ feed }) => until(feed, "stale")))
        if (how === "SILENCE") longest = Math.max(longest, performance.now() - cutAt)
        // Also in the middle of coming back.
        await pause((drop * 37) % 150)
        if (drop % 3 === 0) await Promise.all(followers.map(({ feed }) => until(feed, "live")))
      }
      await stopScraping()
      await Promise.all(followers.map(({ feed }) => until(feed, "live")))
      for (const { feed, kinds, client } of followers) {
        assert.strictEqual(await feed.verify(), "EQUAL")
        assert.strictEqual(feed.view().faults, 0)
        assert.lengthOf(feed.view().rows, 60)
        assert.closeTo(client.serverNow() ?? 0, now(), 1_000)
        assert.deepStrictEqual([...new Set(kinds.slice(1))], ["RESUMED"])
        client.close()
      }
      shifted.mockRestore()
      // Two seconds, and what a busy machine adds.
      assert.isBelow(longest, 3_000)
      console.log(`${DROPS} drops: a silent line was noticed within ${Math.round(longest)} ms`)
    }
  )

  it("goes on from its cursor when the house was killed and came back", { timeout: 90_000 }, async () => {
    const { client, feed, kinds } = follow()
    await until(feed, "live")
    const before = feed.view().rows.length
    await house.kill()
    await until(feed, "stale")
    assert.lengthOf(feed.view().rows, before)
    house = await begin()
    proxy.lead(portOf(house))
    await until(feed, "live")
    assert.deepStrictEqual(kinds, ["SNAPSHOT", "RESUMED"])
    assert.strictEqual(await feed.verify(), "EQUAL")
    assert.strictEqual(feed.view().faults, 0)
    client.close()
  })
})
