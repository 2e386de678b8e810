/**
 * The cache: an actor that holds every book, compares each snapshot with it and tells what changed.
 *
 * It keeps two values per listing. `head` is what the next snapshot is compared with; `published` is what readers
 * see, and moves only when the journal has committed. So what was seen is always on disk, and there is no moment
 * at which the cache knows a price that the diff has not compared.
 */
import { Clock, Context, Deferred, Effect, Latch, Layer, Schedule, SubscriptionRef } from "effect"
import { dropAtOnce } from "../actor/Actor.ts"
import { elapsedBy, HostSleep } from "../actor/Elapsed.ts"
import { EXIT_ODDS_FAILED, Fatal } from "../actor/Fatal.ts"
import { ActorDown, conflateMailbox } from "../actor/Mailbox.ts"
import { Supervisor } from "../actor/Supervisor.ts"
import type { BookmakerId } from "../domain/Bookmaker.ts"
import type { EventFacts, EventId } from "../domain/Event.ts"
import type { Reason, Standing } from "../domain/Freshness.ts"
import type { Record } from "../domain/Record.ts"
import { LiveSettings } from "../domain/Settings.ts"
import type { Snapshot } from "../domain/Snapshot.ts"
import { Journal } from "../journal/Journal.ts"
import type { Entry } from "../journal/Journal.ts"
import { Stages } from "../domain/Stages.ts"
import { Base } from "./Base.ts"
import type { BasePart } from "./Base.ts"
import { datedBy, makeClockWatch, moveHead } from "./ClockStep.ts"
import type { ClockStep } from "./ClockStep.ts"
import { makeBookCodec } from "./Image.ts"
import { describe, mergeKey, newer } from "./Message.ts"
import type { Message, Settling } from "./Message.ts"
import { PublishedBoard, makePublishedBoard } from "./PublishedBoard.ts"
import { NOTHING_TOLD, startPublisher } from "./Publisher.ts"
import { NOTHING_TOUCHED, everything, slices } from "./Rebase.ts"
import { step } from "./Step.ts"
import type { Head } from "./Step.ts"
import { fold } from "./Table.ts"
import type { Change, Table } from "./Table.ts"
import { imageOf, warm } from "./Warmup.ts"

export class OddsBooks extends Context.Service<
  OddsBooks,
  {
    /** New or changed facts of an event; an event has to be placed before its snapshots are observed. */
    readonly place: (facts: EventFacts) => Effect.Effect<void>
    /**
     * Never waits for the diff: while the actor is busy a newer snapshot of the same listing replaces or overlays this one.
     * Where the journal is new and Postgres may know a board, it waits a while for that.
     */
    readonly observe: (snapshot: Snapshot) => Effect.Effect<void>
    /** The bookmaker no longer has this event (believed after three refusals in a row, which the caller counts). */
    readonly gone: (bookmakerId: BookmakerId, eventId: EventId) => Effect.Effect<void>
    /** Why a listing could not be refreshed: shown as the reason once it is overdue. */
    readonly missed: (bookmakerId: BookmakerId, eventId: EventId, reason: Reason) => Effect.Effect<void>
    /** A bookmaker as a whole became unreliable or returned. */
    readonly bookmaker: (bookmakerId: BookmakerId, standing: Standing, at: number) => Effect.Effect<void>
    /**
     * Ends when readers see all that was told before; answers the seq that covers it, or undefined while not all that is
     * shown is on disk.
     */
    readonly settled: Effect.Effect<number | undefined>
  }
>()("oddswire/odds/OddsBooks") {
  static readonly layer = Layer.effectContext(Effect.suspend(() => make))
}

const NAME = "odds"
/** More than all listings of a full board, so that waiting here means the diff has stopped. */
const CAPACITY = 8_192
/** How long nothing is observed for a base that is on its way; Postgres may be away for hours, and odds are shown then too. */
const BASE_PATIENCE = "10 seconds"

const make = Effect.gen(function* () {
  const journal = yield* Journal
  const supervisor = yield* Supervisor
  const settings = yield* LiveSettings
  const fatal = yield* Fatal
  const stages = yield* Stages
  const clock = yield* Clock.Clock
  const codec = makeBookCodec()

  const base = yield* Base
  const images = yield* journal.images
  // With a codec of its own: what it keeps to read shapes only once is half as large as the board.
  const start = warm(images, makeBookCodec())
  if (start.unreadable > 0) {
    yield* Effect.logWarning("images in the journal could not be read; these listings start empty").pipe(
      Effect.annotateLogs({ images: start.unreadable })
    )
  }
  const head: Head = { table: start.table, seen: new Map(), missed: new Map() }
  const published = makePublishedBoard(copyOf(start.table), { epoch: journal.epoch, seq: yield* journal.last })

  const mailbox = yield* conflateMailbox<Message>(NAME, { capacity: CAPACITY, key: mergeKey, merge: newer })
  const publisher = yield* startPublisher(published, (lastError) => down(lastError))
  let isCaughtUp = false
  let settles: Settling[] = []

  const append = Effect.fnUntraced(function* (changes: readonly Change[], replies: readonly Settling[]) {
    const entries = changes.flatMap((change) => entriesOf(change, head.table))
    const begun = clock.monotonicTimeNanosUnsafe()
    const appended = entries.length === 0 ? undefined : yield* journal.append(entries)
    // Only now: whatever fails before this has told nothing, and the next snapshot is compared as if it had not been.
    for (const change of changes) fold(head.table, change)
    yield* publisher.offer({
      changes,
      records: entries.map((entry) => entry.record),
      begun,
      appended,
      settles: replies,
      clockSet: undefined
    })
  })

  const entriesOf = (change: Change, table: Table): readonly Entry[] => {
    const records: readonly Record[] = change._tag === "Book" ? change.records : [change.record]
    const image = imageOf(change, table, codec)
    return records.map((record, i) => ({ record, image: i === records.length - 1 ? image : undefined }))
  }

  const handle = Effect.fnUntraced(function* (message: Message) {
    if (message._tag === "Settle") {
      // Answered behind the next tick, which numbers the sightings that still wait for it.
      settles.push(message.reply)
      return
    }
    if (message._tag === "ClockSet") {
      moveHead(head, message)
      return yield* publisher.offer({ ...NOTHING_TOLD, clockSet: message })
    }
    const began = clock.monotonicTimeNanosUnsafe()
    const changes = step(head, message)
    if (message._tag === "Observe") {
      const { bookmakerId, runId } = message.snapshot
      stages.took(runId, bookmakerId, "diff", Number(clock.monotonicTimeNanosUnsafe() - began) / 1e6)
    }
    const replies = message._tag === "Tick" ? settles : []
    if (changes.length > 0 || replies.length > 0) yield* append(changes, replies)
    settles = settles.slice(replies.length)
  })

  const clockWatch = makeClockWatch(yield* HostSleep)
  const elapsed = elapsedBy(clock)
  let clockSet: ClockStep | undefined
  let clockSets = 0

  /** The time; when it was set since the last look, the actor hears of that before it hears of this time. */
  const lookAtClock = Effect.gen(function* () {
    const now = clock.currentTimeMillisUnsafe()
    const found = clockWatch(now, elapsed())
    if (found === undefined) return now
    clockSet = found
    clockSets += 1
    yield* mailbox.offer({ _tag: "ClockSet", ...found })
    yield* Effect.logWarning("The clock was set; the times at which listings were seen move with it").pipe(
      Effect.annotateLogs({ byMs: found.by })
    )
    return now
  })

  const tell = (message: (now: number) => Message) => Effect.flatMap(lookAtClock, (now) => mailbox.offer(message(now)))

  /** What has run out while the process was away is judged before anybody reads it. */
  const catchUp = Effect.gen(function* () {
    const { tiers } = yield* SubscriptionRef.get(settings.current)
    const changes = step(head, { _tag: "Tick", now: yield* lookAtClock, tiers })
    if (changes.length === 0) return
    const told = yield* Deferred.make<number | undefined>()
    yield* append(changes, [told])
    yield* Deferred.await(told)
  })

  /** What the history does not have as it is known here, once it can be told again. */
  const untold = Effect.gen(function* () {
    if ((yield* journal.stats).degraded) return NOTHING_TOUCHED
    if (!isCaughtUp && (yield* journal.isBehind)) {
      isCaughtUp = true
      return everything(head.table)
    }
    return publisher.undurable.take() ?? NOTHING_TOUCHED
  })

  const tick = Effect.gen(function* () {
    yield* Effect.forEach(slices(yield* untold), (touched) => tell((at) => ({ _tag: "Rebase", touched, at })))
    const { tiers } = yield* SubscriptionRef.get(settings.current)
    yield* tell((now) => ({ _tag: "Tick", now, tiers }))
  }).pipe(Effect.repeat(Schedule.spaced("1 second")), Effect.asVoid)

  const down = (lastError: string) => {
    const message = `${NAME}: gave up after repeated failures (${lastError}); the process ends because nothing may be shown unjournaled`
    return Effect.andThen(
      mailbox.fail(new ActorDown({ actor: NAME, message })),
      fatal.raise({ exitCode: EXIT_ODDS_FAILED, message })
    )
  }

  yield* Effect.orDie(catchUp)
  yield* supervisor.supervise({
    name: NAME,
    depth: mailbox.depth,
    // A message that kills the actor is dropped at the first time: it is before the diff, nothing was told of it.
    loop: dropAtOnce({ name: NAME, mailbox, describe }, handle),
    onFailed: down
  })
  yield* Effect.forkScoped(Effect.delay(tick, "1 second"))

  // Only a process that is ending has no actor here, so there is nobody left to tell.
  const tellNow = (message: (now: number) => Message) => Effect.orDie(tell(message))
  const settled = Effect.gen(function* () {
    const reply = yield* Deferred.make<number | undefined>()
    yield* tellNow(() => ({ _tag: "Settle", reply }))
    return yield* Deferred.await(reply)
  })

  // What has not changed since keeps its times when it is compared with the base; what was told before that is left as it is.
  const baseHeard = yield* Latch.make(journal.unbased === undefined || !base.isExpected)
  if (journal.unbased !== undefined) {
    const hear = (part: BasePart) =>
      Effect.flatMap(SubscriptionRef.get(settings.current), ({ tiers }) =>
        tellNow((now) => ({ _tag: "Base", part, now, tiers }))
      )
    yield* Effect.forkScoped(
      base.read(hear, Effect.asVoid(settled)).pipe(
        Effect.andThen(baseHeard.open),
        // As long as the disk does not have it the next start has to ask again.
        Effect.andThen(Effect.repeat(settled, { until: (seq) => seq !== undefined })),
        Effect.andThen(journal.based)
      )
    )
    yield* Effect.forkScoped(Effect.delay(baseHeard.open, BASE_PATIENCE))
  }

  return Context.make(OddsBooks, {
    place: (facts) => tellNow((at) => ({ _tag: "Place", facts, at })),
    observe: (snapshot) =>
      baseHeard.whenOpen(
        tellNow((now) => ({ _tag: "Observe", snapshot: datedBy(snapshot, now, clockSet), clockSets }))
      ),
    gone: (bookmakerId, eventId) => tellNow((at) => ({ _tag: "Gone", bookmakerId, eventId, at })),
    missed: (bookmakerId, eventId, reason) => tellNow((at) => ({ _tag: "Missed", bookmakerId, eventId, reason, at })),
    bookmaker: (bookmakerId, standing, at) => tellNow(() => ({ _tag: "Bookmaker", bookmakerId, standing, at })),
    settled
  }).pipe(Context.add(PublishedBoard, published.board))
})

const copyOf = (table: Table): Table => ({ events: new Map(table.events), bookmakers: new Map(table.bookmakers) })
