/** Main markets from lists: asked for when what is due has to wait, and never in place of a fetch. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { Gone, Unreachable } from "../../../src/bookmakers/FetchError.ts"
import { EventId } from "../../../src/domain/Event.ts"
import { DEFAULT_TIERS } from "../../../src/domain/Freshness.ts"
import type { Settings } from "../../../src/domain/Settings.ts"
import { Scraping } from "../../../src/scraping/Scraping.ts"
import { FETCHES_PER_PAGE, LEAST_TOLD, makeCredit, pagesFor } from "../../../src/scraping/schedule/Pages.ts"
import type { Waiting } from "../../../src/scraping/schedule/Pages.ts"
import { HOUR, START, alpha, beta, eventAt, gamma, house, play } from "../house.ts"
import type { Played, Request } from "../house.ts"

const MINUTE = 60_000
const SLOW: Partial<Settings> = { pace: { [alpha]: { concurrency: 1, delayMs: 900 } } }

/** Events that were all confirmed three minutes ago, so that they fall due together two minutes from now. */
const backlog = Effect.fnUntraced(function* (events: number, change: Partial<Settings>) {
  yield* TestClock.setTime(START)
  const played = yield* play(
    Array.from({ length: events }, (_, i) => eventAt(i + 1, START + 5 * HOUR + i * MINUTE)),
    change
  )
  for (let id = 1; id <= events; id++)
    for (const bookmaker of played.bookmakers) played.confirmedAt.set(`${id}/${bookmaker}`, START - 3 * MINUTE)
  played.pageSizes.set(alpha, 50)
  played.pageSizes.set(beta, 50)
  return played
})

const askedOf = (played: Played, wanted: (request: Request) => boolean): readonly Request[] =>
  played.requests.filter((request) => request.bookmakerId === alpha && request.at >= START + MINUTE && wanted(request))
const pagesOf = (played: Played): readonly Request[] => askedOf(played, ({ page }) => page !== undefined)
const fetchesOf = (played: Played): readonly Request[] => askedOf(played, ({ endpoint }) => endpoint === "event")

describe("listings that fall due together at a bookmaker with a small limit", () => {
  it.effect("have their main markets told by its list at once, and are fetched whole all the same", () =>
    Effect.gen(function* () {
      const played = yield* backlog(60, SLOW)
      yield* Effect.gen(function* () {
        yield* TestClock.adjust("2 minutes")
        // Fifty on the first page, ten on the second; each is told once while it waits.
        yield* TestClock.adjust("20 seconds")
        assert.deepStrictEqual(
          pagesOf(played).map(({ page }) => page),
          ["0", "1"]
        )
        const told = played.parts.map(({ eventId }) => eventId)
        assert.isAtLeast(told.length, 50)
        assert.strictEqual(new Set(told).size, told.length)
        yield* TestClock.adjust("80 seconds")
        assert.strictEqual(new Set(fetchesOf(played).map(({ eventId }) => eventId)).size, 60)
      }).pipe(Effect.provide(house(played, "SCHEDULED")))
    })
  )

  it.effect(
    "take one request in five of it at most, never more at once than its limit, and only where it lists odds",
    () =>
      Effect.gen(function* () {
        const played = yield* backlog(240, SLOW)
        yield* Effect.gen(function* () {
          yield* TestClock.adjust("4 minutes")
          const [pages, fetches] = [pagesOf(played).length, fetchesOf(played).length]
          assert.isAtLeast(pages, 4)
          assert.isAtMost((pages - 1) * FETCHES_PER_PAGE, fetches)
          assert.strictEqual(played.most.get(alpha), 1)
          assert.deepStrictEqual(
            played.requests.filter(({ bookmakerId, page }) => bookmakerId === gamma && page !== undefined),
            []
          )
        }).pipe(Effect.provide(house(played, "SCHEDULED")))
      })
  )

  it.effect("stay due: a part moves neither when a listing was confirmed nor when it is fetched", () =>
    Effect.gen(function* () {
      const [told, untold] = [yield* backlog(60, SLOW), yield* backlog(60, SLOW)]
      untold.pageSizes.clear()
      const order = Effect.fnUntraced(function* (played: Played) {
        yield* TestClock.setTime(START)
        yield* Effect.provide(TestClock.adjust("3 minutes"), house(played, "SCHEDULED"))
        return fetchesOf(played).map(({ eventId }) => eventId)
      })
      const [first, second] = [yield* order(told), yield* order(untold)]
      assert.isAbove(told.parts.length, 0)
      assert.deepStrictEqual(first, second.slice(0, first.length))
      assert.isAtLeast(first.length, second.length - pagesOf(told).length - 1)
    })
  )

  it.effect("are told of in the run that asked for the page", () =>
    Effect.gen(function* () {
      const played = yield* backlog(60, SLOW)
      yield* Effect.gen(function* () {
        yield* TestClock.adjust("140 seconds")
        const runs = yield* Scraping.use(({ recent }) => recent(["CADENCE"]))
        assert.isTrue(runs.some(({ message }) => message.includes("Lists told the main markets of 50")))
        assert.deepStrictEqual([...new Set(runs.map(({ failureCount }) => failureCount))], [0])
      }).pipe(Effect.provide(house(played, "SCHEDULED")))
    })
  )

  it.effect("are not asked for again at once when a page cannot be had; the run says why", () =>
    Effect.gen(function* () {
      const played = yield* backlog(60, SLOW)
      played.answer = ({ bookmakerId, endpoint, page }) =>
        page === undefined ? undefined : new Unreachable({ bookmakerId, endpoint, message: "cut off" })
      yield* Effect.gen(function* () {
        yield* TestClock.adjust("150 seconds")
        const runs = yield* Scraping.use(({ recent }) => recent(["CADENCE"]))
        assert.isTrue(runs.some(({ failureCount }) => failureCount === 1))
        // Repetitions included.
        assert.isAtMost(pagesOf(played).length, 6)
        assert.deepStrictEqual([played.parts, played.missed], [[], []])
      }).pipe(Effect.provide(house(played, "SCHEDULED")))
    })
  )

  it.effect("have no page asked for where none of them was ever seen whole", () =>
    Effect.gen(function* () {
      const played = yield* backlog(60, SLOW)
      played.confirmedAt.clear()
      played.answer = ({ bookmakerId, endpoint }) =>
        endpoint === "list" || bookmakerId !== alpha
          ? undefined
          : new Gone({ bookmakerId, endpoint, message: "no such event" })
      yield* Effect.gen(function* () {
        yield* TestClock.adjust("3 minutes")
        const runs = yield* Scraping.use(({ recent }) => recent(["CADENCE"]))
        assert.isAbove(
          runs.reduce((sum, { current }) => sum + current, 0),
          20
        )
        assert.deepStrictEqual(pagesOf(played), [])
      }).pipe(Effect.provide(house(played, "SCHEDULED")))
    })
  )

  it.effect("wait with their page in the line that all requests stand in", () =>
    Effect.gen(function* () {
      const played = yield* backlog(120, SLOW)
      const fresh = Array.from({ length: 60 }, (_, i) => EventId(String(i + 61)))
      for (const id of fresh) played.confirmedAt.set(`${id}/${alpha}`, START)
      yield* Effect.gen(function* () {
        yield* TestClock.adjust("100 seconds")
        yield* Scraping.use(({ start }) =>
          start({ bookmakers: [alpha], competitions: undefined, events: fresh }, undefined)
        )
        yield* TestClock.adjust("80 seconds")
        assert.isAbove(pagesOf(played).length, 0)
        assert.strictEqual(played.most.get(alpha), 1)
      }).pipe(Effect.provide(house(played, "SCHEDULED")))
    })
  )

  it.effect("have their page counted against the budget for as long as it takes", () =>
    Effect.gen(function* () {
      const played = yield* backlog(60, SLOW)
      played.latencyMs = ({ page }) => (page === undefined ? 100 : 5_000)
      yield* Effect.gen(function* () {
        yield* TestClock.adjust("119 seconds")
        const runs = yield* Scraping.use(({ recent }) => recent(["CADENCE"]))
        const planned = runs.flatMap(({ counts }) => counts.filter(({ bookmakerId }) => bookmakerId === alpha))
        assert.strictEqual(pagesOf(played).length, 1)
        assert.strictEqual(
          planned.reduce((sum, each) => sum + each.planned, 0),
          0
        )
      }).pipe(Effect.provide(house(played, "SCHEDULED")))
    })
  )

  it.effect("are left to their fetch when that is under way as the page comes", () =>
    Effect.gen(function* () {
      const played = yield* backlog(60, { pace: { [alpha]: { concurrency: 2, delayMs: 0 } } })
      played.latencyMs = ({ page }) => (page === undefined ? 1_000 : 2_500)
      yield* Effect.gen(function* () {
        yield* TestClock.adjust("150 seconds")
        assert.isAbove(played.parts.length, 0)
        const fetched = new Map(fetchesOf(played).map(({ eventId, at }) => [eventId, at]))
        const [page] = pagesOf(played)
        const came = (page?.at ?? 0) + 2_500
        const underWay = [...fetched].filter(([, at]) => at < came && at + 1_000 > came).map(([id]) => id)
        assert.isAbove(underWay.length, 0)
        const told = played.parts
          .filter(({ requestedAt }) => requestedAt === page?.at)
          .map(({ eventId }) => `${eventId}`)
        assert.deepStrictEqual(
          told.filter((id) => underWay.includes(id)),
          []
        )
      }).pipe(Effect.provide(house(played, "SCHEDULED")))
    })
  )
})

describe("listings that fall due together at bookmakers whose limits allow for them", () => {
  it.effect("are fetched, and no page is asked for", () =>
    Effect.gen(function* () {
      const played = yield* backlog(60, {})
      yield* Effect.gen(function* () {
        yield* TestClock.adjust("4 minutes")
        assert.strictEqual(fetchesOf(played).length, 60)
        assert.deepStrictEqual(
          played.requests.filter(({ page }) => page !== undefined),
          []
        )
      }).pipe(Effect.provide(house(played, "SCHEDULED")))
    })
  )
})

describe("a page", () => {
  const NOW = 1_000 * MINUTE
  const waiting = (id: number, page: string | undefined, partAskedAt?: number): Waiting => ({
    eventId: EventId(String(id)),
    bookmakerEventId: String(id),
    kickoff: NOW + 90 * MINUTE,
    page,
    partAskedAt
  })
  const named = (listings: readonly Waiting[]) =>
    pagesFor(gamma, listings, DEFAULT_TIERS, NOW).map(({ page, targets }) => [page, targets.length])
  const some = (count: number, page: string | undefined, partAskedAt?: number) =>
    Array.from({ length: count }, (_, i) => waiting(i, page, partAskedAt))

  it("is cheaper only where it tells of several that wait, and the most urgent first", () => {
    assert.deepStrictEqual(named([waiting(100, "b"), ...some(LEAST_TOLD, "a"), ...some(LEAST_TOLD - 1, "b")]), [
      ["b", LEAST_TOLD],
      ["a", LEAST_TOLD]
    ])
    assert.deepStrictEqual(named([...some(LEAST_TOLD - 1, "a"), ...some(20, undefined)]), [])
  })

  it("is not asked for again within the cadence, unless the clock was set back since", () => {
    assert.deepStrictEqual(named(some(9, "a", NOW - 59_000)), [])
    assert.deepStrictEqual(named(some(9, "a", NOW - MINUTE)), [["a", 9]])
    assert.deepStrictEqual(named(some(9, "a", NOW + HOUR)), [["a", 9]])
  })

  it("may be asked for once at first, and then for every few fetches; what is saved up is bounded", () => {
    const credit = makeCredit()
    assert.strictEqual(credit.of(alpha), 1)
    credit.spend(alpha, 1)
    credit.earn(alpha, FETCHES_PER_PAGE - 1, 100)
    assert.strictEqual(credit.of(alpha), 0)
    credit.earn(alpha, 1, 100)
    assert.strictEqual(credit.of(alpha), 1)
    credit.earn(alpha, 10_000, 40)
    assert.strictEqual(credit.of(alpha), 40 / FETCHES_PER_PAGE)
    credit.earn(alpha, 0, 1)
    assert.strictEqual(credit.of(alpha), 1)
  })
})
