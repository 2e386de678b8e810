import { assert, describe, it } from "@effect/vitest"
import { Clock, Context, Deferred, Effect, Fiber, Latch, Layer, Logger, Queue, SubscriptionRef } from "effect"
import { TestClock } from "effect/testing"
import { Fatal } from "../../src/actor/Fatal.ts"
import { HostSleep } from "../../src/actor/Elapsed.ts"
import { Supervisor } from "../../src/actor/Supervisor.ts"
import { Hub } from "../../src/broadcast/Hub.ts"
import type { NumberedRecord } from "../../src/domain/Record.ts"
import { DEFAULT_SETTINGS, LiveSettings } from "../../src/domain/Settings.ts"
import { Journal } from "../../src/journal/Journal.ts"
import type { Committed, Image, Unbased } from "../../src/journal/Journal.ts"
import { Base } from "../../src/odds/Base.ts"
import { makeStages, Stages } from "../../src/domain/Stages.ts"
import { milliOf } from "../../src/odds/OddsBook.ts"
import { OddsBooks } from "../../src/odds/OddsBooks.ts"
import { PublishedBoard } from "../../src/odds/PublishedBoard.ts"
import { settableClock } from "../support/settableClock.ts"
import { EVENT, OURS, THEIRS, facts, snapshot } from "../support/snapshots.ts"

/** A journal whose commits the test lets through one by one. */
class Gate extends Context.Service<
  Gate,
  {
    /** Commits the oldest append that waits. */
    readonly commit: Effect.Effect<void>
    /** What subscribers were told, in order. */
    readonly told: Queue.Queue<NumberedRecord>
    readonly images: Map<string, Image>
    /** While `broken`, commits keep nothing; mending it closes the gap with a record of its own. */
    readonly breakDisk: Effect.Effect<void>
    readonly mendDisk: Effect.Effect<void>
    /** Whoever asks for the journal's figures waits until they are freed. */
    readonly holdStats: Effect.Effect<void>
    readonly freeStats: Effect.Effect<void>
  }
>()("test/Gate") {}

const house = Layer.effectContext(
  Effect.gen(function* () {
    const waiting = yield* Queue.unbounded<Deferred.Deferred<void>>()
    const told = yield* Queue.unbounded<NumberedRecord>()
    const images = new Map<string, Image>()
    let last = 0
    let brokenAt: number | undefined
    let gap: NumberedRecord | undefined
    const stats = yield* Latch.make(true)
    return Context.make(Gate, {
      holdStats: Effect.asVoid(stats.close),
      freeStats: Effect.asVoid(stats.open),
      breakDisk: Effect.sync(() => {
        brokenAt = last + 1
      }),
      mendDisk: Effect.sync(() => {
        const reason = { code: "OTHER", text: "The disk was full." } as const
        const record = { kind: "GAP", at: 0, from: brokenAt ?? 0, to: last, reason } as const
        gap = { epoch: 1, seq: (last += 1), durable: true, record }
        brokenAt = undefined
      }),
      commit: Effect.flatMap(Queue.take(waiting), (latch) => Effect.asVoid(Deferred.succeed(latch, undefined))),
      told,
      images
    }).pipe(
      Context.add(Journal, {
        epoch: 1,
        world: "test",
        setAside: undefined,
        unbased: "NEW",
        based: Effect.void,
        isBehind: Effect.succeed(false),
        append: (entries) =>
          Effect.gen(function* () {
            const latch = yield* Deferred.make<void>()
            const durable = brokenAt === undefined
            const committed: Committed = { first: last + 1, last: (last += entries.length), durable }
            for (const { image } of entries) if (image !== undefined && durable) images.set(image.key, image)
            yield* Queue.offer(waiting, latch)
            return { ...committed, committed: Effect.as(Deferred.await(latch), committed) }
          }),
        read: () => Effect.succeed([]),
        images: Effect.sync(() => [...images.values()]),
        floor: Effect.succeed(0),
        last: Effect.sync(() => last),
        release: () => Effect.void,
        lastGap: Effect.sync(() => gap),
        grown: Effect.never,
        stats: stats.whenOpen(Effect.sync(() => ({ ...QUIET, degraded: brokenAt !== undefined })))
      }),
      Context.add(Hub, {
        publish: (records: readonly NumberedRecord[]) => records.forEach((record) => Queue.offerUnsafe(told, record)),
        connect: unused,
        disconnect: unused,
        join: unused,
        stats: unused,
        down: unused
      }),
      Context.add(LiveSettings, {
        current: yield* SubscriptionRef.make(DEFAULT_SETTINGS),
        update: () => Effect.succeed([])
      })
    )
  })
)

const QUIET = {
  inFlight: 0,
  inFlightBytes: 0,
  records: 0,
  bytes: 0,
  floor: 0,
  last: 0,
  released: 0,
  degradedSince: undefined,
  commits: 0
}

const unused = (): never => {
  throw new Error("the books only publish")
}

const layer = OddsBooks.layer.pipe(Layer.provideMerge(Layer.mergeAll(house, Supervisor.layer, Fatal.layer)))

const TOTALS = ["over_under_ft@2.5 over 1850", "over_under_ft@2.5 under 1950"]
const CHANGED = ["over_under_ft@2.5 over 1870", "over_under_ft@2.5 under 1930"]
const DAY = 24 * 3_600_000
const STEPS = [600_000, -600_000, 3_600_000, -3_600_000]

/** Books that have seen a listing at the start of their second day, days before its kickoff; all of it is told. */
const watched = Effect.gen(function* () {
  const books = yield* OddsBooks
  const gate = yield* Gate
  yield* Effect.forkScoped(Effect.forever(gate.commit))
  yield* books.place(facts({ kickoff: 9 * DAY }))
  yield* books.observe(snapshot(DAY, TOTALS))
  yield* TestClock.adjust("1 second")
  yield* Queue.takeN(gate.told, 4)
  return { books, gate, board: yield* PublishedBoard }
})

describe("OddsBooks", () => {
  it.effect("tells a run how long its snapshots took to compare, to become durable and to be published", () =>
    Effect.gen(function* () {
      const stages = makeStages()
      const heard: (readonly [string, string, number])[] = []
      stages.listen("run-1", (stage, bookmakerId, milliseconds) => heard.push([stage, bookmakerId, milliseconds]))
      yield* Effect.gen(function* () {
        const books = yield* OddsBooks
        const gate = yield* Gate
        yield* books.place(facts())
        yield* gate.commit
        yield* books.observe({ ...snapshot(1_000, TOTALS), runId: "run-1" })
        yield* TestClock.adjust("100 millis")
        yield* books.observe({ ...snapshot(2_000, TOTALS), runId: "run-2" })
        yield* TestClock.adjust("100 millis")
        yield* gate.commit
        yield* TestClock.adjust("100 millis")
      }).pipe(Effect.provide(layer.pipe(Layer.provide(Layer.succeed(Stages, stages)))))
      const { bookmakerId } = snapshot(1_000, TOTALS)
      assert.deepStrictEqual(
        heard.map(([stage, bookmaker]) => [stage, bookmaker]),
        [
          ["diff", bookmakerId],
          ["journal", bookmakerId],
          ["publish", bookmakerId]
        ]
      )
      assert.isAtLeast(heard.find(([stage]) => stage === "journal")?.[2] ?? 0, 100)
    })
  )

  it.effect("shows nothing to readers or subscribers before the journal has committed it", () =>
    Effect.gen(function* () {
      const books = yield* OddsBooks
      const board = yield* PublishedBoard
      const gate = yield* Gate
      yield* books.place(facts())
      yield* books.observe(snapshot(1_000, TOTALS))
      // Everybody has had their turn, and only the commits are missing.
      yield* TestClock.adjust("100 millis")
      assert.strictEqual(Queue.sizeUnsafe(gate.told), 0)
      assert.isUndefined(board.event(EVENT))
      yield* gate.commit
      const placed = yield* Queue.take(gate.told)
      assert.strictEqual(placed.record.kind, "EVENT")
      yield* TestClock.adjust("100 millis")
      assert.strictEqual(board.event(EVENT)?.books.size, 0)
      assert.strictEqual(Queue.sizeUnsafe(gate.told), 0)
      yield* gate.commit
      assert.deepStrictEqual([(yield* Queue.take(gate.told)).seq, (yield* Queue.take(gate.told)).seq], [2, 3])
      assert.deepStrictEqual(board.mark(), { epoch: 1, seq: 3 })
      assert.deepStrictEqual(board.event(EVENT)?.books.get(OURS)?.outcomes.map(milliOf), [1850, 1950])
      assert.strictEqual(board.bookmaker(OURS).lastSuccessAt, 1_000)
      assert.isUndefined(board.bookmaker(THEIRS).lastSuccessAt)
    }).pipe(Effect.provide(layer))
  )

  it.effect("compares the next snapshot with what it has numbered, not with what is published", () =>
    Effect.gen(function* () {
      const books = yield* OddsBooks
      const gate = yield* Gate
      yield* books.place(facts())
      yield* books.observe(snapshot(1_000, TOTALS))
      yield* gate.commit
      yield* Queue.take(gate.told)
      yield* books.observe(snapshot(2_000, TOTALS))
      yield* gate.commit
      yield* Queue.takeN(gate.told, 2)
      const settling = yield* Effect.forkChild(books.settled)
      yield* TestClock.adjust("1 second")
      yield* gate.commit
      assert.strictEqual((yield* Queue.take(gate.told)).record.kind, "CONFIRMED")
      assert.strictEqual(yield* Fiber.join(settling), 4)
    }).pipe(Effect.provide(layer))
  )

  it.effect("tells at most one confirmation record per bookmaker and second", () =>
    Effect.gen(function* () {
      const books = yield* OddsBooks
      const gate = yield* Gate
      yield* books.place(facts())
      for (const at of [1_000, 1_100, 1_200]) {
        yield* books.observe(snapshot(at, TOTALS))
        yield* Effect.yieldNow
      }
      const committing = yield* Effect.forkChild(Effect.forever(gate.commit))
      yield* TestClock.adjust("1 second")
      const told = yield* Queue.takeN(gate.told, 4)
      assert.deepStrictEqual(
        told.map(({ record }) => record.kind),
        ["EVENT", "LISTING", "MARKETS", "CONFIRMED"]
      )
      const [last] = told.slice(-1)
      assert.strictEqual(last?.record.kind === "CONFIRMED" ? last.record.listings[0]?.observedAt : undefined, 1_200)
      yield* Fiber.interrupt(committing)
    }).pipe(Effect.provide(layer))
  )

  it.effect("starts warm from the images beside the records", () =>
    Effect.gen(function* () {
      const books = yield* OddsBooks
      const gate = yield* Gate
      yield* books.place(facts())
      yield* books.observe(snapshot(1_000, TOTALS))
      yield* gate.commit
      yield* gate.commit
      yield* Queue.takeN(gate.told, 3)
      const again = yield* Layer.build(Layer.fresh(OddsBooks.layer))
      const board = Context.get(again, PublishedBoard)
      assert.strictEqual(board.mark().seq, 3)
      assert.deepStrictEqual(board.event(EVENT)?.books.get(OURS)?.outcomes.map(milliOf), [1850, 1950])
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect("asks for a base at every start until it has told one", () =>
    Effect.gen(function* () {
      const asked: string[] = []
      const journal = yield* Journal
      let unbased: Unbased | undefined = "NEW"
      const based = Effect.sync(() => {
        unbased = undefined
      })
      const start = (name: string, arrives: Effect.Effect<void>) =>
        Effect.gen(function* () {
          const books = Context.get(yield* Layer.build(Layer.fresh(OddsBooks.layer)), OddsBooks)
          yield* books.place(facts())
          yield* TestClock.adjust("2 seconds")
        }).pipe(
          Effect.provideService(Journal, { ...journal, unbased, based }),
          Effect.provideService(Base, {
            isExpected: true,
            read: () =>
              Effect.andThen(
                Effect.sync(() => void asked.push(name)),
                arrives
              )
          })
        )
      yield* Effect.forkScoped(Effect.forever((yield* Gate).commit))
      yield* start("new", Effect.never)
      yield* start("with images", Effect.void)
      yield* start("told", Effect.void)
      assert.deepStrictEqual(asked, ["new", "with images"])
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect("has told a base only once readers see it", () =>
    Effect.gen(function* () {
      let isTold = false
      const part = { events: [{ facts: facts(), listings: [] }], bookmakers: new Map() }
      const base = Base.of({
        isExpected: true,
        read: Effect.fnUntraced(function* (take, told) {
          yield* take(part)
          yield* told
          isTold = true
        })
      })
      const gate = yield* Gate
      const books = yield* Effect.provideService(Layer.build(Layer.fresh(OddsBooks.layer)), Base, base)
      const board = Context.get(books, PublishedBoard)
      yield* TestClock.adjust("2 seconds")
      assert.deepStrictEqual([isTold, board.event(EVENT)], [false, undefined])
      yield* Effect.forkScoped(Effect.forever(gate.commit))
      yield* TestClock.adjust("2 seconds")
      assert.deepStrictEqual([isTold, board.event(EVENT)?.facts.id], [true, EVENT])
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  /** Books whose journal is new, over this base that is expected; what it commits is told at once. */
  const booksWithoutJournal = Effect.fnUntraced(function* (read: (typeof Base.Service)["read"]) {
    const journal = yield* Journal
    let isBased = false
    yield* Effect.forkScoped(Effect.forever((yield* Gate).commit))
    const rooms = yield* Layer.build(Layer.fresh(OddsBooks.layer)).pipe(
      Effect.provideService(Base, { isExpected: true, read }),
      Effect.provideService(Journal, {
        ...journal,
        based: Effect.sync(() => {
          isBased = true
        })
      })
    )
    return { isBased: () => isBased, books: Context.get(rooms, OddsBooks), board: Context.get(rooms, PublishedBoard) }
  })

  it.effect("compares nothing with an empty board while the base of a new journal is on its way", () =>
    Effect.gen(function* () {
      const isThere = yield* Deferred.make<void>()
      const part = { events: [{ facts: facts(), listings: [] }], bookmakers: new Map() }
      const { board, books, isBased } = yield* booksWithoutJournal((take) =>
        Effect.andThen(Deferred.await(isThere), take(part))
      )
      yield* books.place(facts())
      yield* Effect.forkScoped(books.observe(snapshot(1_000, TOTALS)))
      yield* TestClock.adjust("5 seconds")
      assert.deepStrictEqual([board.event(EVENT)?.books.size, isBased()], [0, false])
      yield* Deferred.succeed(isThere, undefined)
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual([board.event(EVENT)?.books.size, isBased()], [1, true])
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect("shows what is observed all the same where that base stays away", () =>
    Effect.gen(function* () {
      const { board, books, isBased } = yield* booksWithoutJournal(() => Effect.never)
      yield* books.place(facts())
      yield* Effect.forkScoped(books.observe(snapshot(1_000, TOTALS)))
      yield* TestClock.adjust("11 seconds")
      assert.strictEqual(board.event(EVENT)?.books.size, 1)
      yield* books.observe(snapshot(12_000, TOTALS, { bookmakerId: THEIRS }))
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual([board.event(EVENT)?.books.size, isBased()], [2, false])
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect("says how many images it could not read, and nothing where it could read all", () =>
    Effect.gen(function* () {
      const lines: string[] = []
      const logger = Logger.layer([Logger.make(({ message }) => void lines.push(String(message)))])
      const start = Effect.provide(Layer.build(Layer.fresh(OddsBooks.layer)), logger)
      yield* start
      assert.isEmpty(lines)
      ;(yield* Gate).images.set("1/x", { key: "1/x", bytes: Uint8Array.of(1, 2, 3) })
      yield* start
      assert.match(lines.join(), /images in the journal could not be read/)
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect("judges what has run out while the process was away before anybody can read it", () =>
    Effect.gen(function* () {
      const books = yield* OddsBooks
      const gate = yield* Gate
      yield* Effect.forkScoped(Effect.forever(gate.commit))
      yield* books.place(facts())
      yield* books.observe(snapshot(-6 * 3_600_000, TOTALS))
      yield* Queue.takeN(gate.told, 3)
      const again = yield* Layer.build(Layer.fresh(OddsBooks.layer))
      const book = Context.get(again, PublishedBoard).event(EVENT)?.books.get(OURS)
      assert.strictEqual(book?.listing.reason?.code, "OVERDUE")
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect("keeps the age of what was seen when the host's clock is set back under it", () =>
    Effect.gen(function* () {
      const books = yield* OddsBooks
      const board = yield* PublishedBoard
      const gate = yield* Gate
      yield* Effect.forkScoped(Effect.forever(gate.commit))
      yield* TestClock.setTime(3_600_000)
      yield* books.place(facts())
      yield* books.observe(snapshot(3_590_000, TOTALS))
      yield* Queue.takeN(gate.told, 3)
      yield* TestClock.setTime(10_000)
      yield* books.observe(snapshot(10_000, TOTALS, { bookmakerId: THEIRS }))
      yield* Queue.takeN(gate.told, 2)
      assert.strictEqual(board.event(EVENT)?.books.get(OURS)?.confirmedAt, 0)
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect("ages what was seen by the time for which the host was suspended", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(3_600_000)
      const { host, setBy } = yield* settableClock
      let slept = 0
      yield* Effect.gen(function* () {
        const books = yield* OddsBooks
        const board = yield* PublishedBoard
        const gate = yield* Gate
        yield* Effect.forkScoped(Effect.forever(gate.commit))
        yield* books.place(facts())
        yield* books.observe(snapshot(3_600_000, TOTALS))
        yield* TestClock.adjust("1 second")
        yield* Queue.takeN(gate.told, 4)
        slept += 12 * 3_600_000
        yield* setBy(slept)
        yield* TestClock.adjust("1 second")
        yield* Queue.take(gate.told)
        const book = board.event(EVENT)?.books.get(OURS)
        assert.deepStrictEqual([book?.confirmedAt, book?.listing.reason?.code], [3_600_000, "OVERDUE"])
      }).pipe(
        Effect.scoped,
        Effect.provide(layer),
        Effect.provideService(Clock.Clock, host),
        Effect.provideService(HostSleep, () => slept)
      )
    })
  )

  it.effect.each(STEPS)("turns nothing stale by a clock set by %d ms between a sighting and its tick", (by) =>
    Effect.gen(function* () {
      yield* TestClock.setTime(DAY)
      const { host, setBy } = yield* settableClock
      yield* Effect.gen(function* () {
        const { board, books, gate } = yield* watched
        yield* TestClock.adjust("1500 millis")
        yield* books.observe(snapshot(DAY + 1_500, TOTALS))
        yield* setBy(by)
        yield* TestClock.adjust("5 seconds")
        const kinds = (yield* Queue.takeAll(gate.told)).map(({ record }) => record.kind)
        assert.deepStrictEqual(kinds, ["CONFIRMED"])
        assert.strictEqual(board.event(EVENT)?.books.get(OURS)?.confirmedAt, DAY + 1_500 + by)
      }).pipe(Effect.scoped, Effect.provide(layer), Effect.provideService(Clock.Clock, host))
    })
  )

  it.effect.each(STEPS)("dates an answer that came before the clock was set by %d ms by the new one", (by) =>
    Effect.gen(function* () {
      yield* TestClock.setTime(DAY)
      const { host, setBy } = yield* settableClock
      yield* Effect.gen(function* () {
        const { board, books, gate } = yield* watched
        const answer = snapshot(DAY + 1_500, CHANGED)
        yield* TestClock.adjust("1550 millis")
        yield* setBy(by)
        yield* books.observe(answer)
        yield* TestClock.adjust("5 seconds")
        const kinds = (yield* Queue.takeAll(gate.told)).map(({ record }) => record.kind)
        assert.deepStrictEqual(kinds, ["MARKETS", "CONFIRMED"])
        const book = board.event(EVENT)?.books.get(OURS)
        assert.deepStrictEqual([book?.confirmedAt, book?.requestedAt], [DAY + 1_500 + by, DAY + 1_200 + by])
      }).pipe(Effect.scoped, Effect.provide(layer), Effect.provideService(Clock.Clock, host))
    })
  )

  it.effect.each(STEPS)(
    "keeps the newer of two snapshots that wait when the clock was set by %d ms between them",
    (by) =>
      Effect.gen(function* () {
        yield* TestClock.setTime(DAY)
        const { host, setBy } = yield* settableClock
        yield* Effect.gen(function* () {
          const { board, books } = yield* watched
          yield* books.observe(snapshot(DAY, TOTALS))
          yield* setBy(by)
          yield* books.observe(snapshot(DAY + by, CHANGED))
          yield* TestClock.adjust("5 seconds")
          const book = board.event(EVENT)?.books.get(OURS)
          assert.deepStrictEqual([milliOf(book?.outcomes[0] ?? 0), book?.confirmedAt], [1_870, DAY + by])
        }).pipe(Effect.scoped, Effect.provide(layer), Effect.provideService(Clock.Clock, host))
      })
  )

  it.effect.each(STEPS)("judges what is overdue by the clock as it stands, set by %d ms while a tick waited", (by) =>
    Effect.gen(function* () {
      yield* TestClock.setTime(DAY)
      const { host, setBy } = yield* settableClock
      yield* Effect.gen(function* () {
        const { books, gate } = yield* watched
        yield* gate.holdStats
        yield* TestClock.adjust("1 second")
        yield* setBy(by)
        yield* books.observe(snapshot(DAY + 1_000 + by, TOTALS))
        yield* gate.freeStats
        yield* TestClock.adjust("5 seconds")
        const kinds = (yield* Queue.takeAll(gate.told)).map(({ record }) => record.kind)
        assert.deepStrictEqual(kinds, ["CONFIRMED"])
      }).pipe(Effect.scoped, Effect.provide(layer), Effect.provideService(Clock.Clock, host))
    })
  )

  it.effect("tells what a broken disk could not keep again, whole, once the gap is closed", () =>
    Effect.gen(function* () {
      const books = yield* OddsBooks
      const gate = yield* Gate
      yield* Effect.forkScoped(Effect.forever(gate.commit))
      yield* books.place(facts())
      yield* books.observe(snapshot(1_000, [...TOTALS, "btts_ft yes 1800", "btts_ft no 2000"]))
      yield* Queue.takeN(gate.told, 3)
      yield* gate.breakDisk
      yield* books.observe(
        snapshot(2_000, [
          "over_under_ft@2.5 over 1900",
          "over_under_ft@2.5 under 1950",
          "btts_ft yes 1800",
          "btts_ft no 2000"
        ])
      )
      assert.isFalse((yield* Queue.take(gate.told)).durable)
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual((yield* Queue.take(gate.told)).record.kind, "CONFIRMED")
      yield* gate.mendDisk
      yield* TestClock.adjust("1 second")
      const [gap, base] = yield* Queue.takeN(gate.told, 2)
      assert.strictEqual(gap?.record.kind, "GAP")
      assert.isTrue(base?.durable)
      const whole =
        base?.record.kind === "BASE" ? base.record.markets.map(({ market, milli }) => [market.key, ...milli]) : []
      assert.deepStrictEqual(whole, [
        ["over_under_ft@2.5", 1900, 1950],
        ["btts_ft", 1800, 2000]
      ])
      assert.isTrue(gate.images.has(`${EVENT}/${OURS}`))
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect("has settled on nothing while what is shown is not on disk", () =>
    Effect.gen(function* () {
      const books = yield* OddsBooks
      const gate = yield* Gate
      yield* Effect.forkScoped(Effect.forever(gate.commit))
      const settled = Effect.gen(function* () {
        const settling = yield* Effect.forkChild(books.settled)
        yield* TestClock.adjust("2 seconds")
        return yield* Fiber.join(settling)
      })
      yield* books.place(facts())
      assert.strictEqual(yield* settled, 1)
      yield* gate.breakDisk
      yield* books.observe(snapshot(1_000, TOTALS))
      assert.isUndefined(yield* settled)
      yield* gate.mendDisk
      // A gap is closed before what fell into it is told again.
      yield* TestClock.adjust("2 seconds")
      assert.isNumber(yield* settled)
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect("tells a gap once, and a bookmaker's standing again that fell into it", () =>
    Effect.gen(function* () {
      const books = yield* OddsBooks
      const gate = yield* Gate
      yield* Effect.forkScoped(Effect.forever(gate.commit))
      yield* books.place(facts())
      yield* Queue.take(gate.told)
      yield* gate.breakDisk
      const standing = { state: "STALE", since: 1_000, reason: { code: "BLOCKED", text: "It refuses." } } as const
      yield* books.bookmaker(OURS, standing, 1_000)
      assert.isFalse((yield* Queue.take(gate.told)).durable)
      yield* gate.mendDisk
      yield* TestClock.adjust("3 seconds")
      yield* books.bookmaker(OURS, { state: "CONFIRMED", since: 2_000 }, 2_000)
      yield* TestClock.adjust("3 seconds")
      const told = yield* Queue.takeAll(gate.told)
      assert.deepStrictEqual(
        told.map(({ record }) => (record.kind === "BOOKMAKER" ? record.state : record.kind)),
        ["GAP", "STALE", "CONFIRMED"]
      )
    }).pipe(Effect.scoped, Effect.provide(layer))
  )
})
