/**
 * The journal on SQLite: numbers at the door, commits in its own thread, tells in seq order.
 *
 * It commits whatever is queued as soon as the last commit has returned: no timer, so a quiet hour costs
 * nothing and a burst makes large commits by itself. A commit that fails or takes over 5 s turns it
 * degraded (`Outage.ts`); a thread that dies is started anew and the same commit is sent again.
 */
import { join } from "node:path"
import { Clock, Deferred, Effect, Latch, Layer, Semaphore } from "effect"
import type { Scope } from "effect"
import { EXIT_JOURNAL_FAILED, Fatal } from "../actor/Fatal.ts"
import { Supervisor } from "../actor/Supervisor.ts"
import type { NumberedRecord, Position } from "../domain/Record.ts"
import { encodeEntries, makeBacklog } from "./Backlog.ts"
import type { Unit } from "./Backlog.ts"
import { Journal, JournalFault } from "./Journal.ts"
import type { Entry, Image } from "./Journal.ts"
import { startThread } from "./JournalThread.ts"
import type { JournalThread, ThreadEnded } from "./JournalThread.ts"
import { COMMIT_TIMEOUT_MS, PROBE_MS, gapRecord, makeOutage, tooSlow } from "./Outage.ts"
import { Place } from "./Place.ts"
import { decode, encode } from "./RecordCodec.ts"
import { expired } from "./Retention.ts"
import { pack, unpack } from "./ThreadMessages.ts"
import type { Commit, Opened, Packed, Segment } from "./ThreadMessages.ts"

export const layer: Layer.Layer<Journal, JournalFault, Place | Supervisor | Fatal> = Layer.effect(
  Journal,
  Effect.gen(function* () {
    const { world } = yield* Place
    const supervisor = yield* Supervisor
    const fatal = yield* Fatal
    const open = yield* Effect.map(Effect.context<Place | Scope.Scope>(), (context) =>
      Effect.provide(openThread, context)
    )

    let { thread, opened } = yield* open
    const { epoch } = opened
    let lastGiven = Math.max(opened.last, opened.reserved)
    let lastCommitted = opened.last
    let floor = opened.floor
    let released = 0
    let commits = 0
    let trimmedAt = 0
    let lastGap: NumberedRecord | undefined
    let grown = Deferred.makeUnsafe<Position>()
    const segments: Segment[] = [...opened.segments]
    const backlog = makeBacklog()
    const outage = makeOutage()
    const door = yield* Semaphore.make(1)
    const work = yield* Latch.make(false)
    const room = yield* Latch.make(true)

    const append = Effect.fnUntraced(function* (entries: readonly Entry[]) {
      const encoded = encodeEntries(entries)
      while (!backlog.hasRoomFor(encoded)) {
        // Unsafe because nothing may come between looking and closing: the wake-up would be lost.
        Latch.closeUnsafe(room)
        yield* room.await
      }
      const first = lastGiven + 1
      lastGiven += entries.length
      const committed = Deferred.makeUnsafe<{
        readonly first: number
        readonly last: number
        readonly durable: boolean
      }>()
      backlog.push({ ...encoded, first, last: lastGiven, committed })
      Latch.openUnsafe(work)
      return { first, last: lastGiven, committed: Deferred.await(committed) }
    })

    /** The oldest segments that may go, as the number up to which the next commit deletes. */
    const nextFloor = (now: number) => {
      if (now - trimmedAt < TRIM_EVERY_MS) return 0
      trimmedAt = now
      return segments[expired(segments, released, now) - 1]?.last ?? 0
    }

    const send = (commit: Commit) =>
      Effect.map(inTime(thread.ask({ verb: "commit", commit }, "committed")), () => {
        commits += 1
        const last = commit.seqs.at(-1)
        // By their sizes: the bytes themselves have been handed over.
        if (last !== undefined) {
          lastCommitted = last
          segments.push({
            last,
            at: commit.at,
            records: commit.seqs.length,
            bytes: commit.records.sizes.reduce((sum, size) => sum + size, 0)
          })
        }
        floor = Math.max(floor, commit.floor)
        while ((segments[0]?.last ?? Infinity) <= floor) segments.shift()
      })

    const settle = (units: readonly Unit[], durable: boolean) => {
      backlog.settle(units.length)
      for (const { first, last, committed } of units) {
        Deferred.doneUnsafe(committed, Effect.succeed({ first, last, durable }))
      }
      Latch.openUnsafe(room)
      const waiters = grown
      grown = Deferred.makeUnsafe()
      Deferred.doneUnsafe(waiters, Effect.succeed({ epoch, seq: lastCommitted }))
    }

    const commitWaiting = Effect.fnUntraced(function* () {
      const units = [...backlog.waiting()]
      const at = yield* Clock.currentTimeMillis
      const commit = commitOf(units, at, nextFloor(at))
      yield* send(commit).pipe(
        Effect.andThen(Effect.sync(() => settle(units, true))),
        Effect.catchTag("DiskRefused", (refused) =>
          Effect.andThen(
            outage.begin(at, refused.message),
            Effect.sync(() => settle(units, false))
          )
        )
      )
    })

    /** While the disk is unusable nobody waits for it; once a second one commit tries whether it is back. */
    const probe = Effect.fnUntraced(function* () {
      yield* work.await.pipe(Effect.timeoutOption(PROBE_MS))
      settle([...backlog.waiting()], false)
      Latch.closeUnsafe(work)
      const at = yield* Clock.currentTimeMillis
      if (!outage.isDue(at)) return
      yield* tryAgain(at).pipe(Effect.catchTag("DiskRefused", (refused) => outage.begin(at, refused.message)))
    })

    /** A commit that was given up as too slow may have ended since: the gap begins behind what is on disk. */
    const tryAgain = Effect.fnUntraced(function* (at: number) {
      lastCommitted = (yield* inTime(thread.ask({ verb: "last" }, "last"))).last
      // Numbered while the thread answered, so the gap names these too: what comes later may not be written before it.
      settle([...backlog.waiting()], false)
      const gap = gapRecord(lastCommitted + 1, lastGiven, at, outage.why())
      lastGiven += 1
      yield* send(commitOf([{ first: lastGiven, records: [encode(gap)], images: [] }], at, 0))
      lastGap = { epoch, seq: lastGiven, durable: true, record: gap }
      yield* outage.end
    })

    const loop: Effect.Effect<never, ThreadEnded | JournalFault> = Effect.gen(function* () {
      if (thread.ended()) {
        ;({ thread, opened } = yield* open)
        if (opened.epoch !== epoch)
          return yield* new JournalFault({ message: "The journal's file was replaced while it was in use." })
      }
      while (true) {
        if (outage.isOn()) {
          yield* probe()
          continue
        }
        yield* work.await
        if (backlog.waiting().length > 0) yield* commitWaiting()
        else Latch.closeUnsafe(work)
      }
    })

    // Registered before the loop is forked, so it runs after the loop has stopped.
    yield* Effect.addFinalizer(() =>
      Effect.gen(function* () {
        if (backlog.waiting().length > 0 && !outage.isOn()) yield* commitWaiting()
        yield* thread.ask({ verb: "close" }, "closed")
      }).pipe(
        Effect.timeout("5 seconds"),
        Effect.catchCause((cause) =>
          Effect.logWarning("The journal was closed uncleanly; the next start repairs it", cause)
        )
      )
    )
    yield* supervisor.supervise({
      name: "journal",
      depth: backlog.records,
      loop,
      onFailed: (lastError) =>
        fatal.raise({
          exitCode: EXIT_JOURNAL_FAILED,
          message: `The journal gave up: ${lastError} Nothing may be shown that cannot be kept.`
        })
    })

    return {
      epoch,
      world,
      append: (entries) => door.withPermits(1)(append(entries)),
      read: Effect.fnUntraced(function* (after, limit) {
        const reply = yield* asFault(thread.ask({ verb: "read", after, limit }, "records"))
        if (after < floor || !reply.anchored) {
          return yield* new JournalFault({
            message: `Journal: nothing can be replayed after ${after}; it reaches from ${floor} to ${lastCommitted}.`
          })
        }
        return numbered(epoch, reply.seqs, reply.records)
      }),
      images: asFault(thread.ask({ verb: "images" }, "images")).pipe(
        Effect.map(({ keys, images }) => unpack(images).map((bytes, i): Image => ({ key: keys[i] ?? "", bytes })))
      ),
      floor: Effect.sync(() => floor),
      last: Effect.sync(() => lastCommitted),
      release: (upTo) =>
        Effect.sync(() => {
          released = Math.max(released, upTo)
        }),
      lastGap: Effect.sync(() => lastGap),
      grown: Effect.suspend(() => Deferred.await(grown)),
      stats: Effect.sync(() => ({
        inFlight: backlog.records(),
        inFlightBytes: backlog.bytes(),
        records: segments.reduce((sum, segment) => sum + segment.records, 0),
        bytes: segments.reduce((sum, segment) => sum + segment.bytes, 0),
        floor,
        last: lastCommitted,
        released,
        commits,
        degraded: outage.isOn(),
        degradedSince: outage.since()
      }))
    }
  })
)

const TRIM_EVERY_MS = 1_000

const inTime = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.timeoutOrElse(effect, { duration: COMMIT_TIMEOUT_MS, orElse: () => Effect.fail(tooSlow()) })

/** A long outage of Postgres leaves gigabytes, and every one of them is checked. */
const OPENED_WITHIN = "5 minutes"

const neverOpened = (folder: string) =>
  new JournalFault({
    message: `Journal ${folder}: it was not open after ${OPENED_WITHIN}; look at the disk, or set DATA_DIR to another folder.`
  })

const openThread = Effect.gen(function* () {
  const { dataDir, world } = yield* Place
  const now = yield* Clock.currentTimeMillis
  const thread: JournalThread = yield* startThread
  const folder = join(dataDir, "journal")
  const { opened }: { readonly opened: Opened } = yield* asFault(
    thread.ask({ verb: "open", folder, world, now }, "opened")
  ).pipe(Effect.timeoutOrElse({ duration: OPENED_WITHIN, orElse: () => Effect.fail(neverOpened(folder)) }))
  if (opened.setAside !== undefined) {
    yield* Effect.logError(
      "The journal was damaged and set aside; what Postgres did not have yet is only in that file"
    ).pipe(Effect.annotateLogs({ folder, ...opened.setAside }))
  }
  return { thread, opened }
})

const commitOf = (units: readonly Pick<Unit, "first" | "records" | "images">[], at: number, floor: number): Commit => {
  const images = units.flatMap((unit) => unit.images)
  return {
    at,
    seqs: Float64Array.from(units.flatMap((unit) => unit.records.map((_, i) => unit.first + i))),
    records: pack(units.flatMap((unit) => unit.records)),
    imageKeys: images.map((image) => image.key),
    images: pack(images.map((image) => image.bytes)),
    floor
  }
}

const numbered = (epoch: number, seqs: Float64Array, records: Packed): readonly NumberedRecord[] =>
  unpack(records).map((bytes, i) => ({ epoch, seq: seqs[i] ?? 0, durable: true, record: decode(bytes) }))

const asFault = <A, E extends { readonly message: string }>(effect: Effect.Effect<A, E>) =>
  Effect.mapError(effect, ({ message }) => new JournalFault({ message }))
