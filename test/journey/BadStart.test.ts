/** Starts that cannot be, and values nobody knows: a sentence that says what next, or a repair; never a stack, never a hang. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { once } from "node:events"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, assert, beforeEach, describe, it, vi } from "@effect/vitest"
import postgres from "postgres"
import { post, subscribe } from "../support/client.ts"
import type { Address } from "../support/client.ts"
import { startHouse } from "../support/house.ts"
import type { House } from "../support/house.ts"
import { assertAgreed } from "../support/invariant.ts"
import { runToEnd } from "../support/program.ts"
import { fullRun } from "../support/runs.ts"
import { makePostgres } from "../support/stoppablePostgres.ts"

const SMALL = ["--events", "10", "--latency", "none", "--faults", "none"]
const REFUSED = 2
const NOWHERE = {
  BETPAWA_BASE_URL: "http://127.0.0.1:9",
  SPORTYBET_BASE_URL: "http://127.0.0.1:9",
  BET9JA_BASE_URL: "http://127.0.0.1:9"
}

let folder = ""
const houses: House[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "oddswire-badstart-"))
})

afterEach(async () => {
  for (const house of houses.splice(0)) await house.kill()
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 })
})

const start = async (environment: Readonly<{ [name: string]: string }> = {}): Promise<House> => {
  const house = await startHouse({ dataDir: join(folder, "data"), simulator: SMALL, environment })
  houses.push(house)
  return house
}

const refused = (environment: Readonly<{ [name: string]: string }>, options: readonly string[] = SMALL) =>
  runToEnd({ DATA_DIR: join(folder, "data"), ...environment }, options)

describe("a start that cannot be", () => {
  it("is refused with one sentence for each wrong variable, all at once", { timeout: 120_000 }, async () => {
    const { code, complaints } = await refused({
      ...NOWHERE,
      PORT: "99999",
      REFUSAL_WAIT: "soon",
      REPLAY_WINDOW: "ever",
      DATABASE_URL: "nonsense",
      ACCESS_TOKENS: "boss:x",
      ACCESS_ORIGINS: "desk",
      BET9JA_BASE_URL: "ftp://x"
    })
    assert.strictEqual(code, REFUSED)
    assert.deepStrictEqual(
      complaints.map((sentence) => sentence.split(/[ :]/)[0]),
      ["PORT", "REFUSAL_WAIT", "REPLAY_WINDOW", "DATABASE_URL", "ACCESS_TOKENS", "ACCESS_ORIGINS", "BET9JA_BASE_URL"]
    )
    assert.isTrue(
      complaints.every((sentence) => sentence.endsWith(".")),
      complaints.join("\n")
    )
  })

  it("is refused with a sentence where its port is in use", { timeout: 120_000 }, async () => {
    const holder = createServer().listen(0, "127.0.0.1")
    await once(holder, "listening")
    const address = holder.address()
    const port = typeof address === "object" ? String(address?.port) : ""
    const { code, complaints } = await refused({ ...NOWHERE, PORT: port })
    holder.close()
    assert.strictEqual(code, REFUSED)
    assert.deepStrictEqual(complaints, [
      `Port ${port} on 127.0.0.1 is in use: stop what holds it, or set PORT to another one.`
    ])
  })

  it("is refused with a sentence where its folder cannot be one", { timeout: 120_000 }, async () => {
    writeFileSync(join(folder, "file"), "")
    const { code, complaints } = await refused({ ...NOWHERE, DATA_DIR: join(folder, "file", "data") })
    assert.strictEqual(code, REFUSED)
    assert.strictEqual(complaints.length, 1)
    assert.match(complaints[0] ?? "", /^DATA_DIR is ".*file\/data": nothing can be kept there .* set it to a folder /)
  })

  it(
    "is refused with a sentence on the folder of the other world, and of a running house",
    { timeout: 120_000 },
    async () => {
      const house = await start()
      const second = await refused(NOWHERE)
      assert.strictEqual(second.code, REFUSED)
      assert.match(
        second.complaints.join("\n"),
        /^Journal .*: another process is using it; stop that one, or set DATA_DIR/
      )
      assert.strictEqual(await house.stop(), 0)
      const live = await refused(NOWHERE, ["--live"])
      assert.strictEqual(live.code, REFUSED)
      assert.match(
        live.complaints.join("\n"),
        /^Journal .*: it belongs to the world "simulator" and this start is "live"; set DATA_DIR to another folder\.$/
      )
    }
  )

  it("is refused with a sentence on a database of a newer schema", { timeout: 120_000 }, async () => {
    const server = await makePostgres(folder)
    await server.start()
    try {
      const house = await start({ DATABASE_URL: server.url })
      assert.strictEqual(await house.stop(), 0)
      const sql = postgres(server.url, { max: 1 })
      await sql`insert into schema_migration (number, name, checksum) values (9000, '9000_later.sql', '')`
      await sql.end()
      const { code, complaints } = await refused({ ...NOWHERE, DATABASE_URL: server.url })
      assert.strictEqual(code, REFUSED)
      assert.match(
        complaints.at(-1) ?? "",
        /^Database: its schema is version 9000 .* start the newer version, or use another/
      )
      assert.notInclude(complaints.join("\n"), "    at ")
    } finally {
      await server.stop()
    }
  })
})

describe("a start after a kill", () => {
  it("repairs what the killed one left, also at once, three times", { timeout: 240_000 }, async () => {
    for (let kills = 0; kills < 3; kills++) {
      const house = await start()
      await house.kill()
    }
    const house = await start()
    const api = { http: `${house.url}/graphql` }
    await databaseOpen(api)
    assert.strictEqual(await house.stop(), 0)
  })
})

describe("a database that cannot be reached", () => {
  it("leaves everything live going, and is told", { timeout: 120_000 }, async () => {
    const house = await start({ DATABASE_URL: "postgres://nobody:secret@127.0.0.1:9/nothing" })
    const api = { http: `${house.url}/graphql` }
    assert.strictEqual((await fullRun(api)).phase, "COMPLETED")
    const storage = await storageOf(api)
    assert.isFalse(storage.reachable)
    assert.include(storage.lastError ?? "", "127.0.0.1:9")
    assert.include(await refusalOf(post(api, `{ event(id: "99") { id } }`)), "STORAGE_UNAVAILABLE")
    assert.notInclude(house.output(), "secret")
    assert.strictEqual(await house.stop(), 0)
  })
})

describe("a value nobody knows", () => {
  it("is named in a sentence with the nearest known, whatever it was given to", { timeout: 120_000 }, async () => {
    const house = await start()
    const api = { http: `${house.url}/graphql` }
    await fullRun(api)
    await databaseOpen(api)
    for (const [query, sentence] of REFUSALS) assert.match(await refusalOf(post(api, query)), sentence, query)
    for (const [query, sentence] of MUTATIONS) {
      const { startScrape } = await post<{ readonly startScrape: { readonly errors: readonly { message: string }[] } }>(
        api,
        query
      )
      assert.match(startScrape.errors.map(({ message }) => message).join("\n"), sentence, query)
    }
    for (const [query, sentence] of SUBSCRIPTIONS) {
      assert.match(await refusalOf(subscribe(api, query).completed), sentence, query)
    }
    const { event } = await post<{ readonly event: null }>(api, `{ event(id: "99") { id } }`)
    assert.isNull(event)
    await assertAgreed(api, join(folder, "data"))
  })
})

const REFUSALS: readonly (readonly [string, RegExp])[] = [
  [
    `{ events(filter: { missingAt: ["betpawa"] }) { totalCount } }`,
    /Unknown bookmaker .*betpawa.*nearest known: betpawa-ng/
  ],
  [`{ cacheDigest(filter: { markets: ["1x2"] }) { digest } }`, /"1x2\\".*nearest known: .*1x2_ft/],
  [
    `{ oddsHistory(filter: { bookmakers: ["bet9ja"], markets: ["1x2_ft"], from: "2026-01-01T00:00:00Z", to: "2027-01-01T00:00:00Z" }) { nodes { seq } } }`,
    /Unknown bookmaker .*bet9ja.*nearest known: bet9ja-ng/
  ]
]

const MUTATIONS: readonly (readonly [string, RegExp])[] = [
  [`mutation { startScrape(input: { bookmakers: ["betpawa"] }) { errors { message } } }`, /betpawa\b.*betpawa-ng/],
  [
    `mutation { startScrape(input: { competitions: ["england-premier-leage"] }) { errors { message } } }`,
    /england-premier-leage/
  ],
  [`mutation { startScrape(input: { events: ["99"] }) { errors { message } } }`, /99/]
]

const SUBSCRIPTIONS: readonly (readonly [string, RegExp])[] = [
  [
    `subscription { oddsUpdated(filter: { bookmakers: ["betpawa"] }) { kind } }`,
    /"betpawa\\".*nearest known: betpawa-ng/
  ],
  [`subscription { oddsUpdated(filter: { markets: ["1x2"] }) { kind } }`, /"1x2\\".*nearest known: .*1x2_ft/],
  [`subscription { scrapeProgress(runId: "nothing") { phase } }`, /nothing/]
]

interface Storage {
  readonly reachable: boolean
  readonly lastError: string | null
}

const storageOf = async (api: Address): Promise<Storage> =>
  (
    await post<{ readonly system: { readonly storage: Storage } }>(
      api,
      "{ system { storage { reachable lastError } } }"
    )
  ).system.storage

const databaseOpen = (api: Address): Promise<void> =>
  vi.waitFor(async () => assert.isTrue((await storageOf(api)).reachable), { timeout: 30_000 })

const refusalOf = (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    (answer) => assert.fail(`answered ${JSON.stringify(answer)}`),
    (error: Error) => error.message
  )
