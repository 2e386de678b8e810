/**
 * A house that is killed in mid-run, again and again, while prices go on moving: nothing that anybody saw is lost,
 * nothing is told twice, and what is stored is what was served.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { assert, describe, it } from "vitest"
import { accountsOf } from "../support/accounts.ts"
import { post, subscribe } from "../support/client.ts"
import type { Address } from "../support/client.ts"
import { launchHouse, startHouse } from "../support/house.ts"
import type { House } from "../support/house.ts"
import { agreement, quiet } from "../support/invariant.ts"
import { judge } from "../support/oracle.ts"
import type { Account } from "../support/oracle.ts"
import { startSimulatorProcess } from "../support/simulator.ts"
import type { Serving, SimulatorProcess } from "../support/simulator.ts"
import { historyOf, isRunning, postmasterOf, readStored } from "../support/stored.ts"
import type { StoredRow } from "../support/stored.ts"

const EVENTS = 120
/** Items of the run under way when the house is killed; 345 are about all there are. */
const WAYS = [
  { seed: 11, weather: "none", killedAt: [60, 200] },
  { seed: 12, weather: "default", killedAt: [320, 5] }
]

describe("a house killed in mid-run", () => {
  it.each(WAYS)(
    "has every change served to it in its history exactly once (seed $seed, faults $weather, killed at $killedAt items)",
    { timeout: 240_000 },
    async ({ seed, weather, killedAt }) => {
      const dataDir = mkdtempSync(join(tmpdir(), "oddswire-crash-"))
      const simulator = await startSimulatorProcess(`--events ${EVENTS} --seed ${seed} --faults ${weather}`.split(" "))
      const options = { dataDir, environment: simulator.environment }
      let house: House | undefined
      try {
        const kickoffs = await simulator.kickoffs()
        house = await startHouse(options)
        const kills: number[] = []
        const seen: SeenOffer[] = []
        let lastRun = ""
        for (const items of killedAt) {
          const killed = await killAt(house, dataDir, items, seen)
          kills.push(killed.at)
          await simulator.move(0.05)
          house = await startWarm(simulator, options, killed)
          lastRun = await fullRun(apiOf(house))
        }
        const api = apiOf(house)
        await quiet(api)

        const rows = await readStored(dataDir, historyOf)
        const accounts = await accountsOf(simulator, new Map([...(await simulator.kickoffs()), ...kickoffs]), rows)
        const verdict = judge(accounts, kills)
        assert.deepStrictEqual(verdict.faults, [])
        assert.deepStrictEqual(verdict.leftOut, [])
        assert.isAbove(verdict.rows, EVENTS * 250)
        assert.lengthOf(judge(withoutOneRow(accounts), kills).faults, 1)
        assert.deepStrictEqual(lostOf(seen, rows), [])
        assert.isAbove(seen.length, 50)

        const agreed = await agreement(api, dataDir)
        assert.deepStrictEqual(agreed.faults, [])
        assert.isAbove(agreed.markets, EVENTS * 200)
        // One move in twenty, and what moves by itself: a restart that forgot would write them all.
        const rewritten = rows.filter(({ runId }) => runId === lastRun).length / agreed.markets
        assert.isAbove(rewritten, 0.03)
        assert.isBelow(rewritten, 0.2)
        assert.strictEqual(await house.stop(), 0)
      } finally {
        await house?.kill()
        await simulator.stop()
        rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 })
      }
    }
  )
})

describe("what was served against what is stored", () => {
  const agreeing = account(
    [
      served(1_000, "1x2_ft home 1500", "btts_ft yes 1800"),
      served(2_000, "1x2_ft home 1500", "btts_ft yes 1800"),
      served(3_000, "1x2_ft home 1510", "btts_ft yes -"),
      served(4_000, "1x2_ft home 1500")
    ],
    [
      row(1, 1_100, "1x2_ft", "home:1500:O"),
      row(1, 1_100, "btts_ft", "yes:1800:O"),
      row(2, 3_100, "1x2_ft", "home:1510:O"),
      row(2, 3_100, "btts_ft", "yes:1800:S"),
      row(3, 4_100, "1x2_ft", "home:1500:O"),
      row(3, 4_100, "btts_ft", "yes:1800:W")
    ]
  )

  it("agrees where every change is there once and in order", () => {
    assert.deepStrictEqual(judge([agreeing], []), { faults: [], servings: 4, rows: 6, cutOff: 0, leftOut: [] })
  })

  it("disagrees when any one row is missing, doubled, altered or out of place", () => {
    agreeing.rows.forEach((each, i) => {
      const others = agreeing.rows.toSpliced(i, 1)
      const wrong = [
        others,
        agreeing.rows.toSpliced(i, 0, each),
        [...agreeing.rows, { ...each, seq: 4, at: 5_000 }],
        agreeing.rows.with(i, { ...each, prices: each.prices.replace(":1", ":2") }),
        agreeing.rows.with(i, { ...each, prices: each.prices.replace(/\w$/, "U") })
      ]
      for (const rows of wrong) assert.lengthOf(judge([{ ...agreeing, rows }], []).faults, 1)
    })
    const swapped = agreeing.rows.map((each) => ({ ...each, seq: 4 - each.seq })).reverse()
    assert.lengthOf(judge([{ ...agreeing, rows: swapped }], []).faults, 1)
    const early = agreeing.rows.map((each) => ({ ...each, at: each.at - 200 }))
    assert.lengthOf(judge([{ ...agreeing, rows: early }], []).faults, 1)
  })

  it("lets a record be absent only where a kill may have cut it off, and then the next one must tell all of it", () => {
    const rows = agreeing.rows.filter(({ seq }) => seq !== 2)
    assert.lengthOf(judge([{ ...agreeing, rows }], []).faults, 1)
    assert.lengthOf(judge([{ ...agreeing, rows }], [3_200]).faults, 1)
    const withdrawn = [...rows.slice(0, 2), row(3, 4_100, "btts_ft", "yes:1800:W")]
    assert.deepInclude(judge([{ ...agreeing, rows: withdrawn }], [3_200]), { faults: [], cutOff: 1 })
    assert.lengthOf(judge([{ ...agreeing, rows: withdrawn }], [9_000]).faults, 1)
  })

  it("takes of a list what was told of it, all of it or nothing, and the next detail must tell the rest", () => {
    const listed = { ...served(2_000, "1x2_ft home 1510", "btts_ft yes 1900"), part: true }
    const servings = [
      served(1_000, "1x2_ft home 1500", "btts_ft yes 1800"),
      listed,
      served(3_000, "1x2_ft home 1510", "btts_ft yes 1900")
    ]
    const first = [row(1, 1_100, "1x2_ft", "home:1500:O"), row(1, 1_100, "btts_ft", "yes:1800:O")]
    const result = (seq: number, at: number) => row(seq, at, "1x2_ft", "home:1510:O")
    const goals = (seq: number, at: number) => row(seq, at, "btts_ft", "yes:1900:O")
    const faults = (...rows: readonly StoredRow[]) => judge([account(servings, [...first, ...rows])], []).faults.length
    assert.strictEqual(faults(result(2, 3_100), goals(2, 3_100)), 0)
    assert.strictEqual(faults(result(2, 2_100), goals(3, 3_100)), 0)
    assert.strictEqual(faults(result(2, 2_100), goals(2, 2_100)), 0)
    assert.strictEqual(faults(result(2, 1_900), goals(3, 3_100)), 1)
    assert.strictEqual(faults(result(2, 2_100)), 1)
    assert.strictEqual(faults(row(2, 2_100, "1x2_ft", "home:1520:O"), goals(3, 3_100)), 1)
    assert.strictEqual(faults(), 1)
    assert.deepInclude(judge([account(servings.slice(0, 2), first)], []), { faults: [], servings: 1, cutOff: 0 })
  })

  it("compares nothing that only one side has a name for, and says so", () => {
    const { faults, leftOut } = judge(
      [{ ...agreeing, rows: agreeing.rows.filter(({ market }) => market !== "btts_ft") }],
      []
    )
    assert.deepStrictEqual({ faults, leftOut }, { faults: [], leftOut: ["bet9ja-ng btts_ft"] })
  })
})

interface Killed {
  readonly at: number
  readonly cache: Cache
}

interface Cache {
  readonly listings: number
  readonly markets: number
  readonly prices: number
}

const apiOf = ({ url }: House): Address => ({ http: `${url}/graphql` })

/** Kills once a run has come to so many items, and waits until the database has ended by itself. */
const killAt = async (house: House, dataDir: string, items: number, seen: SeenOffer[]): Promise<Killed> => {
  const api = apiOf(house)
  const odds = subscribe<{ oddsUpdated: { durable: boolean; offers: readonly SeenOffer[] } }>(
    api,
    "subscription { oddsUpdated { durable offers { eventId bookmakerId marketKey changedAt outcomes { outcome milli } } } }",
    {},
    ({ oddsUpdated: { durable, offers } }) => void (durable && seen.push(...offers))
  )
  await odds.until(() => true)
  await (await startRun(api)).until(({ scrapeProgress: { current } }) => current >= items)
  const cache = await cacheOf(api)
  const postmaster = postmasterOf(dataDir) ?? assert.fail("no database runs")
  await house.kill()
  const at = Date.now()
  while (isRunning(postmaster.pid)) {
    assert.isBelow(Date.now() - at, DATABASE_ENDS_WITHIN_MS, "the database did not end by itself")
    await pause(20)
  }
  assert.isUndefined(postmasterOf(dataDir), "the database left its pid file behind")
  return { at, cache }
}

const DATABASE_ENDS_WITHIN_MS = 15_000

/** Starts on what the killed house left; all that it knew is served before anything is fetched again. */
const startWarm = async (
  simulator: SimulatorProcess,
  options: Parameters<typeof launchHouse>[0],
  killed: Killed
): Promise<House> => {
  const servedBefore = await servings(simulator)
  await simulator.delay(3_000)
  const house = await launchHouse(options)
  const api = apiOf(house)
  const cache = await cacheOf(api)
  const { events } = await post<Events>(
    api,
    '{ events(first: 200) { nodes { listings { confirmedAt } comparisons(markets: ["1x2_ft"]) { offers { outcomes { milli } } } } } }'
  )
  assert.strictEqual(await servings(simulator), servedBefore, "something was fetched before the question")
  await simulator.hurry()
  for (const what of ["listings", "markets", "prices"] as const) assert.isAtLeast(cache[what], killed.cache[what], what)
  const confirmed = events.nodes.flatMap(({ listings }) => listings.flatMap(({ confirmedAt }) => confirmedAt ?? []))
  assert.strictEqual(confirmed.length, cache.listings)
  for (const time of confirmed) assert.isAtMost(Date.parse(time), killed.at)
  const priced = events.nodes.flatMap(({ comparisons }) =>
    comparisons.flatMap(({ offers }) => offers.flatMap(({ outcomes }) => outcomes))
  )
  assert.isNotEmpty(priced.filter(({ milli }) => milli !== null))
  await untilReady(house)
  return house
}

interface Events {
  readonly events: {
    readonly nodes: readonly {
      readonly listings: readonly { readonly confirmedAt: string | null }[]
      readonly comparisons: readonly {
        readonly offers: readonly { readonly outcomes: readonly { readonly milli: number | null }[] }[]
      }[]
    }[]
  }
}

const untilReady = async (house: House): Promise<void> => {
  while ((await fetch(`${house.url}/readyz`)).status !== 200) await pause(50)
}

const cacheOf = async (api: Address): Promise<Cache> =>
  (await post<{ system: { cache: Cache } }>(api, "{ system { cache { listings markets prices } } }")).system.cache

const servings = async (simulator: SimulatorProcess): Promise<number> =>
  (await simulator.listings()).reduce((sum, listing) => sum + listing.servings, 0)

/** Answers the id of a run that fetched everything. */
const fullRun = async (api: Address): Promise<string> => {
  const run = await startRun(api)
  await run.completed
  return run.received.map(({ scrapeProgress: { runId } }) => runId).at(0) ?? assert.fail("no run")
}

/** The progress of a run over everything, begun now or under way. */
const startRun = async (api: Address) => {
  const { startScrape } = await post<{ startScrape: { run: { id: string } } }>(
    api,
    "mutation { startScrape { run { id } } }"
  )
  return subscribe<{ scrapeProgress: { runId: string; current: number } }>(
    api,
    "subscription ($id: ID!) { scrapeProgress(runId: $id) { runId current } }",
    { id: startScrape.run.id }
  )
}

interface SeenOffer {
  readonly eventId: string
  readonly bookmakerId: string
  readonly marketKey: string
  readonly changedAt: string
  readonly outcomes: readonly { readonly outcome: string; readonly milli: number | null }[]
}

/** What a subscriber was shown and the history does not have. */
const lostOf = (seen: readonly SeenOffer[], rows: readonly StoredRow[]): readonly string[] => {
  const stored = new Set(
    rows.map(
      ({ event, bookmaker, market, at, prices }) => `${event}/${bookmaker}/${market} ${at} ${unlettered(prices)}`
    )
  )
  return seen
    .map(({ eventId, bookmakerId, marketKey, changedAt, outcomes }) => {
      const prices = outcomes.map(({ outcome, milli }) => `${outcome}:${milli ?? 0}`).sort()
      return `${eventId}/${bookmakerId}/${marketKey} ${Date.parse(changedAt)} ${prices.join(" ")}`
    })
    .filter((text) => !stored.has(text))
}

const unlettered = (prices: string): string => prices.replaceAll(/:\w(?= |$)/g, "")

const withoutOneRow = ([first, ...rest]: readonly Account[]): readonly Account[] =>
  first === undefined ? assert.fail("nothing was served") : [{ ...first, rows: first.rows.slice(1) }, ...rest]

/** Prices as "market outcome price", suspended as "-". */
function served(at: number, ...prices: readonly string[]): Serving {
  return {
    at,
    whole: true,
    closed: false,
    prices: prices.map((price) => {
      const [market = "", outcome = "", text = ""] = price.split(" ")
      return { market, outcome, milli: text === "-" ? 9_990 : Number(text), suspended: text === "-" }
    })
  }
}

function row(seq: number, at: number, market: string, prices: string): StoredRow {
  return { epoch: "1", seq, position: 0, at, event: "7", bookmaker: "bet9ja-ng", market, runId: null, prices }
}

function account(servings: readonly Serving[], rows: readonly StoredRow[]): Account {
  return { listing: "7/bet9ja-ng", kickoff: Infinity, servings, rows }
}
