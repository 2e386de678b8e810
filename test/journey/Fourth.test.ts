/** A fourth bookmaker joins the house: one folder and one line of a roster, and the API compares its odds. */
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Context, Effect, Layer } from "effect"
import { appOver } from "../../src/App.ts"
import { Http } from "../../src/bookmakers/Http.ts"
import { Roster } from "../../src/bookmakers/Roster.ts"
import { Server } from "../../src/graphql/Server.ts"
import { DEFAULT_OPTIONS, startSimulator } from "../../src/simulator/Simulator.ts"
import { post } from "../support/client.ts"
import { controlsAt } from "../support/controls.ts"
import { temporaryFolder } from "../support/folder.ts"
import * as fourth from "../support/fourth/Adapter.ts"
import { HOME_ODDS, startFourthSite } from "../support/fourthSite.ts"
import { assertAgreed } from "../support/invariant.ts"
import { fullRun } from "../support/runs.ts"

const roster = Layer.effect(
  Roster,
  Effect.gen(function* () {
    const { adapters } = yield* Roster
    return { adapters: [...adapters, yield* fourth.make] }
  })
).pipe(Layer.provide(Roster.layer), Layer.provide(Http.layer))

/** The house with Fourth in it; answers the API's address, its folder and a match that all four list. */
const start = Effect.gen(function* () {
  const simulator = yield* startSimulator({ ...DEFAULT_OPTIONS, events: 30, faults: "none", latency: "none" })
  const matches = yield* Effect.promise(controlsAt(`${simulator.url}/_sim`).events)
  const site = yield* Effect.acquireRelease(
    Effect.promise(() => startFourthSite(matches)),
    ({ close }) => Effect.sync(close)
  )
  const folder = yield* temporaryFolder
  const env = {
    WORLD: "simulator",
    PORT: "0",
    DATA_DIR: folder,
    BETPAWA_BASE_URL: `${simulator.url}/betpawa`,
    SPORTYBET_BASE_URL: `${simulator.url}/sportybet`,
    BET9JA_BASE_URL: `${simulator.url}/bet9ja`,
    FOURTH_BASE_URL: site.url
  }
  const house = appOver(roster).pipe(Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env }))))
  const { url } = Context.get(yield* Layer.build(house), Server)
  const shared = matches.find(({ ids }) => Object.keys(ids).length === 3)
  return {
    api: { http: `${url}/graphql` },
    folder,
    event: shared?.sportradarId ?? assert.fail("no match at all three")
  }
})

describe("a fourth bookmaker", () => {
  it.live(
    "is in the API with its listings, and its odds are compared with everybody's",
    Effect.fnUntraced(function* () {
      const { api, folder, event } = yield* start
      const run = yield* Effect.promise(() => fullRun(api))
      assert.strictEqual(run.phase, "COMPLETED")
      assert.strictEqual(run.counts.get("fourth-gh")?.fetched, 30)

      const answer = yield* Effect.promise(() => post<Answer>(api, QUERY, { event }))
      assert.deepStrictEqual(answer.bookmakers.at(-1), {
        id: "fourth-gh",
        name: "Fourth",
        country: "GH",
        state: "CONFIRMED"
      })
      assert.deepStrictEqual(answer.event.listings.at(-1), {
        id: `${event}/fourth-gh`,
        bookmakerEventId: `F${event}`,
        state: "CONFIRMED",
        mappedCount: 2,
        unmapped: [{ name: "MASCOT" }]
      })
      const [result, goals, both] = answer.event.comparisons
      assert.deepStrictEqual(result?.offers.at(-1), {
        bookmakerId: "fourth-gh",
        state: "CONFIRMED",
        outcomes: [
          { outcome: "home", price: HOME_ODDS },
          { outcome: "draw", price: "3.10" },
          { outcome: "away", price: "4.20" }
        ]
      })
      const home = result?.best.find(({ outcome }) => outcome === "home")
      assert.deepStrictEqual(home?.bookmakers, ["fourth-gh"])
      assert.strictEqual(home?.price, HOME_ODDS)
      assert.isBelow(home?.ourEdge ?? 0, 0)
      assert.strictEqual(goals?.offers.at(-1)?.state, "CONFIRMED")
      assert.strictEqual(both?.offers.at(-1)?.state, "UNMAPPED")
      yield* Effect.promise(() => assertAgreed(api, folder))
    }),
    60_000
  )
})

const QUERY = `query ($event: ID!) {
  bookmakers { id name country state }
  event(id: $event) {
    listings { id bookmakerEventId state mappedCount unmapped { name } }
    comparisons(markets: ["1x2_ft", "over_under_ft@2.5", "btts_ft"]) {
      offers { bookmakerId state outcomes { outcome price } }
      best { outcome price bookmakers ourEdge }
    }
  }
}`

interface Answer {
  readonly bookmakers: readonly object[]
  readonly event: {
    readonly listings: readonly object[]
    readonly comparisons: readonly {
      readonly offers: readonly {
        readonly bookmakerId: string
        readonly state: string
        readonly outcomes: readonly object[]
      }[]
      readonly best: readonly {
        readonly outcome: string
        readonly price: string | null
        readonly bookmakers: readonly string[]
        readonly ourEdge: number | null
      }[]
    }[]
  }
}
