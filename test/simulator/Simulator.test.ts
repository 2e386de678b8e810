import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import {
  detailPaths,
  everywhere,
  FaultsView,
  MatchesView,
  MINUTE,
  NOON,
  running,
  ServedPrices
} from "./support/running.ts"
import type { Ids } from "./support/running.ts"

const NOWHERE: Ids = {}
const LIST = "/betpawa/api/sportsbook/v4/events/lists/by-queries"
const query = (skip: number, take: number): string =>
  `${LIST}?q=${encodeURIComponent(
    JSON.stringify({
      queries: [
        {
          query: { eventType: "UPCOMING", categories: ["2"], zones: {}, hasOdds: true },
          view: { marketTypes: ["3743"] },
          skip,
          take,
          sort: { startTime: "ASC" }
        }
      ]
    })
  )}`
const Loose = Schema.Record(Schema.String, Schema.Unknown)
const Upcoming = Schema.Struct({
  data: Schema.Struct({
    totalNum: Schema.Int,
    tournaments: Schema.Array(Schema.Struct({ events: Schema.Array(Schema.Struct({ eventId: Schema.String })) }))
  })
})

describe("the simulated sites", () => {
  it.effect("serve the same bytes for the same seed and time", () =>
    Effect.gen(function* () {
      const one = yield* running({ seed: 4 }),
        other = yield* running({ seed: 4 })
      const matches = yield* one.read(MatchesView, "/_sim/events")
      const { ids } = matches.find((match) => everywhere(match.ids)) ?? { ids: NOWHERE }
      yield* one.advance(3 * MINUTE)
      yield* one.advance(-MINUTE)
      yield* other.advance(2 * MINUTE)
      for (const [, path] of [
        ...detailPaths(ids),
        ["", query(0, 20)],
        ["", "/bet9ja/desktop/feapi/PalimpsestAjax/GetSports"]
      ] as const) {
        const answers = yield* Effect.all([one.ask(path), other.ask(path)])
        assert.isAbove(answers[0].text.length, 1_000)
        assert.strictEqual(answers[0].text, answers[1].text)
      }
    })
  )

  it.effect("page as the sites do: all events once, and past the end BetPawa leaves the list out", () =>
    Effect.gen(function* () {
      const { read, ask } = yield* running({ events: 230 })
      const matches = yield* read(MatchesView, "/_sim/events")
      const seen: string[] = []
      for (const page of [1, 2, 3, 4]) {
        const { data } = yield* read(
          Upcoming,
          `/sportybet/api/ng/factsCenter/pcUpcomingEvents?pageSize=100&pageNum=${page}&marketId=1`
        )
        seen.push(...data.tournaments.flatMap(({ events }) => events.map(({ eventId }) => eventId)))
      }
      assert.deepStrictEqual(seen.toSorted(), matches.flatMap(({ ids }) => ids.sportybet ?? []).toSorted())
      assert.strictEqual((yield* ask(query(300, 100))).text, '{"responses":[{}]}')
      const tooMany = yield* ask(query(0, 200))
      assert.deepStrictEqual([tooMany.status, /The maximum number of events is 100/.test(tooMany.text)], [400, true])
    })
  )

  it.effect("refuse as the sites do", () =>
    Effect.gen(function* () {
      const { ask } = yield* running()
      const brandless = yield* ask(query(0, 10), { headers: { accept: "application/json" } })
      const anything = yield* ask(query(0, 10), { headers: { accept: "*/*", "x-pawa-brand": "betpawa-nigeria" } })
      const retired = yield* ask("/betpawa/api/sportsbook/v3/events/33289995")
      const unknown = yield* Effect.all(
        detailPaths({ betpawa: "1", sportybet: "sr:match:1", bet9ja: "1" }).map(([, path]) => ask(path))
      )
      const form = yield* ask("/sportybet/api/ng/factsCenter/pcEvents", {
        method: "POST",
        body: "a=1",
        headers: { "content-type": "application/x-www-form-urlencoded" }
      })
      assert.strictEqual(brandless.status, 400)
      assert.match(anything.type, /protobuf/)
      assert.strictEqual(retired.status, 404)
      assert.deepStrictEqual(
        unknown.map(({ status }) => status),
        [404, 200, 200]
      )
      assert.deepStrictEqual(
        unknown.slice(1).map(({ text }) => text),
        ['{"bizCode":19000,"message":"Invalid"}', '{"R":"E","D":null}']
      )
      assert.strictEqual(form.status, 500)
    })
  )

  it.effect("suspend in each site's own way once a match has kicked off, and then know it no more", () =>
    Effect.gen(function* () {
      const { read, ask, post } = yield* running()
      const matches = yield* read(MatchesView, "/_sim/events")
      const { ids, kickoff } = matches.find((match) => everywhere(match.ids)) ?? { ids: NOWHERE, kickoff: NOON }
      yield* post("/_sim/clock", { at: kickoff })
      const [betpawa, sportybet, bet9ja] = yield* Effect.all(detailPaths(ids).map(([, path]) => ask(path)))
      assert.notMatch(betpawa?.text ?? "", /"odds":[1-9]/)
      assert.match(
        betpawa?.text ?? "",
        /"odds":0,[^}]*"additionalInfo":\{[^}]*\},"probability":\{[^}]*\}[^}]*"suspended":true/
      )
      const statuses = new Set(sportybet?.text.match(/"status":\d|"isActive":0|"odds":"0.00"/g))
      assert.includeMembers([...statuses], ['"status":1', '"status":2', '"isActive":0', '"odds":"0.00"'])
      const { D } = yield* Schema.decodeUnknownEffect(
        Schema.fromJsonString(Schema.Struct({ D: Schema.Struct({ O: Loose }) }))
      )(bet9ja?.text)
      assert.deepStrictEqual([...new Set(Object.values(D.O))], ["1"])
      yield* post("/_sim/clock", { at: kickoff + 10 * MINUTE })
      assert.strictEqual((yield* ask(`/betpawa/api/sportsbook/v4/events/${ids.betpawa}`)).status, 404)
    })
  )

  it.effect("are found in the journal with every price they served, in the order served", () =>
    Effect.gen(function* () {
      const { read, ask, advance, post } = yield* running()
      const matches = yield* read(MatchesView, "/_sim/events")
      const { ids, sportradarId } = matches.findLast((match) => everywhere(match.ids)) ?? {
        ids: NOWHERE,
        sportradarId: ""
      }
      const [, path = ""] = detailPaths(ids)[2] ?? []
      const bodies: string[] = []
      for (const _ of [1, 2, 3]) {
        bodies.push((yield* ask(path)).text)
        yield* advance(20 * MINUTE)
        yield* post("/_sim/move", { share: 0.1 })
      }
      const served = yield* read(ServedPrices, `/_sim/journal?bookmaker=bet9ja&event=${sportradarId}`)
      const expected = bodies.map(
        (body) => Schema.decodeUnknownSync(Schema.Struct({ D: Schema.Struct({ O: Loose }) }))(JSON.parse(body)).D.O
      )
      const journalled = served.map(({ prices }) =>
        Object.fromEntries(
          prices.map(({ native, milli, suspended }) => [
            `${native.market}${native.line === "" ? "" : `@${native.line}`}_${native.outcome}`,
            suspended ? "1" : String(milli / 1000)
          ])
        )
      )
      assert.deepStrictEqual(journalled, expected)
      assert.notDeepEqual(expected[0], expected[1])
      assert.isTrue(served.every(({ whole }) => whole))
      const changes = yield* read(ServedPrices, `/_sim/journal?bookmaker=bet9ja&event=${sportradarId}&changes=true`)
      assert.isBelow(changes[1]?.prices.length ?? Infinity, (served[1]?.prices.length ?? 0) / 2)
    })
  )

  it.effect("are found there as parts where a list showed them", () =>
    Effect.gen(function* () {
      const { read, ask } = yield* running()
      const { ids, sportradarId } = (yield* read(MatchesView, "/_sim/events")).find((match) =>
        everywhere(match.ids)
      ) ?? {
        ids: NOWHERE,
        sportradarId: ""
      }
      const group = Schema.decodeUnknownSync(Schema.Struct({ D: Schema.Struct({ GID: Schema.Int }) }))(
        JSON.parse((yield* ask(detailPaths(ids)[2]?.[1] ?? "")).text)
      ).D.GID
      const query = { query: { eventType: "UPCOMING" }, view: { marketTypes: ["3743", "4693"] }, skip: 0, take: 100 }
      const q = encodeURIComponent(JSON.stringify({ queries: [query] }))
      yield* ask(`/betpawa/api/sportsbook/v4/events/lists/by-queries?q=${q}`)
      yield* ask("/sportybet/api/ng/factsCenter/pcUpcomingEvents?marketId=1,10&pageSize=100&pageNum=1")
      yield* ask(`/bet9ja/desktop/feapi/PalimpsestAjax/GetEventsInGroup?GROUPID=${group}&DISP=0`)
      const told = yield* Effect.forEach(["betpawa", "sportybet", "bet9ja"], (name) =>
        read(ServedPrices, `/_sim/journal?bookmaker=${name}&event=${sportradarId}&changes=true`)
      )
      assert.deepStrictEqual(
        told.map((servings) => servings.map(({ part, prices, whole }) => [part, whole, prices.length > 0])),
        [
          [[true, true, true]],
          [[true, true, true]],
          [
            [false, true, true],
            [true, true, false]
          ]
        ]
      )
      assert.deepStrictEqual(
        told.slice(0, 2).map(([first]) => [...new Set(first?.prices.map(({ market }) => market))]),
        [
          ["1x2_ft", "double_chance_ft"],
          ["1x2_ft", "double_chance_ft"]
        ]
      )
    })
  )
})

describe("faults", () => {
  it.effect("on command hit what was named, as often as was said, until they are cleared", () =>
    Effect.gen(function* () {
      const { read, ask, post } = yield* running()
      const matches = yield* read(MatchesView, "/_sim/events")
      const { ids, sportradarId } = matches.find((match) => everywhere(match.ids)) ?? { ids: NOWHERE, sportradarId: "" }
      const three = Effect.all(detailPaths(ids).map(([, path]) => ask(path).pipe(Effect.map(({ status }) => status))))
      yield* post("/_sim/faults", { bookmaker: "betpawa", kind: "500", count: 1 })
      assert.deepStrictEqual(yield* three, [500, 200, 200])
      assert.deepStrictEqual(yield* three, [200, 200, 200])
      yield* post("/_sim/faults", { event: sportradarId, kind: "refused", for_ms: 1_000 })
      assert.deepStrictEqual(yield* three, [403, 403, 403])
      yield* post("/_sim/clock", { advance_ms: 1_000 })
      assert.deepStrictEqual(yield* three, [200, 200, 200])
      yield* post("/_sim/faults", { kind: "429", endpoint: "event", retry_after: 7 })
      assert.deepStrictEqual((yield* ask(detailPaths(ids)[0]?.[1] ?? "")).retryAfter, "7")
      yield* ask("/_sim/faults", { method: "DELETE" })
      assert.deepStrictEqual(yield* three, [200, 200, 200])
      const { faults } = yield* read(FaultsView, "/_sim/faults")
      assert.deepStrictEqual(
        faults.map(({ kind }) => kind),
        ["500", "refused", "refused", "refused", "429"]
      )
    })
  )

  it.effect("on command look like what they stand for", () =>
    Effect.gen(function* () {
      const { read, ask, post } = yield* running()
      const matches = yield* read(MatchesView, "/_sim/events")
      const { ids } = matches.find((match) => everywhere(match.ids)) ?? { ids: NOWHERE }
      const [, path = ""] = detailPaths(ids)[1] ?? []
      const under = (kind: string, at = path) =>
        Effect.gen(function* () {
          yield* post("/_sim/faults", { kind, count: 1 })
          return yield* ask(at)
        })
      assert.match((yield* under("htmlBlock")).text, /^<!DOCTYPE html>/)
      assert.deepStrictEqual(yield* under("empty202").pipe(Effect.map(({ status, text }) => [status, text])), [202, ""])
      assert.notMatch((yield* under("renamedField")).text, /"odds":/)
      assert.isUndefined(
        yield* under("cutBody").pipe(
          Effect.option,
          Effect.map((one) => (one._tag === "Some" ? one.value : undefined))
        )
      )
      assert.isUndefined(
        yield* under("reset").pipe(
          Effect.option,
          Effect.map((one) => (one._tag === "Some" ? one.value : undefined))
        )
      )
      assert.strictEqual((yield* under("403html")).status, 403)
      assert.strictEqual((yield* under("emptyBody")).text, "")
      const half = yield* under("halfList", query(0, 40)),
        empty = yield* under("emptyList", query(0, 40)),
        all = yield* ask(query(0, 40))
      const count = (text: string): number => text.split('"participants"').length - 1
      assert.deepStrictEqual([count(half.text), count(empty.text)], [count(all.text) / 2, 0])
    })
  )

  it.effect("are refused with a sentence where the command makes no sense", () =>
    Effect.gen(function* () {
      const { post } = yield* running()
      const refused = yield* Effect.all(
        [{ kind: "meteor" }, { kind: "500", bookmaker: "bet365" }, { kind: "500", endpoint: "odds" }].map((order) =>
          post("/_sim/faults", order)
        )
      )
      assert.deepStrictEqual(
        refused.map(({ status }) => status),
        [400, 400, 400]
      )
      assert.match(refused[1]?.text ?? "", /bookmaker must be one of betpawa, sportybet, bet9ja, got .*bet365/)
    })
  )
})
