/** The main markets that each bookmaker's list shows, read from the simulator's lists and from ones bent on purpose. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Option } from "effect"
import type { Adapter, Gate, MainMarkets, Target } from "../../src/bookmakers/Adapter.ts"
import type { Asked } from "../../src/bookmakers/Http.ts"
import { EventId } from "../../src/domain/Event.ts"
import { bet9jaRoute } from "../../src/simulator/bet9ja/Routes.ts"
import { betpawaRoute } from "../../src/simulator/betpawa/Routes.ts"
import type { BookmakerName } from "../../src/simulator/catalogue/Template.ts"
import { sportybetRoute } from "../../src/simulator/sportybet/Routes.ts"
import { nativeId } from "../../src/simulator/world/Calendar.ts"
import type { Match } from "../../src/simulator/world/Calendar.ts"
import { groupOf } from "../../src/simulator/bet9ja/Offering.ts"
import { World } from "../../src/simulator/world/World.ts"
import { adaptersOver, oddsOf, openGate } from "../support/adapters.ts"
import type { Answer } from "../support/adapters.ts"

const NOON = Date.UTC(2026, 10, 20, 12)
const world = new World(1, 260)
const ROUTES = { betpawa: betpawaRoute, sportybet: sportybetRoute, bet9ja: bet9jaRoute }
const NAMES = ["betpawa", "sportybet", "bet9ja"] as const

/** What the simulator's site answers at noon. */
const served: Answer = ({ headers, url }) => {
  const [, name = "", ...rest] = url.pathname.split("/")
  const route = NAMES.flatMap((each) =>
    each === name
      ? [ROUTES[each](world, { method: "GET", path: `/${rest.join("/")}`, query: url.searchParams, headers, body: "" })]
      : []
  )[0]
  const answer = route?.answer(NOON)
  return answer === undefined ? "null" : answer.kind === "text" ? answer.body : answer.encode()
}

const adapterOf = (name: BookmakerName, answer: Answer): Effect.Effect<Adapter> =>
  adaptersOver(answer).pipe(
    Effect.flatMap((adapters) =>
      Effect.fromOption(Option.fromUndefinedOr(adapters.find(({ bookmaker }) => bookmaker.id === `${name}-ng`)))
    ),
    Effect.orDie
  )

const mainMarketsOf = (name: BookmakerName, answer: Answer): Effect.Effect<MainMarkets> =>
  adapterOf(name, answer).pipe(
    Effect.flatMap(({ mainMarkets }) => Effect.fromOption(Option.fromUndefinedOr(mainMarkets))),
    Effect.orDie
  )

const targetOf = (name: BookmakerName, match: Match): Target => ({
  bookmakerEventId: nativeId(name, match),
  eventId: EventId(match.sportradarId)
})

/** Matches that one page tells: those in the second hundred, or the largest group. */
const together = (name: BookmakerName): readonly Match[] => {
  const listed = world.listed(name, NOON)
  const groups = Map.groupBy(listed, (match) => groupOf(match).id)
  const [largest = []] = [...groups.values()].sort((a, b) => b.length - a.length)
  return name === "bet9ja" ? largest : listed.slice(100, 200)
}
const pageOf = (name: BookmakerName, markets: MainMarkets): string => {
  const [first] = together(name)
  return markets.pageOf(199, first === undefined ? undefined : String(groupOf(first).id)) ?? "none"
}

/** Only the markets of these types. */
const onlyTypes = <A>(odds: ReadonlyMap<string, A>, types: ReadonlySet<string>): readonly (readonly [string, A])[] =>
  [...odds].filter(([key]) => types.has(key.split("@", 1)[0] ?? key))

describe.each(NAMES)("%s", (name) => {
  it.effect("tells in one request of a list what the details of all its events tell of these markets", () =>
    Effect.gen(function* () {
      const asked: Asked[] = []
      const endpoints: string[] = []
      const gate: Gate = (endpoint, request) => {
        endpoints.push(endpoint)
        return request
      }
      const adapter = yield* adapterOf(name, (request) => {
        asked.push(request)
        return served(request)
      })
      const markets = yield* mainMarketsOf(name, served)
      const listed = adapter.mainMarkets ?? markets
      const targets = together(name).map((match) => targetOf(name, match))
      const page = yield* listed.fetch(pageOf(name, listed), targets, gate, "run")
      assert.deepStrictEqual([asked.length, endpoints, page.failures.length], [1, ["list"], 0])
      assert.isAtLeast(page.snapshots.length, name === "bet9ja" ? 3 : 100)
      for (const snapshot of page.snapshots) {
        const target = targets.find(({ eventId }) => eventId === snapshot.eventId) ?? targets[0]
        const whole = target === undefined ? undefined : yield* adapter.fetch(target, openGate, "run")
        assert.strictEqual(snapshot.scope, listed.types)
        assert.deepStrictEqual(
          [...oddsOf(snapshot.board)],
          onlyTypes(oddsOf(whole?.board ?? snapshot.board), listed.types)
        )
        assert.deepStrictEqual(
          [snapshot.listed, snapshot.runId, snapshot.rejected.size, snapshot.unkeyedReject],
          [whole?.listed, "run", 0, false]
        )
      }
    })
  )

  it.effect("asks for no type that has lines, because a list may leave some of them out", () =>
    Effect.gen(function* () {
      const { types } = yield* mainMarketsOf(name, served)
      assert.isTrue(types.has("1x2_ft"))
      assert.deepStrictEqual(
        [...types].filter((type) => type.startsWith("over_under")),
        []
      )
    })
  )

  it.effect("says nothing of an event that is not on the page, nor of one that nobody asked for", () =>
    Effect.gen(function* () {
      const markets = yield* mainMarketsOf(name, served)
      const [first, ...others] = together(name).map((match) => targetOf(name, match))
      const stranger = { bookmakerEventId: "1", eventId: EventId("1") }
      const { snapshots, failures } = yield* markets.fetch(
        pageOf(name, markets),
        first === undefined ? [] : [first, stranger],
        openGate,
        undefined
      )
      assert.isAbove(others.length, 1)
      assert.deepStrictEqual([snapshots.map(({ eventId }) => eventId), failures], [[first?.eventId], []])
    })
  )

  it.effect("says nothing of an event whose row has none of the markets", () =>
    Effect.gen(function* () {
      const bare = (request: Asked): string =>
        JSON.stringify(JSON.parse(String(served(request))), (key, value: unknown) =>
          key === "markets" ? [] : key === "O" ? {} : value
        )
      const markets = yield* mainMarketsOf(name, bare)
      const targets = together(name).map((match) => targetOf(name, match))
      assert.deepStrictEqual(yield* markets.fetch(pageOf(name, markets), targets, openGate, undefined), {
        snapshots: [],
        failures: []
      })
    })
  )

  it.effect("leaves out a row that is about another match than was asked for, and says so", () =>
    Effect.gen(function* () {
      const markets = yield* mainMarketsOf(name, served)
      const [first, second] = together(name).map((match) => targetOf(name, match))
      const mistaken = { bookmakerEventId: first?.bookmakerEventId ?? "", eventId: EventId("999") }
      const { snapshots, failures } = yield* markets.fetch(
        pageOf(name, markets),
        second === undefined ? [] : [mistaken, second],
        openGate,
        undefined
      )
      assert.deepStrictEqual(
        [snapshots.map(({ eventId }) => eventId), failures.map(({ _tag }) => _tag)],
        [[second?.eventId], ["Unreadable"]]
      )
    })
  )

  it.effect("fails as a whole where no row can be read, or its envelope cannot", () =>
    Effect.gen(function* () {
      const headless = (request: Asked): string =>
        String(served(request)).replaceAll(/"(?:startTime|estimateStartTime|STARTDATE)":/g, '"x":')
      const targets = together(name).map((match) => targetOf(name, match))
      for (const answer of [headless, () => "[]"]) {
        const markets = yield* mainMarketsOf(name, answer)
        const error = yield* Effect.flip(markets.fetch(pageOf(name, markets), targets, openGate, undefined))
        assert.deepStrictEqual([error._tag, error.endpoint], ["Unreadable", "list"])
      }
    })
  )
})
