/**
 * Stock clients on our stream: they come back after the closes that say so, and their normalised caches stay current
 * from the subscription, with no code but the documents.
 */
import { describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { EventId } from "../../../src/domain/Event.ts"
import type { Told } from "../../../src/odds/Step.ts"
import { startCuttingProxy } from "../../support/cuttingProxy.ts"
import { facts, snapshot } from "../../support/snapshots.ts"
import { House, house } from "./house.ts"
import { apollo, plain, urql } from "./stockClients.ts"
import type { StockClient } from "./stockClients.ts"

const clients = { "graphql-ws": plain, "Apollo Client": apollo, urql }

const ID = EventId("1")
const place: Told = { _tag: "Place", facts: facts({ id: ID }), at: 0 }
const seen = (at: number, ...prices: readonly string[]): Told => ({
  _tag: "Observe",
  snapshot: snapshot(at, prices, { eventId: ID })
})
const DRAW_AND_AWAY = ["1x2_ft draw 3400", "1x2_ft away 4200"]

/** A client that is closed with its test. */
const opened = (make: (url: string) => StockClient, url: string) =>
  Effect.acquireRelease(
    Effect.sync(() => make(url)),
    ({ close }) => Effect.sync(close)
  )

const FIRST_WORDS = "subscription { oddsUpdated { kind cursor } }"

describe.concurrent("a stock client", () => {
  for (const [name, make] of Object.entries(clients)) {
    for (const code of [1001, 1012, 4290, 4291, 4503]) {
      it.effect(`comes back and goes on after ${code}: ${name}`, () =>
        Effect.gen(function* () {
          const home = yield* House
          home.tell(place, seen(1_000, "1x2_ft home 1850", ...DRAW_AND_AWAY))
          const proxy = yield* Effect.promise(() => startCuttingProxy(Number(new URL(home.url).port)))
          yield* Effect.addFinalizer(() => Effect.sync(proxy.close))
          const client = yield* opened(make, `ws://127.0.0.1:${proxy.port}/graphql`)
          yield* Effect.promise(
            () =>
              new Promise<void>((resolve, reject) => {
                let snapshots = 0
                const told = (data: unknown): void => {
                  const text = JSON.stringify(data)
                  if (text.includes("SNAPSHOT") && ++snapshots === 1) proxy.dismiss(code)
                  if (snapshots === 2 && text.includes("SNAPSHOT"))
                    home.tell(seen(2_000, "1x2_ft home 1900", ...DRAW_AND_AWAY))
                  if (snapshots === 2 && text.includes("DELTA")) resolve()
                }
                client.follow(FIRST_WORDS, told, () => reject(new Error(`${name} gave up`)))
              })
          )
        }).pipe(Effect.scoped, Effect.provide(house()))
      )
    }

    it.effect(`does not come back after 4429, which is therefore not used for what passes: ${name}`, () =>
      Effect.gen(function* () {
        const home = yield* House
        const proxy = yield* Effect.promise(() => startCuttingProxy(Number(new URL(home.url).port)))
        yield* Effect.addFinalizer(() => Effect.sync(proxy.close))
        const client = yield* opened(make, `ws://127.0.0.1:${proxy.port}/graphql`)
        yield* Effect.promise(
          () => new Promise<void>((resolve) => client.follow(FIRST_WORDS, () => proxy.dismiss(4429), resolve))
        )
      }).pipe(Effect.scoped, Effect.provide(house()))
    )
  }
})

const BOARD = `query Board {
  events {
    cursor
    nodes {
      id
      kickoff
      home
      competition { id name }
      listings { id state confirmedAt bookmaker { id state } }
      comparisons(markets: ["1x2_ft"]) {
        id
        market { id key name }
        best { outcome price bookmakers }
        offers { id state outcomes { outcome price state } }
      }
    }
  }
}`

const FOLLOW = `subscription Follow($after: Cursor) {
  oddsUpdated(after: $after) {
    kind
    events { id kickoff home competition { id name } }
    listings { id state confirmedAt }
    offers { id state outcomes { outcome price state } }
    comparisons { id best { outcome price bookmakers } }
    bookmakers { id state }
  }
}`

describe("the normalised cache", () => {
  for (const [name, make] of Object.entries({ "Apollo Client": apollo, urql })) {
    it.effect(`keeps a queried list current from the subscription, with no code but the documents: ${name}`, () =>
      Effect.gen(function* () {
        const home = yield* House
        home.tell(place, seen(1_000, "1x2_ft home 1850", ...DRAW_AND_AWAY))
        const client = yield* opened(make, home.url)
        const shown = watched(client)
        yield* shown.until(/"outcome":"home","price":"1.85","state":"CONFIRMED"/)
        client.follow(
          FOLLOW,
          () => undefined,
          () => undefined
        )

        home.tell(seen(2_000, "1x2_ft home 1900", ...DRAW_AND_AWAY))
        yield* shown.until(/"outcome":"home","price":"1.90","state":"CONFIRMED"/)
        yield* shown.until(/"best":\[[^\]]*"outcome":"home","price":"1.90"/)

        home.tell({ _tag: "Place", facts: facts({ id: ID, kickoff: KICKOFF_MOVED }), at: 3_000 })
        yield* shown.until(new RegExp(new Date(KICKOFF_MOVED).toISOString()))

        home.tell(seen(4_000, "over_under_ft@2.5 over 1900", "over_under_ft@2.5 under 1900"))
        yield* shown.until(/"id":"1\/[^"]*\/1x2_ft","state":"WITHDRAWN"/)
      }).pipe(Effect.scoped, Effect.provide(house()))
    )
  }
})

const KICKOFF_MOVED = Date.UTC(2027, 0, 1)

/** What a page would show of the board, whenever that changes. */
const watched = (client: StockClient) => {
  const watchers = new Set<() => void>()
  let text = ""
  client.watch(BOARD, (data) => {
    text = JSON.stringify(data) ?? ""
    for (const look of watchers) look()
  })
  return {
    until: (wanted: RegExp) =>
      Effect.promise(
        () =>
          new Promise<void>((resolve) => {
            const look = (): void => {
              if (!wanted.test(text)) return
              watchers.delete(look)
              resolve()
            }
            watchers.add(look)
            look()
          })
      )
  }
}
