import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Layer, Stream } from "effect"
import type { Adapter } from "../../src/bookmakers/Adapter.ts"
import { bookmakersLayer, LIVE_BASE_URLS, Roster } from "../../src/bookmakers/Roster.ts"
import { BookmakerId, Bookmakers } from "../../src/domain/Bookmaker.ts"
import type { Bookmaker } from "../../src/domain/Bookmaker.ts"
import { BASE_URLS } from "../support/adapters.ts"

const idsUnder = (env: Readonly<Record<string, string>>) =>
  Bookmakers.use(({ all }) => Effect.succeed(all.map(({ id }): string => id))).pipe(
    Effect.provide(
      bookmakersLayer.pipe(
        Layer.provide(Roster.layer),
        Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env })))
      )
    )
  )

describe("the roster", () => {
  it.effect("lists the three bookmakers in the order in which they are shown", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* idsUnder(BASE_URLS), ["betpawa-ng", "sportybet-ng", "bet9ja-ng"])
    })
  )

  it.effect("refuses to start without base URLs, with one sentence for each fault", () =>
    Effect.gen(function* () {
      const { message } = yield* Effect.flip(
        idsUnder({ ...BASE_URLS, BETPAWA_BASE_URL: "", BET9JA_BASE_URL: "ftp://bet9ja" })
      )
      assert.deepStrictEqual(message.split("\n"), [
        "BETPAWA_BASE_URL is not set; set it to the simulator's address or to the live one, https://www.betpawa.ng.",
        `BET9JA_BASE_URL is "ftp://bet9ja", which is no http(s) address; use one like https://sports.bet9ja.com.`
      ])
    })
  )

  it.effect("takes the live addresses as they are exported, when told to", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* idsUnder(LIVE_BASE_URLS)).length, 3)
    })
  )

  it.effect("maps nothing that the catalogue lacks and, of it, more than 100 types for each bookmaker", () =>
    Effect.gen(function* () {
      const { adapters } = yield* Roster
      for (const { bookmaker } of adapters) assert.isAbove(bookmaker.mapped.size, 100, bookmaker.name)
      assert.deepStrictEqual(
        adapters.map(({ bookmaker }) => bookmaker.ours),
        [true, false, false]
      )
      assert.isFalse(adapters[0]?.bookmaker.mapped.has("asian_over_under_ft"))
    }).pipe(
      Effect.provide(Roster.layer.pipe(Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env: BASE_URLS })))))
    )
  )

  it.effect("can be another one: a fourth bookmaker is known to the house by being in it", () =>
    Effect.gen(function* () {
      const fourth: Bookmaker = {
        id: BookmakerId("fourth-ng"),
        name: "Fourth",
        country: "NG",
        ours: false,
        mapped: new Set(["1x2_ft"])
      }
      const adapter: Adapter = { bookmaker: fourth, discover: () => Stream.empty, fetch: () => Effect.never }
      const { all } = yield* Bookmakers.pipe(
        Effect.provide(bookmakersLayer.pipe(Layer.provide(Layer.succeed(Roster, { adapters: [adapter] }))))
      )
      assert.deepStrictEqual(all, [fourth])
    })
  )
})
