import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { PublishedBoard } from "../../src/odds/PublishedBoard.ts"
import { ask, codes, send } from "./http.ts"
import { api, EPOCH, EVENTS, NAIJA, NOW, PAWA, ROSTER } from "./world.ts"

const iso = (at: number): string => new Date(at).toISOString()

const names = (data: Readonly<Record<string, unknown>> | undefined): readonly string[] =>
  [...JSON.stringify(data).matchAll(/"home":"([^"]*)"/g)].map(([, home]) => home ?? "")

const homes = (filter: string, sort = "KICKOFF_ASC") =>
  Effect.map(ask(`{ events(filter: ${filter}, sort: ${sort}) { nodes { home } } }`), ({ data }) => names(data))

describe("events", () => {
  it.effect("come by kickoff, page by page, each once", () =>
    Effect.gen(function* () {
      const first = yield* ask(
        "{ events(first: 2) { totalCount nodes { home status } pageInfo { hasNextPage endCursor } } }"
      )
      assert.deepStrictEqual(names(first.data), ["São Paulo", "Flamengo"])
      assert.include(first.text, '"totalCount":3')
      const after = /"endCursor":"([^"]+)"/.exec(first.text)?.[1]
      const second = yield* ask(
        "query ($after: String) { events(first: 2, after: $after) { nodes { home } pageInfo { hasNextPage } } }",
        { after }
      )
      assert.deepStrictEqual(second.data, { events: { nodes: [{ home: "Grêmio" }], pageInfo: { hasNextPage: false } } })
    }).pipe(Effect.provide(api()))
  )

  it.effect("are found by words, whatever their case and accents", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* homes('{ text: "SAO santos" }'), ["São Paulo"])
      assert.deepStrictEqual(yield* homes('{ text: "serie a gremio" }'), ["Grêmio"])
      assert.deepStrictEqual(yield* homes('{ text: "100" }'), ["São Paulo"])
      assert.deepStrictEqual(yield* homes('{ text: "nobody" }'), [])
    }).pipe(Effect.provide(api()))
  )

  it.effect("are filtered by every field, and an empty list means nothing", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* homes('{ missingAt: ["betpawa-ng"] }'), ["Grêmio"])
      assert.deepStrictEqual(yield* homes('{ missingAt: ["betpawa-ng", "bet9ja-ng"] }'), ["Flamengo", "Grêmio"])
      assert.deepStrictEqual(yield* homes(`{ kickoffFrom: "${iso(NOW + 5 * 3_600_000)}" }`), ["Flamengo", "Grêmio"])
      assert.deepStrictEqual(yield* homes(`{ kickoffTo: "${iso(NOW + 5 * 3_600_000)}" }`), ["São Paulo"])
      assert.deepStrictEqual(
        yield* homes('{ countries: ["br"], competitions: ["brazil-serie-a"], status: [UPCOMING] }'),
        ["São Paulo", "Flamengo", "Grêmio"]
      )
      assert.deepStrictEqual(yield* homes("{ states: [NEVER_OFFERED] }"), ["Flamengo", "Grêmio"])
      assert.deepStrictEqual(yield* homes("{ edgeAtLeast: 0.05 }"), ["Flamengo"])
      for (const none of ["competitions: []", "countries: []", "missingAt: []", "status: []", "states: []"]) {
        assert.deepStrictEqual(yield* homes(`{ ${none} }`), [], none)
      }
    }).pipe(Effect.provide(api()))
  )

  it.effect("are sorted by edge, margin and age", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* homes("{}", "EDGE_DESC"), ["Flamengo", "São Paulo", "Grêmio"])
      assert.deepStrictEqual(yield* homes("{}", "MARGIN_DESC"), ["Flamengo", "São Paulo", "Grêmio"])
      assert.deepStrictEqual(yield* homes("{}", "AGE_DESC"), ["São Paulo", "Flamengo", "Grêmio"])
    }).pipe(Effect.provide(api()))
  )

  it.effect("tell who offers what, and tell unmapped from never offered", () =>
    Effect.gen(function* () {
      const { data } = yield* ask(`{ event(id: "101") {
        skewMs
        listings { id state bookmakerEventId }
        comparisons(markets: ["1x2_ft", "btts_ft"]) { id offers { id state margin outcomes { price } } excluded { bookmakerId } }
      } }`)
      assert.deepStrictEqual(data, {
        event: {
          skewMs: 0,
          listings: [
            { id: "101/betpawa-ng", state: "CONFIRMED", bookmakerEventId: "native-101" },
            { id: "101/sportybet-ng", state: "CONFIRMED", bookmakerEventId: "native-101" },
            { id: "101/bet9ja-ng", state: "NEVER_OFFERED", bookmakerEventId: null }
          ],
          comparisons: [
            {
              id: "101/1x2_ft",
              offers: [
                {
                  id: "101/betpawa-ng/1x2_ft",
                  state: "CONFIRMED",
                  margin: 1 / 2 + 1 / 3.1 + 1 / 3.9 - 1,
                  outcomes: [{ price: "2.00" }, { price: "3.10" }, { price: "3.90" }]
                },
                {
                  id: "101/sportybet-ng/1x2_ft",
                  state: "CONFIRMED",
                  margin: 1 / 1.8 + 1 / 3.2 + 1 / 4 - 1,
                  outcomes: [{ price: "1.80" }, { price: "3.20" }, { price: "4.00" }]
                },
                { id: "101/bet9ja-ng/1x2_ft", state: "NEVER_OFFERED", margin: null, outcomes: [] }
              ],
              excluded: [{ bookmakerId: "bet9ja-ng" }]
            },
            {
              id: "101/btts_ft",
              offers: [
                { id: "101/betpawa-ng/btts_ft", state: "NEVER_OFFERED", margin: null, outcomes: [] },
                { id: "101/sportybet-ng/btts_ft", state: "NEVER_OFFERED", margin: null, outcomes: [] },
                { id: "101/bet9ja-ng/btts_ft", state: "UNMAPPED", margin: null, outcomes: [] }
              ],
              excluded: ROSTER.map(({ id }) => ({ bookmakerId: id }))
            }
          ]
        }
      })
    }).pipe(Effect.provide(api()))
  )

  it.effect("leave prices captured too far apart out of the comparison, and say so", () =>
    Effect.gen(function* () {
      const { data } = yield* ask(
        '{ event(id: "100") { comparisons(markets: ["1x2_ft"]) { skewMs best { outcome price bookmakers } excluded { bookmakerId reason { code } } } } }'
      )
      assert.deepStrictEqual(data, {
        event: {
          comparisons: [
            {
              skewMs: 0,
              best: [
                { outcome: "home", price: "1.95", bookmakers: ["sportybet-ng"] },
                { outcome: "draw", price: "3.40", bookmakers: ["betpawa-ng"] },
                { outcome: "away", price: "4.20", bookmakers: ["betpawa-ng", "sportybet-ng"] }
              ],
              excluded: [{ bookmakerId: "bet9ja-ng", reason: { code: "SKEW" } }]
            }
          ]
        }
      })
    }).pipe(Effect.provide(api()))
  )
})

const blocked = Layer.sync(PublishedBoard, () => ({
  mark: () => ({ epoch: EPOCH, seq: 7 }),
  durable: () => true,
  kept: () => true,
  event: (id) => EVENTS.find(({ facts }) => facts.id === id),
  events: () => EVENTS,
  bookmaker: () => ({
    standing: { state: "STALE", since: NOW, reason: { code: "BLOCKED", text: "It answers 403.", until: NOW + 60_000 } },
    lastSuccessAt: undefined
  }),
  size: () => ({ events: 3, listings: 6, markets: 8, prices: 20 })
}))

describe("a bookmaker in trouble", () => {
  it.effect("makes all of its odds stale, with its reason, and none of them counts", () =>
    Effect.gen(function* () {
      const { data } = yield* ask(`{ event(id: "101") { comparisons(markets: ["1x2_ft"]) {
        offers { state since reason { code until } outcomes { state } } best { price ourEdge }
      } } }`)
      const text = JSON.stringify(data)
      assert.include(
        text,
        `{"state":"STALE","since":"${iso(NOW)}","reason":{"code":"BLOCKED","until":"${iso(NOW + 60_000)}"},"outcomes":[{"state":"STALE"}`
      )
      assert.include(text, '"best":[{"price":null,"ourEdge":null}')
      assert.notInclude(text, "CONFIRMED")
    }).pipe(Effect.provide(api({ board: blocked })))
  )
})

describe("what has left memory", () => {
  it.effect("is answered from history as closed, and stale by its age", () =>
    Effect.gen(function* () {
      const { data } = yield* ask(
        '{ event(id: "999") { status listings(bookmakers: ["betpawa-ng"]) { state reason { code } confirmedAt } } }'
      )
      assert.deepStrictEqual(data, {
        event: {
          status: "CLOSED",
          listings: [{ state: "STALE", reason: { code: "OVERDUE" }, confirmedAt: iso(NOW - 11 * 3_600_000) }]
        }
      })
      const unknown = yield* ask('{ event(id: "12345") { id } }')
      assert.deepStrictEqual(unknown.data, { event: null })
      assert.isEmpty(unknown.errors)
    }).pipe(Effect.provide(api()))
  )

  it.effect("is folded to the instant asked for, and is fresh as it was then", () =>
    Effect.gen(function* () {
      const { data } = yield* ask(
        'query ($at: DateTime) { event(id: "999", asOf: $at) { status listings(bookmakers: ["betpawa-ng"]) { state } } }',
        { at: iso(NOW - 11 * 3_600_000 + 1_000) }
      )
      assert.deepStrictEqual(data, { event: { status: "UPCOMING", listings: [{ state: "CONFIRMED" }] } })
    }).pipe(Effect.provide(api()))
  )

  it.effect("is as stale as its bookmaker was at the instant asked for", () =>
    Effect.gen(function* () {
      const { data } = yield* ask(
        'query ($at: DateTime) { event(id: "998", asOf: $at) { listings(bookmakers: ["betpawa-ng"]) { state reason { code } } } }',
        { at: iso(NOW - 11 * 3_600_000 + 1_000) }
      )
      assert.deepStrictEqual(data, { event: { listings: [{ state: "STALE", reason: { code: "BLOCKED" } }] } })
    }).pipe(Effect.provide(api()))
  )

  it.effect("has its history, with the spans in which somebody looked and how its bookmaker stood", () =>
    Effect.gen(function* () {
      const { text } = yield* ask(
        '{ oddsHistory(filter: { events: ["100"], markets: ["1x2_ft"], from: "2026-11-20T00:00:00Z", to: "2026-11-21T00:00:00Z" }) { nodes { seq runId offer { id outcomes { price } } } checks { listingId checks } standings { bookmakerId state reason { text } } pageInfo { hasNextPage endCursor } } }'
      )
      assert.include(
        text,
        `"nodes":[{"seq":"3","runId":"run-1","offer":{"id":"100/betpawa-ng/1x2_ft#${EPOCH}.3","outcomes":[{"price":"1.90"}`
      )
      assert.include(text, '"checks":[{"listingId":"100/betpawa-ng","checks":12}]')
      assert.include(text, '"standings":[{"bookmakerId":"betpawa-ng","state":"STALE","reason":{"text":"It refuses."}}]')
    }).pipe(Effect.provide(api()))
  )
})

describe("the rest", () => {
  it.effect("runs come from memory first, and say whether Postgres has them", () =>
    Effect.gen(function* () {
      const { data } = yield* ask(
        '{ scrapeRun(id: "run-1") { id stored failures { totalCount nodes { id class } } } none: scrapeRun(id: "x") { id } scrapeRuns { totalCount nodes { id } } }'
      )
      assert.deepStrictEqual(data, {
        scrapeRun: {
          id: "run-1",
          stored: true,
          failures: { totalCount: 1, nodes: [{ id: "run-1/1", class: "TIMED_OUT" }] }
        },
        none: null,
        scrapeRuns: { totalCount: 1, nodes: [{ id: "run-1" }] }
      })
    }).pipe(Effect.provide(api()))
  )

  it.effect("a run tells its failures by kind, and which run to compare it with", () =>
    Effect.gen(function* () {
      const { data } = yield* ask(
        '{ scrapeRun(id: "run-1") { failureGroups { bookmakerId class count } previous { id timings { stage p95 } } } }'
      )
      assert.deepStrictEqual(data, {
        scrapeRun: {
          failureGroups: [{ bookmakerId: NAIJA.id, class: "TIMED_OUT", count: 1 }],
          previous: { id: "run-01", timings: [{ stage: "fetch", p95: 20 }] }
        }
      })
    }).pipe(Effect.provide(api()))
  )

  it.effect("the freshness tells beside what is fresh how punctual the scraper was", () =>
    Effect.gen(function* () {
      const { text } = yield* ask(
        "{ system { freshness { bookmakerId withinMs onTime onTimeLastHour onTimeLastDay } } }"
      )
      assert.include(
        text,
        `{"bookmakerId":"${PAWA.id}","withinMs":1800000,"onTime":3,"onTimeLastHour":0.75,"onTimeLastDay":null}`
      )
    }).pipe(Effect.provide(api()))
  )

  it.effect("the cursor of a list is where polling goes on, and an equal digest proves it", () =>
    Effect.gen(function* () {
      const list = yield* ask("{ events(first: 1) { cursor } cacheDigest { cursor digest } }")
      const cursor = /"cursor":"([^"]+)"/.exec(list.text)?.[1]
      const changes = yield* ask(
        "query ($c: Cursor!) { changesSince(cursor: $c) { messages { kind } hasMore cursor } }",
        { c: cursor }
      )
      assert.include(changes.text, '"messages":[],"hasMore":false')
      const foreign = yield* ask('{ changesSince(cursor: "nonsense") { messages { kind reason offers { id } } } }')
      assert.include(
        foreign.text,
        '"kind":"SNAPSHOT","reason":"INVALID_CURSOR","offers":[{"id":"100/betpawa-ng/1x2_ft"}'
      )
    }).pipe(Effect.provide(api()))
  )

  it.effect("the probes, the metrics and the pages are on the same port", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* send("/healthz", {})).status, 200)
      assert.strictEqual((yield* send("/readyz", {})).status, 200)
      assert.include((yield* send("/metrics", {})).text, "process_resident_memory_bytes")
      const home = yield* send("/", { headers: { accept: "text/html" } })
      assert.include(home.text, "simulator")
      assert.strictEqual((yield* send("/", {})).text, home.text)
      const graphiql = yield* send("/graphql", { headers: { accept: "text/html" } })
      assert.include(graphiql.text, "What do all bookmakers offer")
      assert.notInclude(graphiql.text, "unpkg.com")
      assert.strictEqual((yield* send("/nothing", {})).status, 404)
    }).pipe(Effect.provide(api()))
  )

  it.effect("with tokens, nothing is answered without one, and a viewer changes nothing", () =>
    Effect.gen(function* () {
      const query = "{ bookmakers { id } }"
      assert.deepStrictEqual(codes(yield* ask(query)), ["UNAUTHENTICATED"])
      const viewer = { authorization: `Bearer ${"v".repeat(20)}` }
      assert.isDefined((yield* ask(query, {}, viewer)).data)
      const refused = yield* ask("mutation { pauseSchedule { errors { code } } }", {}, viewer)
      assert.deepStrictEqual([refused.status, ...codes(refused)], [403, "FORBIDDEN"])
      assert.strictEqual((yield* send("/metrics", {})).status, 401)
      assert.strictEqual((yield* send("/healthz", {})).status, 200)
    }).pipe(Effect.provide(api({}, { ACCESS_TOKENS: `viewer:${"v".repeat(20)}` })))
  )
})
