/**
 * A match that has left memory, and a database that is away: what history alone can answer is said to be unavailable,
 * and everything live goes on.
 *
 * Time is not waited for: the house is started again with a clock that is hours ahead.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it, vi } from "@effect/vitest"
import { ODDS_FIELDS, post, subscribe } from "../support/client.ts"
import type { Address, OddsMessage } from "../support/client.ts"
import { controlsOf } from "../support/controls.ts"
import { startHouse } from "../support/house.ts"
import type { House } from "../support/house.ts"
import { assertAgreed } from "../support/invariant.ts"
import { fullRun } from "../support/runs.ts"
import { makePostgres } from "../support/stoppablePostgres.ts"

const EVICTED_AFTER_MS = 2 * 3_600_000
const CLOCK_AHEAD = `--import ${join(import.meta.dirname, "../support/clockAhead.ts")}`

describe("an event that has left memory", () => {
  it(
    "is answered from history, is unavailable while Postgres is stopped, and history catches up afterwards",
    { timeout: 240_000 },
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "oddswire-evicted-"))
      const postgres = await makePostgres(folder)
      const houses: House[] = []
      const start = async (environment: { readonly [name: string]: string }): Promise<House> => {
        const house = await startHouse({
          dataDir: join(folder, "data"),
          simulator: ["--events", "40", "--latency", "none", "--faults", "none"],
          environment: { ...environment, DATABASE_URL: postgres.url }
        })
        houses.push(house)
        return house
      }
      try {
        await postgres.start()
        const first = await start({})
        const before = { http: `${first.url}/graphql` }
        await fullRun(before)
        await controlsOf(first).move(1)
        await fullRun(before)
        const { id, kickoff } = await nextEvent(before)
        const live = await pricesOf(before, id)
        assert.strictEqual(live.status, "UPCOMING")
        assert.isAbove(live.comparisons.length, 0)
        await caughtUp(before)
        const written = await historyOf(before, id)
        assert.isAbove(written.length, 1)
        assert.strictEqual(await first.stop(), 0)

        const ahead = Date.parse(kickoff) + EVICTED_AFTER_MS + 60_000 - Date.now()
        const house = await start({ NODE_OPTIONS: CLOCK_AHEAD, CLOCK_AHEAD_MS: String(ahead) })
        const api = { http: `${house.url}/graphql` }
        await fullRun(api)
        await vi.waitFor(async () => assert.strictEqual((await pricesOf(api, id)).status, "CLOSED"), {
          timeout: 10_000
        })
        assert.deepStrictEqual((await pricesOf(api, id)).comparisons, live.comparisons)
        assert.deepStrictEqual(await historyOf(api, id), written)

        const odds = subscribe<{ readonly oddsUpdated: OddsMessage }>(
          api,
          `subscription { oddsUpdated { ${ODDS_FIELDS} } }`
        )
        await odds.until(({ oddsUpdated }) => oddsUpdated.lastPage)
        await postgres.stop()
        assert.include(await refusalOf(pricesOf(api, id)), "STORAGE_UNAVAILABLE")
        assert.include(await refusalOf(historyOf(api, id)), "STORAGE_UNAVAILABLE")

        const told = odds.received.length
        await controlsOf(house).move(1)
        const during = await fullRun(api)
        assert.strictEqual(during.phase, "COMPLETED")
        const { oddsUpdated: delta } = await odds.until(
          (message) => odds.received.indexOf(message) >= told && message.oddsUpdated.offers.length > 0
        )
        assert.strictEqual(delta.kind, "DELTA")
        const other = await nextEvent(api)
        const moved = await pricesOf(api, other.id)
        assert.strictEqual(moved.status, "UPCOMING")
        assert.strictEqual((await fetch(`${house.url}/readyz`)).status, 200)
        assert.isFalse((await storageOf(api)).reachable)

        await postgres.start()
        await caughtUp(api)
        const [newest] = (await historyOf(api, other.id)).slice(-1)
        assert.strictEqual(newest?.offer.outcomes[0]?.price, ours(moved))
        assert.strictEqual((await pricesOf(api, id)).status, "CLOSED")
        await assertAgreed(api, postgres.url)
      } finally {
        for (const house of houses) await house.kill()
        await postgres.stop()
        rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 })
      }
    }
  )
})

interface Priced {
  readonly status: string
  readonly comparisons: readonly {
    readonly id: string
    readonly offers: readonly {
      readonly bookmakerId: string
      readonly outcomes: readonly { readonly outcome: string; readonly price: string | null }[]
    }[]
  }[]
}

const pricesOf = async (api: Address, id: string): Promise<Priced> => {
  const { event } = await post<{ readonly event: Priced | null }>(
    api,
    `query ($id: ID!) { event(id: $id) { status comparisons(markets: ["1x2_ft", "over_under_ft@2.5"]) {
      id offers { bookmakerId outcomes { outcome price } } } } }`,
    { id }
  )
  return event ?? assert.fail(`${id} was never seen`)
}

const ours = (event: Priced): string | null | undefined =>
  event.comparisons[0]?.offers.find(({ bookmakerId }) => bookmakerId === "betpawa-ng")?.outcomes[0]?.price

/** The next match that BetPawa lists. */
const nextEvent = async (api: Address): Promise<{ readonly id: string; readonly kickoff: string }> => {
  const { events } = await post<{
    readonly events: {
      readonly nodes: readonly { id: string; kickoff: string; listings: readonly { state: string }[] }[]
    }
  }>(
    api,
    `{ events(filter: { status: [UPCOMING] }) { nodes { id kickoff listings(bookmakers: ["betpawa-ng"]) { state } } } }`
  )
  const offered = events.nodes.find(({ listings }) => listings.every(({ state }) => state === "CONFIRMED"))
  return offered ?? assert.fail("BetPawa lists nothing")
}

/** BetPawa's prices of the full-time result as they changed. */
const historyOf = async (api: Address, event: string) => {
  const { oddsHistory } = await post<{
    readonly oddsHistory: {
      readonly nodes: readonly {
        readonly seq: string
        readonly at: string
        readonly offer: { readonly outcomes: readonly { readonly price: string | null }[] }
      }[]
    }
  }>(
    api,
    `query ($event: ID!) { oddsHistory(filter: { events: [$event], bookmakers: ["betpawa-ng"], markets: ["1x2_ft"],
      from: "2026-01-01T00:00:00Z", to: "2100-01-01T00:00:00Z" }) { nodes { seq at offer { outcomes { price } } } } }`,
    { event }
  )
  return oddsHistory.nodes
}

interface Storage {
  readonly reachable: boolean
  readonly backlog: number
}

const storageOf = async (api: Address): Promise<Storage> =>
  (await post<{ readonly system: { readonly storage: Storage } }>(api, "{ system { storage { reachable backlog } } }"))
    .system.storage

const caughtUp = (api: Address): Promise<void> =>
  vi.waitFor(async () => assert.deepStrictEqual(await storageOf(api), { reachable: true, backlog: 0 }), {
    timeout: 45_000,
    interval: 100
  })

const refusalOf = (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    (answer) => assert.fail(`answered ${JSON.stringify(answer)}`),
    (error: Error) => error.message
  )
