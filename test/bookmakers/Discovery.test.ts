import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import type { DiscoveredPage, Gate } from "../../src/bookmakers/Adapter.ts"
import type { FetchError } from "../../src/bookmakers/FetchError.ts"
import type { Asked } from "../../src/bookmakers/Http.ts"
import { adaptersOver, openGate, refusal } from "../support/adapters.ts"
import type { Answer } from "../support/adapters.ts"
import { hasRecordings, recording } from "../support/recordings.ts"

/** The pages of one bookmaker's list, over answers as a test gives them. */
const discover = (
  bookmaker: string,
  answer: Answer,
  gate: Gate = openGate
): Effect.Effect<readonly DiscoveredPage[], FetchError> =>
  Effect.gen(function* () {
    const adapters = yield* adaptersOver(answer)
    const [adapter] = adapters.filter((one) => one.bookmaker.id === bookmaker)
    return adapter === undefined ? [] : yield* Stream.runCollect(adapter.discover(gate))
  })

/** Half a character, which no address can hold. */
const HALF = "\ud800"

const idsOf = (pages: readonly DiscoveredPage[]) =>
  pages.flatMap(({ events }) => events.map((event) => event.bookmakerEventId))
const failuresOf = (pages: readonly DiscoveredPage[]) =>
  pages.flatMap(({ failures }) => failures.map(({ what }) => what))
const numbers = (from: number, size: number) => Array.from({ length: size }, (_, i) => from + i)

describe("BetPawa's list", () => {
  const row = (id: number, more: object = {}) => ({
    id: String(id),
    participants: [
      { name: "Away", position: 2 },
      { name: "Home", position: 1 }
    ],
    startTime: "2026-11-21T12:00:00Z",
    widgets: [
      { id: "5", type: "GENIUSSPORTS" },
      { id: `sr:match:${1000 + id}`, type: "SPORTRADAR" }
    ],
    region: { id: "1", name: "England" },
    competition: { id: "11965", name: "Premier League" },
    ...more
  })
  const skipOf = ({ url }: Asked): number => JSON.parse(url.searchParams.get("q") ?? "").queries[0].skip
  const page = (rows: readonly unknown[] | undefined) =>
    JSON.stringify({ responses: [rows === undefined ? {} : { responses: rows }] })
  const of =
    (total: number): Answer =>
    (asked) => {
      const skip = skipOf(asked)
      return page(skip >= total ? undefined : numbers(skip, Math.min(100, total - skip)).map((id) => row(id)))
    }

  it.effect("is read page by page to the short one, or to the one without an inner list", () =>
    Effect.gen(function* () {
      assert.strictEqual(idsOf(yield* discover("betpawa-ng", of(230))).length, 230)
      assert.strictEqual(idsOf(yield* discover("betpawa-ng", of(200))).length, 200)
      assert.deepStrictEqual(idsOf(yield* discover("betpawa-ng", of(0))), [])
    })
  )

  it.effect("gives events with their identity, teams by position, kickoff and competition", () =>
    Effect.gen(function* () {
      const [first] = yield* discover("betpawa-ng", of(1))
      assert.deepEqual(
        first?.events,
        [
          {
            bookmakerEventId: "0",
            eventId: "1000",
            home: "Home",
            away: "Away",
            kickoff: Date.UTC(2026, 10, 21, 12),
            competition: { nativeId: "11965", name: "Premier League", country: "England" }
          } as const
        ].map((event) => ({ ...event, eventId: first?.events[0]?.eventId }))
      )
      assert.strictEqual(`${first?.events[0]?.eventId}`, "1000")
    })
  )

  it.effect("keeps an event without a Sportradar id, for matching to park", () =>
    Effect.gen(function* () {
      const pages = yield* discover("betpawa-ng", () =>
        page([row(1, { widgets: undefined }), row(2, { participants: null, name: "A - B (n)" })])
      )
      assert.isUndefined(pages[0]?.events[0]?.eventId)
      assert.deepStrictEqual([pages[0]?.events[1]?.home, pages[0]?.events[1]?.away], ["A", "B"])
    })
  )

  it.effect("asks the version 4 path with the brand and JSON named, through the gate of the list", () =>
    Effect.gen(function* () {
      const seen: Asked[] = []
      const endpoints: string[] = []
      yield* discover(
        "betpawa-ng",
        (asked) => {
          seen.push(asked)
          return page([])
        },
        (endpoint, request) => {
          endpoints.push(endpoint)
          return request
        }
      )
      assert.strictEqual(seen[0]?.url.pathname, "/betpawa/api/sportsbook/v4/events/lists/by-queries")
      assert.deepInclude(seen[0]?.headers, { accept: "application/json", "x-pawa-brand": "betpawa-nigeria" })
      assert.deepStrictEqual(endpoints, ["list"])
    })
  )

  it.effect("ends when a page only repeats what was seen", () =>
    Effect.gen(function* () {
      const pages = yield* discover("betpawa-ng", () => page(numbers(0, 100).map((id) => row(id))))
      assert.strictEqual(pages.length, 2)
      assert.strictEqual(idsOf(pages).length, 100)
    })
  )

  it.effect("goes on behind one page that failed, and tells it", () =>
    Effect.gen(function* () {
      const pages = yield* discover("betpawa-ng", (asked) => (skipOf(asked) === 100 ? refusal(asked) : of(250)(asked)))
      assert.strictEqual(idsOf(pages).length, 150)
      assert.deepStrictEqual(failuresOf(pages), ["page 2"])
    })
  )

  it.effect("fails as a whole when its first page does, and ends at the second failure", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(discover("betpawa-ng", refusal))
      assert.strictEqual(error._tag, "Blocked")
      const pages = yield* discover("betpawa-ng", (asked) => (skipOf(asked) > 0 ? refusal(asked) : of(900)(asked)))
      assert.deepStrictEqual(failuresOf(pages), ["page 2", "page 3"])
    })
  )

  it.effect("tells rows that cannot be read once per page, and is Unreadable when none can", () =>
    Effect.gen(function* () {
      const broken = [row(2, { startTime: "" }), row(3, { id: "" }), row(4, { id: HALF }), { id: 3 }, null]
      const pages = yield* discover("betpawa-ng", () => page([row(1), ...broken]))
      assert.deepStrictEqual([idsOf(pages), failuresOf(pages)], [["1"], ["5 of 6 rows"]])
      const error = yield* Effect.flip(discover("betpawa-ng", () => page([{ id: 3 }, null])))
      assert.strictEqual(error._tag, "Unreadable")
      assert.strictEqual((yield* Effect.flip(discover("betpawa-ng", () => "{}")))._tag, "Unreadable")
    })
  )
})

describe("SportyBet's list", () => {
  const row = (id: number, more: object = {}) => ({
    eventId: `sr:match:${id}`,
    estimateStartTime: Date.UTC(2026, 10, 21, 12),
    homeTeamName: "Home",
    awayTeamName: "Away",
    sport: {
      id: "sr:sport:1",
      category: { name: "England", tournament: { id: "sr:tournament:17", name: "Premier League" } }
    },
    ...more
  })
  const pageOf = ({ url }: Asked): number => Number(url.searchParams.get("pageNum"))
  const page = (totalNum: number | undefined, rows: readonly unknown[]) =>
    JSON.stringify({
      bizCode: 10000,
      message: "0#0",
      data: {
        totalNum,
        tournaments: [
          { id: "t", name: "T", events: rows.slice(0, 3) },
          { id: "t", name: "T", events: rows.slice(3) }
        ]
      }
    })
  const of =
    (total: number): Answer =>
    (asked) => {
      const from = (pageOf(asked) - 1) * 100
      return page(
        total,
        numbers(from + 1, Math.max(0, Math.min(100, total - from))).map((id) => row(id))
      )
    }

  it.effect("is read page by page to the total it tells", () =>
    Effect.gen(function* () {
      assert.strictEqual(idsOf(yield* discover("sportybet-ng", of(230))).length, 230)
      assert.strictEqual(idsOf(yield* discover("sportybet-ng", of(0))).length, 0)
    })
  )

  it.effect("is read to the empty page when it tells no total", () =>
    Effect.gen(function* () {
      const pages = yield* discover("sportybet-ng", (asked) => {
        const from = (pageOf(asked) - 1) * 100
        const rows = numbers(from + 1, Math.max(0, Math.min(100, 230 - from)))
        return page(
          undefined,
          rows.map((id) => row(id))
        )
      })
      assert.strictEqual(idsOf(pages).length, 230)
    })
  )

  it.effect("leaves out an event that has no id to ask for, and tells it", () =>
    Effect.gen(function* () {
      const pages = yield* discover("sportybet-ng", () => page(2, [row(1), row(2, { eventId: "" })]))
      assert.deepStrictEqual([idsOf(pages), failuresOf(pages)], [["sr:match:1"], ["1 of 2 rows"]])
    })
  )

  it.effect("gives each event once, though pages overlap", () =>
    Effect.gen(function* () {
      const pages = yield* discover("sportybet-ng", (asked) =>
        page(
          150,
          numbers(1 + (pageOf(asked) - 1) * 60, 100).map((id) => row(id))
        )
      )
      assert.strictEqual(idsOf(pages).length, 160)
    })
  )

  it.effect("leaves simulated and virtual football out, also where it fills a page", () =>
    Effect.gen(function* () {
      const pages = yield* discover("sportybet-ng", (asked) =>
        pageOf(asked) === 1
          ? page(
              150,
              numbers(1, 100).map((id) => row(id, { homeTeamName: "Arsenal SRL" }))
            )
          : page(150, [row(500), row(501, { sport: { ...row(1).sport, id: "sr:sport:202120001" } })])
      )
      assert.deepStrictEqual(idsOf(pages), ["sr:match:500"])
    })
  )

  it.effect("that is refused in its envelope is Unreadable, naming the code", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(discover("sportybet-ng", () => `{"bizCode":11000,"message":"busy"}`))
      assert.match(error.message, /\$\.bizCode \(11000 busy\)/)
    })
  )

  it.effect.skipIf(!hasRecordings)("is read as recorded", () =>
    Effect.gen(function* () {
      const pages = yield* discover("sportybet-ng", (asked) =>
        pageOf(asked) === 1 ? recording("sportybet/pcUpcomingEvents_page1.excerpt") : page(977, [])
      )
      assert.deepStrictEqual(idsOf(pages), ["sr:match:72221172"])
      assert.deepStrictEqual(
        [pages[0]?.events[0]?.home, pages[0]?.events[0]?.competition.country],
        ["Fulham", "England"]
      )
    })
  )
})

describe("Bet9ja's list", () => {
  const group = (id: number) => ({ [String(id)]: { G_DESC: `Group ${id}`, NUM: 2, GID: id } })
  const sports = (groups: unknown) =>
    JSON.stringify({
      R: "OK",
      D: {
        PAL: {
          "1": { S_DESC: "Soccer", SG: { "7": { SG_DESC: "England", G: groups } } },
          "2": { S_DESC: "Tennis", SG: {} }
        }
      }
    })
  const row = (id: number, more: object = {}) => ({
    ID: id,
    EXTID: String(5000 + id),
    DS: "Home - Away - Town",
    STARTDATE: "2026-11-21 12:00:00",
    ...more
  })
  const events = (rows: unknown) => JSON.stringify({ R: "OK", D: { E: rows, SG: "England", GN: "Premier League" } })
  const isSports = ({ url }: Asked): boolean => url.pathname.endsWith("/GetSports")
  const groupOf = ({ url }: Asked): number => Number(url.searchParams.get("GROUPID"))

  it.effect("is the events of every football group, however its collections come", () =>
    Effect.gen(function* () {
      const asDictionary = yield* discover("bet9ja-ng", (asked) =>
        isSports(asked)
          ? sports({ ...group(10), ...group(20) })
          : events({ a: row(groupOf(asked)), b: row(groupOf(asked) + 1) })
      )
      assert.deepStrictEqual([...idsOf(asDictionary)].sort(), ["10", "11", "20", "21"])
      const asList = yield* discover("bet9ja-ng", (asked) =>
        isSports(asked) ? sports([{ G_DESC: "A", GID: 10, NUM: 2 }]) : events([row(1)])
      )
      assert.deepStrictEqual(idsOf(asList), ["1"])
    })
  )

  it.effect("takes times for UTC, splits names at the first dash and fills in the group", () =>
    Effect.gen(function* () {
      const [page] = yield* discover("bet9ja-ng", (asked) => (isSports(asked) ? sports(group(10)) : events([row(1)])))
      const [event] = page?.events ?? []
      assert.strictEqual(event?.kickoff, Date.UTC(2026, 10, 21, 12))
      assert.deepStrictEqual([event?.home, event?.away, `${event?.eventId}`], ["Home", "Away - Town", "5001"])
      assert.deepStrictEqual(event?.competition, { nativeId: "10", name: "Group 10", country: "England" })
    })
  )

  it.effect("prefers the time that is marked as UTC", () =>
    Effect.gen(function* () {
      const [page] = yield* discover("bet9ja-ng", (asked) =>
        isSports(asked) ? sports(group(10)) : events([row(1, { STARTDATEUTC: "2026-11-21T11:00:00Z" })])
      )
      assert.strictEqual(page?.events[0]?.kickoff, Date.UTC(2026, 10, 21, 11))
    })
  )

  it.effect("tells a group that failed beside the others", () =>
    Effect.gen(function* () {
      const pages = yield* discover("bet9ja-ng", (asked) =>
        isSports(asked)
          ? sports({ ...group(10), ...group(20) })
          : groupOf(asked) === 10
            ? refusal(asked)
            : events([row(1)])
      )
      assert.deepStrictEqual([idsOf(pages), failuresOf(pages)], [["1"], ["group 10 (England, Group 10)"]])
    })
  )

  it.effect("leaves out groups and events whose id nobody can ask for, and tells them", () =>
    Effect.gen(function* () {
      const groups = [10, HALF].map((GID) => ({ G_DESC: "A", GID, NUM: 2 }))
      const pages = yield* discover("bet9ja-ng", (asked) =>
        isSports(asked) ? sports(groups) : events([row(1), row(2, { ID: HALF })])
      )
      assert.deepStrictEqual([idsOf(pages), failuresOf(pages)], [["1"], ["1 of 2 rows", "1 groups"]])
    })
  )

  it.effect("fails as a whole when its tree cannot be had", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* Effect.flip(discover("bet9ja-ng", refusal)))._tag, "Blocked")
      assert.strictEqual((yield* Effect.flip(discover("bet9ja-ng", () => `{"R":"OK","D":{}}`)))._tag, "Unreadable")
    })
  )

  it.effect("leaves out what is no match between two teams, and groups that have just run out", () =>
    Effect.gen(function* () {
      const pages = yield* discover("bet9ja-ng", (asked) =>
        isSports(asked)
          ? sports({ ...group(10), ...group(20), ...group(30) })
          : groupOf(asked) === 10
            ? events([row(1, { DS: "Winner" }), row(2)])
            : groupOf(asked) === 20
              ? `{"R":"E"}`
              : `{"R":"OK","D":{"E":null}}`
      )
      assert.deepStrictEqual([idsOf(pages), failuresOf(pages)], [["2"], []])
    })
  )
})
