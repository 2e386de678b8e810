import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Fiber, Option, Stream } from "effect"
import { TestClock } from "effect/testing"
import { Gone, Unreachable } from "../../../src/bookmakers/FetchError.ts"
import { BookmakerId } from "../../../src/domain/Bookmaker.ts"
import { EventId } from "../../../src/domain/Event.ts"
import type { Run, RunRequest } from "../../../src/domain/Run.ts"
import { Scraping } from "../../../src/scraping/Scraping.ts"
import type { Started } from "../../../src/scraping/Scraping.ts"
import { settableClock } from "../../support/settableClock.ts"
import { HOUR, START, alpha, beta, eventAt, gamma, house, play } from "../house.ts"
import type { Played } from "../house.ts"

const MINUTE = 60_000
const EVERYTHING: RunRequest = { bookmakers: undefined, competitions: undefined, events: undefined }

const board = (count: number) => Array.from({ length: count }, (_, i) => eventAt(1_000 + i, START + HOUR * (5 + i)))

const runOf = (started: Started): Run =>
  started._tag === "Started" ? started.run : assert.fail(started.faults.map(({ message }) => message).join())

const codesOf = (started: Started): readonly string[] =>
  started._tag === "Refused" ? started.faults.map(({ code }) => code) : []

/** Starts a run of everything and lets the clock run until it is over. */
const wholeRun = Effect.fnUntraced(function* (request: RunRequest = EVERYTHING) {
  const scraping = yield* Scraping
  const { id } = runOf(yield* scraping.start(request, undefined))
  const ended = yield* Effect.forkChild(Stream.runCollect(scraping.watch(id)))
  yield* TestClock.adjust("1 minute")
  return yield* Fiber.join(ended)
})

const inHouse = <A, E>(played: Played, test: Effect.Effect<A, E, Scraping>) =>
  Effect.provide(test, house(played, "BY_REQUEST"))

describe("a run", () => {
  it.effect("passes through every phase to COMPLETED, durable", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play(board(10))
      yield* inHouse(
        played,
        Effect.gen(function* () {
          const states = yield* wholeRun()
          assert.deepStrictEqual(
            [...new Set(states.map(({ phase }) => phase))],
            ["DISCOVERING", "SCRAPING", "STORING", "COMPLETED"]
          )
          const last = states.at(-1) ?? assert.fail("no state")
          assert.strictEqual(last.phase, "COMPLETED")
          assert.deepStrictEqual([last.current, last.total, last.eventsCount, last.failureCount], [30, 30, 10, 0])
          assert.strictEqual(last.durableSeq, 30)
          assert.deepStrictEqual(
            last.timings.filter(({ bookmakerId }) => bookmakerId === alpha).map(({ stage, count }) => [stage, count]),
            [
              ["discover", 1],
              ["wait", 10],
              ["fetch", 10],
              ["decode", 10]
            ]
          )
          assert.deepStrictEqual(
            played.saved.map(({ run }) => run.phase),
            ["INITIALIZING", "DISCOVERING", "SCRAPING", "STORING", "COMPLETED"]
          )
        })
      )
    })
  )
  it.effect("is PARTIAL and goes on when items fail, and lists each with its class", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play(board(10))
      played.answer = ({ bookmakerId, endpoint, eventId }) =>
        bookmakerId === beta && eventId === "1003"
          ? new Gone({ bookmakerId, endpoint, message: "gone" })
          : bookmakerId === gamma && eventId === "1004"
            ? new Unreachable({ bookmakerId, endpoint, message: "reset" })
            : bookmakerId === alpha && eventId === "1005"
              ? "DEFECT"
              : undefined
      yield* inHouse(
        played,
        Effect.gen(function* () {
          const last = (yield* wholeRun()).at(-1) ?? assert.fail("no state")
          assert.strictEqual(last.phase, "PARTIAL")
          const failures = Option.getOrThrow(yield* (yield* Scraping).failures(last.id))
          assert.deepStrictEqual(
            failures.map(({ bookmakerId, eventId, class: code }) => [bookmakerId, eventId, code].join()).sort(),
            ["alpha-ng,1005,UNREADABLE", "beta-ng,1003,GONE", "gamma-ng,1004,UNREACHABLE"]
          )
          assert.strictEqual(
            last.counts.reduce((sum, { fetched }) => sum + fetched, 0),
            27
          )
          assert.strictEqual(played.missed.length, 3)
        })
      )
    })
  )

  it.effect("says of one failure that it is one", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play(board(10))
      played.answer = ({ bookmakerId, endpoint, eventId }) =>
        bookmakerId === gamma && eventId === "1004"
          ? new Unreachable({ bookmakerId, endpoint, message: "reset" })
          : undefined
      yield* inHouse(
        played,
        Effect.gen(function* () {
          const { message } = (yield* wholeRun()).at(-1) ?? assert.fail("no state")
          assert.strictEqual(message, "29 of 30 listings were fetched; one failure says why the rest were not.")
        })
      )
    })
  )
  it.effect("fails when nobody gave any answer", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play(board(2))
      played.answer = ({ bookmakerId, endpoint }) => new Unreachable({ bookmakerId, endpoint, message: "reset" })
      yield* inHouse(
        played,
        Effect.gen(function* () {
          assert.strictEqual((yield* wholeRun()).at(-1)?.phase, "FAILED")
        })
      )
    })
  )

  it.effect("asks all bookmakers of an event together, the most urgent event first", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const kickoffs = [HOUR * 5, HOUR / 4, HOUR, HOUR * 3]
      const played = yield* play(
        kickoffs.map((until, i) => eventAt(i + 1, START + until)),
        { eventsAtOnce: 1 }
      )
      yield* inHouse(
        played,
        Effect.gen(function* () {
          const last = (yield* wholeRun()).at(-1)
          const fetches = played.requests.filter(({ endpoint }) => endpoint === "event")
          assert.deepStrictEqual([...new Set(fetches.map(({ eventId }) => eventId))], ["2", "3", "4", "1"])
          for (const id of ["1", "2", "3", "4"]) {
            assert.strictEqual(new Set(fetches.filter(({ eventId }) => eventId === id).map(({ at }) => at)).size, 1)
          }
          assert.strictEqual(last?.timings.find(({ stage }) => stage === "skew")?.p99, 0)
        })
      )
    })
  )

  it.effect("goes on with other events while an item of one is tried again", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play(board(10), { eventsAtOnce: 1 })
      let failed = false
      played.answer = ({ bookmakerId, endpoint, eventId }) => {
        if (bookmakerId !== beta || eventId !== "1000" || failed) return undefined
        failed = true
        return new Unreachable({ bookmakerId, endpoint, message: "reset" })
      }
      yield* inHouse(
        played,
        Effect.gen(function* () {
          const last = (yield* wholeRun()).at(-1) ?? assert.fail("no state")
          assert.strictEqual(last.phase, "COMPLETED")
          const asked = (id: string) => played.requests.filter(({ eventId }) => eventId === id).map(({ at }) => at)
          assert.isAbove(Math.max(...asked("1000")), Math.max(...asked("1003")))
        })
      )
    })
  )

  it.effect("does not fetch events that have kicked off", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play([eventAt(1, START + 150), eventAt(2, START + HOUR)])
      yield* inHouse(
        played,
        Effect.gen(function* () {
          yield* wholeRun()
          yield* wholeRun()
          const late = played.requests.filter(({ eventId, at }) => eventId === "1" && at >= START + 150)
          assert.deepStrictEqual(late, [])
        })
      )
    })
  )

  it.effect("goes at the pace of its slowest bookmaker, so that prices are captured together", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play(board(60), { pace: { [gamma]: { concurrency: 2, delayMs: 0 } } })
      yield* inHouse(
        played,
        Effect.gen(function* () {
          yield* wholeRun()
          assert.strictEqual(played.most.get(gamma), 2)
          assert.strictEqual(played.observed.length, 180)
          const last = (id: BookmakerId) =>
            Math.max(
              ...played.observed.filter(({ bookmakerId }) => bookmakerId === id).map(({ requestedAt }) => requestedAt)
            )
          // Captured together: nobody runs ahead of the slowest either.
          assert.strictEqual(last(alpha), last(gamma))
        })
      )
    })
  )

  it.effect("can be watched by who comes late, and after it is over", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play(board(40), { eventsAtOnce: 2 })
      yield* inHouse(
        played,
        Effect.gen(function* () {
          const scraping = yield* Scraping
          const { id } = runOf(yield* scraping.start(EVERYTHING, undefined))
          yield* TestClock.adjust("1 second")
          const late = yield* Effect.forkChild(Stream.runCollect(scraping.watch(id)))
          yield* TestClock.adjust("1 minute")
          const states = yield* Fiber.join(late)
          assert.isAbove(states[0]?.current ?? 0, 0)
          assert.strictEqual(states.at(-1)?.phase, "COMPLETED")
          const after = yield* Stream.runCollect(scraping.watch(id))
          assert.deepStrictEqual(
            after.map(({ phase }) => phase),
            ["COMPLETED"]
          )
        })
      )
    })
  )

  it.effect("tells every phase to who watches all runs from before it began", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play(board(3))
      yield* inHouse(
        played,
        Effect.gen(function* () {
          const scraping = yield* Scraping
          const watching = yield* Effect.forkChild(
            scraping.watchAll(["MANUAL"]).pipe(
              Stream.takeUntil(({ phase }) => phase === "COMPLETED"),
              Stream.runCollect
            )
          )
          yield* TestClock.adjust(1)
          yield* wholeRun()
          const phases = (yield* Fiber.join(watching)).map(({ phase }) => phase)
          assert.deepStrictEqual(
            [...new Set(phases)],
            ["INITIALIZING", "DISCOVERING", "SCRAPING", "STORING", "COMPLETED"]
          )
        })
      )
    })
  )

  it.effect("tells its progress at most ten times a second", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play(board(200))
      played.latencyMs = ({ eventId }) => 40 + (Number(eventId ?? 0) % 37)
      yield* inHouse(
        played,
        Effect.gen(function* () {
          const states = yield* wholeRun()
          const span = (states.at(-1)?.at ?? 0) - (states[0]?.at ?? 0)
          assert.isAbove(states.length, 5)
          assert.isAtMost(states.length, span / 100 + 5)
        })
      )
    })
  )

  it.effect("is joined by who asks for the same or for a part of it", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play(board(40), { eventsAtOnce: 2 })
      yield* inHouse(
        played,
        Effect.gen(function* () {
          const scraping = yield* Scraping
          const first = runOf(yield* scraping.start(EVERYTHING, undefined))
          yield* TestClock.adjust("300 millis")
          for (const request of [
            EVERYTHING,
            { ...EVERYTHING, bookmakers: [beta] },
            { ...EVERYTHING, competitions: ["england-premier-league"] }
          ]) {
            const again = yield* scraping.start(request, undefined)
            assert.strictEqual(runOf(again).id, first.id)
            assert.isTrue(again._tag === "Started" && again.joined)
          }
          const single = yield* scraping.start({ ...EVERYTHING, events: [EventId("1030")] }, undefined)
          assert.notStrictEqual(runOf(single).id, first.id)
          yield* TestClock.adjust("400 millis")
          assert.strictEqual(Option.getOrThrow(yield* scraping.run(runOf(single).id)).phase, "COMPLETED")
          yield* TestClock.adjust("1 minute")
          // The full run took over what the other had fetched meanwhile.
          assert.strictEqual(played.requests.filter(({ eventId }) => eventId === "1030").length, 3)
          assert.strictEqual(Option.getOrThrow(yield* scraping.run(first.id)).current, 120)
        })
      )
    })
  )

  it.effect("shares the fetches under way with another run", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play(board(1))
      yield* inHouse(
        played,
        Effect.gen(function* () {
          const scraping = yield* Scraping
          yield* wholeRun()
          const before = played.requests.length
          const one = runOf(yield* scraping.start({ ...EVERYTHING, events: [EventId("1000")] }, undefined))
          yield* TestClock.adjust("50 millis")
          const two = runOf(
            yield* scraping.start(
              { bookmakers: [alpha], competitions: undefined, events: [EventId("1000")] },
              undefined
            )
          )
          yield* TestClock.adjust("1 second")
          assert.strictEqual(played.requests.length, before + 3)
          for (const { id } of [one, two])
            assert.strictEqual(Option.getOrThrow(yield* scraping.run(id)).phase, "COMPLETED")
        })
      )
    })
  )

  it.effect.each([10 * MINUTE, -10 * MINUTE, -24 * HOUR])(
    "fetches what it names when the host's clock was set by %d ms since the last one",
    (by) =>
      Effect.gen(function* () {
        yield* TestClock.setTime(START)
        const { host, setBy } = yield* settableClock
        const played = yield* play(board(2))
        yield* inHouse(
          played,
          Effect.gen(function* () {
            yield* wholeRun()
            assert.lengthOf(played.observed, 6)
            yield* setBy(by)
            yield* wholeRun()
            assert.lengthOf(played.observed, 12)
          })
        ).pipe(Effect.provideService(Clock.Clock, host))
      })
  )

  it.effect.each([10 * MINUTE, -10 * MINUTE])("is told of at its pace when the clock is set by %d ms under way", (by) =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const { host, setBy } = yield* settableClock
      const played = yield* play(board(10))
      played.latencyMs = ({ bookmakerId, endpoint }) =>
        endpoint === "list" ? 100 : bookmakerId === alpha ? 12_000 : 15_000
      yield* inHouse(
        played,
        Effect.gen(function* () {
          const scraping = yield* Scraping
          const { id } = runOf(yield* scraping.start(EVERYTHING, undefined))
          let told = 0
          yield* Effect.forkChild(Stream.runForEach(scraping.watch(id), () => Effect.sync(() => void (told += 1))))
          yield* TestClock.adjust("2 seconds")
          yield* setBy(by)
          const before = told
          yield* TestClock.adjust("11 seconds")
          assert.isAbove(told, before)
          yield* TestClock.adjust("1 minute")
          assert.strictEqual(Option.getOrThrow(yield* scraping.run(id)).phase, "COMPLETED")
        })
      ).pipe(Effect.provideService(Clock.Clock, host))
    })
  )

  it.effect("is returned again under its idempotency key, and the key serves no other request", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play(board(1))
      yield* inHouse(
        played,
        Effect.gen(function* () {
          const scraping = yield* Scraping
          const first = runOf(yield* scraping.start(EVERYTHING, "key"))
          yield* TestClock.adjust("1 minute")
          assert.strictEqual(runOf(yield* scraping.start(EVERYTHING, "key")).id, first.id)
          assert.deepStrictEqual(codesOf(yield* scraping.start({ ...EVERYTHING, bookmakers: [alpha] }, "key")), [
            "CONFLICT"
          ])
        })
      )
    })
  )

  it.effect("stops fetching when cancelled, and takes in what was under way", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play(board(40), { eventsAtOnce: 2 })
      yield* inHouse(
        played,
        Effect.gen(function* () {
          const scraping = yield* Scraping
          const { id } = runOf(yield* scraping.start(EVERYTHING, undefined))
          yield* TestClock.adjust("450 millis")
          assert.strictEqual(runOf(yield* scraping.cancel(id)).phase, "CANCELLED")
          const asked = played.requests.length
          yield* TestClock.adjust("1 minute")
          assert.strictEqual(played.requests.length, asked)
          assert.strictEqual(
            played.observed.length,
            played.requests.filter(({ endpoint }) => endpoint === "event").length
          )
          assert.deepStrictEqual(codesOf(yield* scraping.cancel(id)), ["ALREADY_FINISHED"])
          assert.deepStrictEqual(
            (yield* scraping.work).map(({ active }) => active),
            [0, 0, 0]
          )
          // No slot and no permit was lost: another run ends.
          assert.strictEqual((yield* wholeRun()).at(-1)?.phase, "COMPLETED")
        })
      )
    })
  )

  it.effect("retries the failed items of an older run and nothing else", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play(board(5))
      let broken = true
      played.answer = ({ bookmakerId, endpoint, eventId }) =>
        broken && bookmakerId === beta && eventId === "1002"
          ? new Gone({ bookmakerId, endpoint, message: "gone" })
          : undefined
      yield* inHouse(
        played,
        Effect.gen(function* () {
          const scraping = yield* Scraping
          const failed = (yield* wholeRun()).at(-1) ?? assert.fail("no state")
          broken = false
          const asked = played.requests.length
          const retry = runOf(yield* scraping.retryFailed(failed.id, undefined))
          yield* TestClock.adjust("1 minute")
          assert.strictEqual(Option.getOrThrow(yield* scraping.run(retry.id)).phase, "COMPLETED")
          assert.deepStrictEqual(
            played.requests.slice(asked).map(({ bookmakerId, eventId }) => [bookmakerId, eventId]),
            [[beta, "1002"]]
          )
          assert.deepStrictEqual(codesOf(yield* scraping.retryFailed(retry.id, undefined)), ["CONFLICT"])
          assert.deepStrictEqual(codesOf(yield* scraping.retryFailed("none", undefined)), ["NOT_FOUND"])
        })
      )
    })
  )

  it.effect("believes that an event is gone at the third refusal in a row", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play(board(10))
      played.answer = ({ bookmakerId, endpoint, eventId }) =>
        bookmakerId === beta && eventId === "1002" ? new Gone({ bookmakerId, endpoint, message: "gone" }) : undefined
      yield* inHouse(
        played,
        Effect.gen(function* () {
          yield* wholeRun()
          yield* wholeRun()
          assert.deepStrictEqual(played.gone, [])
          yield* wholeRun()
          assert.deepStrictEqual(played.gone, [{ bookmakerId: beta, eventId: EventId("1002") }])
        })
      )
    })
  )

  it.effect("withdraws nothing when a bookmaker says of everything that it is gone", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play(board(30))
      played.answer = ({ bookmakerId, endpoint }) =>
        bookmakerId === beta && endpoint === "event" ? new Gone({ bookmakerId, endpoint, message: "gone" }) : undefined
      yield* inHouse(
        played,
        Effect.gen(function* () {
          for (let i = 0; i < 4; i++) yield* wholeRun()
          assert.deepStrictEqual(played.gone, [])
        })
      )
    })
  )

  it.effect("keeps what is known when a list comes back empty, and says so", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play(board(10))
      yield* inHouse(
        played,
        Effect.gen(function* () {
          yield* wholeRun()
          played.lists.set(gamma, [])
          const classes: (readonly string[])[] = []
          for (let i = 0; i < 3; i++) {
            const last = (yield* wholeRun()).at(-1) ?? assert.fail("no state")
            classes.push(Option.getOrThrow(yield* (yield* Scraping).failures(last.id)).map((failure) => failure.class))
            assert.strictEqual(last.counts.find(({ bookmakerId }) => bookmakerId === gamma)?.fetched, 10)
          }
          assert.deepStrictEqual(classes, [["SUSPICIOUS_LIST"], ["SUSPICIOUS_LIST"], []])
        })
      )
    })
  )

  it.effect("is not completed by what is fetched and on no disk", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play(board(1))
      played.settles = Effect.undefined
      yield* inHouse(
        played,
        Effect.gen(function* () {
          const { durableSeq, failureCount, message, phase } = (yield* wholeRun()).at(-1) ?? assert.fail("no state")
          assert.deepStrictEqual([phase, durableSeq, failureCount], ["PARTIAL", undefined, 0])
          assert.match(message, /3 of 3 listings .* not kept yet/)
          played.settles = Effect.succeed(9)
          const next = (yield* wholeRun()).at(-1)
          assert.deepStrictEqual([next?.phase, next?.durableSeq], ["COMPLETED", 9])
        })
      )
    })
  )

  it.effect("is ended by the watchdog when it stops moving", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play(board(1))
      played.settles = Effect.never
      yield* inHouse(
        played,
        Effect.gen(function* () {
          const scraping = yield* Scraping
          const { id } = runOf(yield* scraping.start(EVERYTHING, undefined))
          yield* TestClock.adjust("119 seconds")
          assert.strictEqual(Option.getOrThrow(yield* scraping.run(id)).phase, "STORING")
          yield* TestClock.adjust("20 seconds")
          assert.strictEqual(Option.getOrThrow(yield* scraping.run(id)).phase, "FAILED")
        })
      )
    })
  )
})

describe("a request that cannot be served", () => {
  it.effect("is refused with the value and what was probably meant", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play(board(1), { disabled: [gamma] })
      yield* inHouse(
        played,
        Effect.gen(function* () {
          const scraping = yield* Scraping
          yield* wholeRun()
          const refused = yield* scraping.start(
            {
              bookmakers: [BookmakerId("alfa-ng"), gamma],
              competitions: ["england-premier"],
              events: [EventId("7")]
            },
            undefined
          )
          assert.deepStrictEqual(codesOf(refused), ["BAD_INPUT", "DISABLED", "NOT_FOUND", "NOT_FOUND"])
          const faults = refused._tag === "Refused" ? refused.faults : []
          assert.include(faults[0]?.message, "alpha-ng")
          assert.deepStrictEqual(
            faults.map(({ value }) => value),
            ["alfa-ng", gamma, "england-premier", "7"]
          )
          assert.deepStrictEqual(codesOf(yield* scraping.cancel("none")), ["NOT_FOUND"])
          assert.isFalse(played.requests.some(({ bookmakerId }) => bookmakerId === gamma))
        })
      )
    })
  )

  it.effect("means nothing when its list is empty, never everything", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play(board(1))
      yield* inHouse(
        played,
        Effect.gen(function* () {
          assert.strictEqual((yield* wholeRun({ ...EVERYTHING, bookmakers: [] })).at(-1)?.phase, "COMPLETED")
          assert.deepStrictEqual(played.requests, [])
        })
      )
    })
  )
})
