import { assert, describe, it } from "@effect/vitest"
import { Effect, Option, SubscriptionRef } from "effect"
import { TestClock } from "effect/testing"
import { Blocked, Broken, Throttled, Unreachable, Unreadable } from "../../src/bookmakers/FetchError.ts"
import type { BookmakerId } from "../../src/domain/Bookmaker.ts"
import type { RunRequest } from "../../src/domain/Run.ts"
import { Scraping } from "../../src/scraping/Scraping.ts"
import { HOUR, START, alpha, beta, eventAt, gamma, house, play } from "./house.ts"
import type { Played } from "./house.ts"

const EVERYTHING: RunRequest = { bookmakers: undefined, competitions: undefined, events: undefined }
const MINUTE = 60_000

const board = (count: number) =>
  Array.from({ length: count }, (_, i) => eventAt(1_000 + i, START + HOUR * 5 + i * MINUTE))

const fullRun = Effect.gen(function* () {
  const scraping = yield* Scraping
  const started = yield* scraping.start(EVERYTHING, undefined)
  const { id } = started._tag === "Started" ? started.run : assert.fail("refused")
  yield* TestClock.adjust("2 minutes")
  return Option.getOrThrow(yield* scraping.run(id))
})

const requestsTo = (played: Played, id: BookmakerId, from = 0): readonly number[] =>
  played.requests.filter(({ bookmakerId, at }) => bookmakerId === id && at - START >= from).map(({ at }) => at - START)

const standingsOf = (played: Played, id: BookmakerId) =>
  played.standings.filter(({ bookmakerId }) => bookmakerId === id).map(({ standing }) => standing)

describe("a bookmaker that answers 403", () => {
  it.effect("gets no request before the announced time, then one probe, and is confirmed again by itself", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play(board(20))
      // It refuses from the first event request on: its list is still served.
      let refusing = false
      played.answer = ({ bookmakerId, endpoint }) =>
        refusing && bookmakerId === alpha ? new Blocked({ bookmakerId, endpoint, message: "403" }) : undefined
      yield* Effect.gen(function* () {
        const scraping = yield* Scraping
        yield* TestClock.adjust(1)
        yield* TestClock.adjust(149)
        refusing = true
        yield* TestClock.adjust("30 seconds")
        const [blocked] = standingsOf(played, alpha)
        assert.strictEqual(blocked?.state, "STALE")
        assert.strictEqual(blocked?.reason?.code, "BLOCKED")
        const until = (blocked?.reason?.until ?? 0) - START
        const last = Math.max(...requestsTo(played, alpha))
        assert.strictEqual(until, last + 100 + 5 * MINUTE)
        assert.strictEqual(played.observed.filter(({ bookmakerId }) => bookmakerId === beta).length, 20)
        assert.strictEqual(played.observed.filter(({ bookmakerId }) => bookmakerId === gamma).length, 20)

        const held = (yield* scraping.work).find(({ bookmakerId }) => bookmakerId === alpha)
        assert.deepStrictEqual(
          held?.breakers.find(({ endpoint }) => endpoint === "refusal"),
          {
            endpoint: "refusal",
            state: "OPEN",
            since: START + last + 100,
            until: START + until,
            reason: "BLOCKED",
            openings: 1
          }
        )

        yield* TestClock.adjust("4 minutes")
        assert.deepStrictEqual(requestsTo(played, alpha, last + 1), [])
        yield* TestClock.adjust("2 minutes")
        const probes = requestsTo(played, alpha, last + 1)
        assert.strictEqual(probes.length, 1)
        assert.isAtLeast(probes[0] ?? 0, until)
        assert.isAtMost(probes[0] ?? 0, until + 2_000)

        refusing = false
        const again = (standingsOf(played, alpha).at(-1)?.reason?.until ?? 0) - START
        assert.strictEqual(again, (probes[0] ?? 0) + 100 + 10 * MINUTE)
        yield* TestClock.adjust("11 minutes")
        assert.isTrue(requestsTo(played, alpha, (probes[0] ?? 0) + 1).every((at) => at >= again))
        assert.strictEqual(standingsOf(played, alpha).at(-1)?.state, "CONFIRMED")
        assert.deepStrictEqual(
          standingsOf(played, alpha).map(({ state }) => state),
          ["STALE", "STALE", "CONFIRMED"]
        )
        assert.deepStrictEqual(
          played.standings.filter(({ bookmakerId }) => bookmakerId !== alpha),
          []
        )
        const alphaWork = (yield* scraping.work).find(({ bookmakerId }) => bookmakerId === alpha)
        assert.isTrue(alphaWork?.breakers.every(({ state }) => state === "CLOSED"))
      }).pipe(Effect.provide(house(played, "SCHEDULED")))
    })
  )

  it.effect("fails its items at once and leaves the others their normal speed", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play(board(400))
      yield* Effect.gen(function* () {
        const healthy = yield* fullRun
        played.answer = ({ bookmakerId, endpoint }) =>
          bookmakerId === alpha ? new Blocked({ bookmakerId, endpoint, message: "403" }) : undefined
        const blocked = yield* fullRun
        assert.strictEqual(blocked.phase, "PARTIAL")
        assert.strictEqual(blocked.counts.find(({ bookmakerId }) => bookmakerId === alpha)?.failed, 400)
        assert.strictEqual(blocked.counts.find(({ bookmakerId }) => bookmakerId === beta)?.fetched, 400)
        assert.isAtMost((blocked.endedAt ?? 0) - blocked.startedAt, ((healthy.endedAt ?? 0) - healthy.startedAt) * 1.1)
        const failures = Option.getOrThrow(yield* (yield* Scraping).failures(blocked.id))
        assert.isTrue(failures.every((failure) => failure.class === "BLOCKED" && failure.bookmakerId === alpha))
      }).pipe(Effect.provide(house(played, "BY_REQUEST")))
    })
  )

  it.effect("is probed through its list when nothing else of it is known", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play(board(3))
      played.answer = ({ bookmakerId, endpoint, at }) =>
        bookmakerId === alpha && at < START + MINUTE
          ? new Blocked({ bookmakerId, endpoint, message: "403" })
          : undefined
      yield* Effect.gen(function* () {
        yield* TestClock.adjust("320 seconds")
        assert.strictEqual(standingsOf(played, alpha).at(-1)?.state, "CONFIRMED")
        assert.strictEqual(played.observed.filter(({ bookmakerId }) => bookmakerId === alpha).length, 3)
      }).pipe(Effect.provide(house(played, "SCHEDULED")))
    })
  )

  it.effect("is still obeyed after a restart", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play(board(3))
      played.published.set(alpha, {
        state: "STALE",
        since: START - MINUTE,
        reason: { code: "BLOCKED", text: "refused", until: START + 4 * MINUTE }
      })
      yield* Effect.gen(function* () {
        yield* TestClock.adjust("239 seconds")
        assert.deepStrictEqual(requestsTo(played, alpha), [])
        yield* TestClock.adjust("2 minutes")
        assert.isAtLeast(requestsTo(played, alpha).length, 3)
        assert.deepStrictEqual(
          standingsOf(played, alpha).map(({ state }) => state),
          ["CONFIRMED"]
        )
      }).pipe(Effect.provide(house(played, "SCHEDULED")))
    })
  )
})

describe("a bookmaker whose requests fail", () => {
  it.effect("is stale as one record once its breaker opens, and each item says BREAKER_OPEN", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play(board(40), { eventsAtOnce: 1 })
      played.answer = ({ bookmakerId, endpoint }) =>
        bookmakerId === beta && endpoint === "event"
          ? new Broken({ bookmakerId, endpoint, status: 500, message: "500" })
          : undefined
      yield* Effect.gen(function* () {
        const run = yield* fullRun
        const [standing, ...more] = standingsOf(played, beta)
        assert.strictEqual(standing?.reason?.code, "BREAKER_OPEN")
        assert.deepStrictEqual(more, [])
        const classes = Option.getOrThrow(yield* (yield* Scraping).failures(run.id)).map((failure) => failure.class)
        assert.isAbove(classes.filter((code) => code === "BREAKER_OPEN").length, 30)
        assert.isAbove(classes.filter((code) => code === "BROKEN").length, 0)
      }).pipe(Effect.provide(house(played, "BY_REQUEST")))
    })
  )

  it.effect("is sent at most half again as many requests as were scheduled", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play(board(200))
      let count = 0
      played.answer = ({ bookmakerId, endpoint }) =>
        bookmakerId === gamma && endpoint === "event" && count++ % 4 === 0
          ? new Unreachable({ bookmakerId, endpoint, message: "reset" })
          : undefined
      yield* Effect.gen(function* () {
        yield* fullRun
        const asked = played.requests.filter(
          ({ bookmakerId, endpoint }) => bookmakerId === gamma && endpoint === "event"
        )
        const items = new Set(asked.map(({ eventId }) => eventId)).size
        assert.isAbove(asked.length, items)
        assert.isAtMost(asked.length, items * 1.5 + 1)
      }).pipe(Effect.provide(house(played, "BY_REQUEST")))
    })
  )

  it.effect("is asked again after a passing fault, and the item succeeds", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play(board(20))
      let broken = true
      played.answer = ({ bookmakerId, endpoint, eventId }) => {
        if (!broken || bookmakerId !== gamma || eventId !== "1019") return undefined
        broken = false
        return new Unreachable({ bookmakerId, endpoint, message: "reset" })
      }
      yield* Effect.gen(function* () {
        assert.strictEqual((yield* fullRun).phase, "COMPLETED")
      }).pipe(Effect.provide(house(played, "BY_REQUEST")))
    })
  )

  it.effect("opens at the third payload in a row that cannot be read", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play(board(10), { eventsAtOnce: 1 })
      played.answer = ({ bookmakerId, endpoint }) =>
        bookmakerId === beta && endpoint === "event"
          ? new Unreadable({ bookmakerId, endpoint, message: "no JSON", path: "", sample: "" })
          : undefined
      yield* Effect.gen(function* () {
        yield* fullRun
        assert.strictEqual(
          played.requests.filter(({ bookmakerId, endpoint }) => bookmakerId === beta && endpoint === "event").length,
          3
        )
      }).pipe(Effect.provide(house(played, "BY_REQUEST")))
    })
  )
})

describe("a bookmaker that answers 429", () => {
  it.effect("is left alone until its time, at half its rate afterwards, while the others keep theirs", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play(board(300), { pace: { [beta]: { concurrency: 10, delayMs: 0 } } })
      yield* Effect.gen(function* () {
        const scraping = yield* Scraping
        const healthy = yield* fullRun
        let refusals = 0
        played.answer = ({ bookmakerId, endpoint, at }) =>
          bookmakerId === beta && endpoint === "event" && refusals++ === 0
            ? new Throttled({ bookmakerId, endpoint, status: 429, until: at + 10_000, message: "429" })
            : undefined
        const asked = played.requests.length
        const started = yield* scraping.start(EVERYTHING, undefined)
        const { id, startedAt } = started._tag === "Started" ? started.run : assert.fail("refused")
        yield* TestClock.adjust("10 seconds")
        const requests = played.requests.slice(asked).filter(({ endpoint }) => endpoint === "event")
        assert.isAtMost(
          requests.filter(({ bookmakerId, at }) => bookmakerId === beta && at < startedAt + 10_000).length,
          20
        )
        assert.isFalse(
          requests.some(
            ({ bookmakerId, at }) => bookmakerId === beta && at > startedAt + 400 && at < startedAt + 10_000
          )
        )
        assert.strictEqual(requests.filter(({ bookmakerId }) => bookmakerId === alpha).length, 300)
        const alphaTook =
          Math.max(...requests.filter(({ bookmakerId }) => bookmakerId === alpha).map(({ at }) => at)) - startedAt
        assert.isAtMost(alphaTook, ((healthy.endedAt ?? 0) - healthy.startedAt) * 1.05)
        yield* TestClock.adjust("2 seconds")
        played.most.clear()
        yield* TestClock.adjust("3 seconds")
        assert.strictEqual(played.most.get(beta), 5)
        yield* TestClock.adjust("2 minutes")
        assert.strictEqual(Option.getOrThrow(yield* scraping.run(id)).phase, "COMPLETED")
        assert.deepStrictEqual(played.standings, [])
      }).pipe(Effect.provide(house(played, "BY_REQUEST")))
    })
  )

  it.effect("does not hold up a run when it asks for minutes", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play(board(100))
      played.answer = ({ bookmakerId, endpoint, at }) =>
        bookmakerId === beta && endpoint === "event"
          ? new Throttled({ bookmakerId, endpoint, status: 429, until: at + 600_000, message: "429" })
          : undefined
      yield* Effect.gen(function* () {
        const run = yield* fullRun
        assert.strictEqual(run.phase, "PARTIAL")
        assert.isBelow((run.endedAt ?? 0) - run.startedAt, 5_000)
        const classes = Option.getOrThrow(yield* (yield* Scraping).failures(run.id)).map((failure) => failure.class)
        assert.deepStrictEqual([...new Set(classes)], ["THROTTLED"])
        assert.isAtMost(requestsTo(played, beta).length, 51)
      }).pipe(Effect.provide(house(played, "BY_REQUEST")))
    })
  )
})

describe("a fault of our own behind the adapters", () => {
  it.effect("costs the one item that met it, and the run ends as usual", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play(board(5))
      played.observing = (eventId) => (eventId === "1002" ? Effect.die("a bug in the books") : Effect.void)
      yield* Effect.gen(function* () {
        const run = yield* fullRun
        assert.strictEqual(run.phase, "PARTIAL")
        assert.deepStrictEqual(
          run.counts.map(({ fetched, failed }) => [fetched, failed]),
          [
            [4, 1],
            [4, 1],
            [4, 1]
          ]
        )
      }).pipe(Effect.provide(house(played, "BY_REQUEST")))
    })
  )
})

describe("a bookmaker that is out of action", () => {
  it.effect("is stale when its actor has failed, and the others go on", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play(board(5))
      yield* Effect.gen(function* () {
        yield* fullRun
        yield* played.actors.get(`scraper:${beta}`)?.("boom") ?? assert.fail("no such actor")
        assert.strictEqual(standingsOf(played, beta).at(-1)?.reason?.code, "ACTOR_FAILED")
        const run = yield* fullRun
        assert.strictEqual(run.phase, "PARTIAL")
        assert.strictEqual(run.counts.find(({ bookmakerId }) => bookmakerId === beta)?.failed, 5)
        assert.strictEqual(run.counts.find(({ bookmakerId }) => bookmakerId === alpha)?.fetched, 5)
      }).pipe(Effect.provide(house(played, "BY_REQUEST")))
    })
  )

  it.effect("is told stale once when switched off and confirmed once when switched on", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play(board(1))
      yield* Effect.gen(function* () {
        yield* TestClock.adjust(1)
        yield* SubscriptionRef.update(played.settings, (settings) => ({ ...settings, disabled: [gamma] }))
        yield* TestClock.adjust(1)
        yield* SubscriptionRef.update(played.settings, (settings) => ({ ...settings, batchSize: 7 }))
        yield* TestClock.adjust(1)
        yield* SubscriptionRef.update(played.settings, (settings) => ({ ...settings, disabled: [] }))
        yield* TestClock.adjust(1)
        assert.deepStrictEqual(
          played.standings.map(({ bookmakerId, standing }) => [bookmakerId, standing.state]),
          [
            [gamma, "STALE"],
            [gamma, "CONFIRMED"]
          ]
        )
      }).pipe(Effect.provide(house(played, "BY_REQUEST")))
    })
  )
})
