/**
 * The journal's loop: commits whatever is queued as soon as the last commit has returned, and tells in seq order.
 *
 * No timer, so a quiet hour costs nothing and a burst makes large commits by itself. A commit that fails or takes over
 * 5 s turns the journal degraded (`Outage.ts`); a thread that has died is started anew and the same commit is sent again.
 */
import { Clock, Deferred, Effect, Latch } from "effect"
import { EXIT_JOURNAL_FAILED, Fatal } from "../../actor/Fatal.ts"
import type { NumberedRecord, Position } from "../../domain/Record.ts"
import type { Committed } from "../Journal.ts"
import { JournalFault } from "../Journal.ts"
import { encodeText } from "../RecordCodec.ts"
import type { JournalThread } from "../thread/JournalThread.ts"
import type { OpenThread } from "../thread/openThread.ts"
import { pack } from "../thread/ThreadMessages.ts"
import type { Commit } from "../thread/ThreadMessages.ts"
import { encodeEntries, makeBacklog } from "./Backlog.ts"
import type { Unit } from "./Backlog.ts"
import { COMMIT_TIMEOUT_MS, PROBE_MS, gapRecord, makeOutage, tooSlow } from "./Outage.ts"
import { openOutageMark } from "./OutageMark.ts"
import { Settings } from "./Retention.ts"
import { makeShelf } from "./Shelf.ts"

/** `reopen` starts a thread on the same file in the scope of one life of the loop. */
export const makeCommitting = Effect.fnUntraced(function* <R>(
  first: OpenThread,
  reopen: Effect.Effect<OpenThread, JournalFault, R>,
  dataDir: string
) {
  const fatal = yield* Fatal
  const { epoch } = first.opened
  const mark = yield* openOutageMark(dataDir, epoch)
  // A bad one has stopped the start already, with a sentence.
  const shelf = makeShelf(first.opened, yield* Effect.orDie(Settings))
  const backlog = makeBacklog()
  const outage = makeOutage(mark)
  const work = yield* Latch.make(false)
  const room = yield* Latch.make(true)
  let thread: JournalThread = first.thread
  const outageLeft = mark.left?.epoch === epoch ? mark.left : undefined
  /** The last number that the process before may have given. */
  const foundReserved = Math.max(first.opened.last, first.opened.reserved, outageLeft?.reserved ?? 0)
  let lastGiven = foundReserved
  /** The newest that was sent, and the newest that is on disk. */
  let gap: NumberedRecord | undefined
  let lastGap: NumberedRecord | undefined
  let grown = Deferred.makeUnsafe<Position>()

  const push = (encoded: ReturnType<typeof encodeEntries>) => {
    const committed = Deferred.makeUnsafe<Committed>()
    const unit: Unit = { ...encoded, first: lastGiven + 1, last: lastGiven + encoded.records.length, committed }
    lastGiven = unit.last
    backlog.push(unit)
    Latch.openUnsafe(work)
    return { first: unit.first, last: unit.last, committed: Deferred.await(committed) }
  }

  const append = Effect.fnUntraced(function* (entries: Parameters<typeof encodeEntries>[0]) {
    const encoded = encodeEntries(entries)
    while (!backlog.hasRoomFor(encoded)) {
      // Unsafe because nothing may come between looking and closing: the wake-up would be lost.
      Latch.closeUnsafe(room)
      yield* room.await
    }
    return push(encoded)
  })

  /** Tells of numbers that are not here although they were given: by a process that was killed, or on a disk since cut. */
  const tellGap = Effect.fnUntraced(function* (from: number, to: number, why: string) {
    const record = gapRecord(from, to, yield* Clock.currentTimeMillis, why)
    const { committed, last } = push(encodeEntries([{ record, image: undefined }]))
    return yield* Effect.tap(committed, ({ durable }) => {
      if (!durable) return Effect.void
      lastGap = gap = { epoch, seq: last, durable, record }
      return mark.leave
    })
  })

  const send = (commit: Commit) =>
    Effect.map(inTime(thread.ask({ verb: "commit", commit }, "committed")), () => shelf.stored(commit))

  const settle = (units: readonly Unit[], durable: boolean) => {
    backlog.settle(units.length)
    for (const { first: from, last, committed } of units) {
      Deferred.doneUnsafe(committed, Effect.succeed({ first: from, last, durable }))
    }
    Latch.openUnsafe(room)
    const waiters = grown
    grown = Deferred.makeUnsafe()
    Deferred.doneUnsafe(waiters, Effect.succeed({ epoch, seq: shelf.last() }))
  }

  const commitWaiting = Effect.fnUntraced(function* () {
    const units = [...backlog.waiting()]
    const at = yield* Clock.currentTimeMillis
    yield* send(commitOf(units, at, shelf.nextFloor(at))).pipe(
      Effect.andThen(Effect.sync(() => settle(units, true))),
      Effect.catchTag("DiskRefused", (refused) =>
        Effect.andThen(
          outage.begin(at, refused.message, lastGiven),
          Effect.sync(() => settle(units, false))
        )
      )
    )
  })

  /** While the disk is unusable nobody waits for it; once a second one commit tries whether it is back. */
  const probe = Effect.fnUntraced(function* () {
    yield* work.await.pipe(Effect.timeoutOption(PROBE_MS))
    // Closed first: whoever is answered may append at once, and its wake-up would be lost.
    Latch.closeUnsafe(work)
    settle([...backlog.waiting()], false)
    const at = yield* Clock.currentTimeMillis
    if (!outage.isDue(at)) return
    yield* outage.reserve(lastGiven)
    yield* tryAgain(at).pipe(Effect.catchTag("DiskRefused", (refused) => outage.begin(at, refused.message, lastGiven)))
  })

  /** A commit that was given up as too slow may have ended since: the gap begins behind what is on disk. */
  const tryAgain = Effect.fnUntraced(function* (at: number) {
    shelf.reachesTo((yield* inTime(thread.ask({ verb: "last" }, "last"))).last)
    // Numbered while the thread answered, so the gap names these too: what comes later may not be written before it.
    const waiting = [...backlog.waiting()]
    if (shelf.last() < lastGiven) {
      const record = gapRecord(shelf.last() + 1, lastGiven, at, outage.why())
      const seq = lastGiven + 1
      lastGiven = seq
      gap = { epoch, seq, durable: true, record }
      // Told only now: who hears it may append again at once, and has to be numbered behind the gap.
      settle(waiting, false)
      yield* send(commitOf([{ first: seq, records: [encodeText(record)], images: [] }], at, 0))
    }
    lastGap = gap
    yield* outage.end
  })

  const turns = Effect.gen(function* () {
    if (thread.ended()) {
      const again = yield* reopen
      if (again.opened.epoch !== epoch) return yield* new JournalFault({ message: REPLACED })
      thread = again.thread
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

  /** Left as by a kill where the disk is still refused: the numbers told without it are neither closed nor given again. */
  const close = Effect.gen(function* () {
    const at = yield* Clock.currentTimeMillis
    if (outage.isOn()) yield* tryAgain(at)
    if (backlog.waiting().length > 0) yield* commitWaiting()
    if (!outage.isOn()) yield* thread.ask({ verb: "close" }, "closed")
  })

  // Registered before the loop is forked, so it runs after the loop has stopped.
  yield* Effect.addFinalizer(() =>
    close.pipe(
      Effect.timeout("5 seconds"),
      Effect.catchCause((cause) =>
        Effect.logWarning("The journal was closed uncleanly; the next start repairs it", cause)
      )
    )
  )

  return {
    append,
    tellGap,
    shelf,
    backlog,
    outage,
    foundReserved,
    /** The process before was killed in an outage. */
    wasCut: outageLeft !== undefined,
    thread: () => thread,
    lastGiven: () => lastGiven,
    lastGap: () => lastGap,
    grown: Effect.suspend(() => Deferred.await(grown)),
    // Nothing that follows could be kept, and starting the thread anew would find another file or none.
    loop: Effect.catchTag(turns, "FileTaken", ({ message }) =>
      Effect.andThen(
        fatal.raise({ exitCode: EXIT_JOURNAL_FAILED, message: `${message} ${STARTS_AGAIN}` }),
        Effect.never
      )
    )
  }
})

const REPLACED = "The journal's file was replaced while it was in use."
const STARTS_AGAIN = "Put it back, or start again without it; nothing may be shown that cannot be kept."

/** In five pieces: a process that stood still finds a timer run out before it hears what was answered meanwhile. */
const inTime = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.raceFirst(
    effect,
    Effect.andThen(Effect.repeat(Effect.sleep(COMMIT_TIMEOUT_MS / 5), { times: 4 }), Effect.fail(tooSlow()))
  )

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
