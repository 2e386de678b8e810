/**
 * The write queue's second half: drains the journal into Postgres, batch by batch, each exactly once.
 *
 * An outage is not an attempt: the batch is held and tried again with growing pauses for as long as it takes,
 * while the journal keeps everything. Nor does it give up over anything else: history must not wait for a restart.
 * Only what is committed there is released here.
 */
import { randomUUID } from "node:crypto"
import {
  Clock,
  Context,
  Deferred,
  Effect,
  Fiber,
  Latch,
  Layer,
  Option,
  Schedule,
  Stream,
  SubscriptionRef
} from "effect"
import { Supervisor } from "../actor/Supervisor.ts"
import { Bookmakers } from "../domain/Bookmaker.ts"
import type { NumberedRecord, Position, Record } from "../domain/Record.ts"
import { LiveSettings } from "../domain/Settings.ts"
import { Journal } from "../journal/Journal.ts"
import { Database } from "./Database.ts"
import { claim, MarkMoved, readMark } from "./tables/DrainMark.ts"
import { makeMarketLayouts } from "./tables/MarketLayouts.ts"
import { makePartitions } from "./tables/Partitions.ts"
import { crashed, held, makeHold, nextRecords, readAhead, rested } from "./writing/Holding.ts"
import type { Hold } from "./writing/Holding.ts"
import { dayOf } from "./writing/Instant.ts"
import { hasEarlier } from "./writing/Repeats.ts"
import { restore } from "./writing/Restore.ts"
import { storeBatch } from "./writing/StoreBatch.ts"

/** Postgres was found emptied, or to be an older copy. */
export interface Loss {
  readonly at: number
  /** Numbers that are in no journal any more; none when `to` is below `from`. */
  readonly from: number
  readonly to: number
}

export class Writer extends Context.Service<
  Writer,
  {
    /** Everything up to here is stored. */
    readonly drained: () => Position
    readonly rowsWritten: () => number
    /** How many since the start, now and whenever there are more. */
    readonly rowsParked: Stream.Stream<number>
    /** What it is at and does not get done, also where Postgres answers everybody else; undefined = it gets on. */
    readonly held: () => Hold | undefined
    /** Ends when everything the journal holds now is stored; for shutdown and for `stored` of a run. */
    readonly caughtUp: Effect.Effect<void>
    /** Ends as soon as there is a loss that has not been made up for. */
    readonly lost: Effect.Effect<Loss>
    /**
     * Makes up for a loss by all that was known at `mark`, told again whole; waits until everything up to there is stored.
     * `known` tells it from the beginning each time it is called, which is once for every try.
     */
    readonly restore: (loss: Loss, mark: number, known: () => Iterable<Record>) => Effect.Effect<void>
  }
>()("oddswire/storage/Writer") {
  static readonly layer = Layer.effect(
    Writer,
    Effect.gen(function* () {
      const journal = yield* Journal
      const database = yield* Database
      const supervisor = yield* Supervisor
      const settings = yield* LiveSettings
      const { all: roster } = yield* Bookmakers
      const layouts = makeMarketLayouts(database)
      const partitions = makePartitions(database)
      const loss = yield* SubscriptionRef.make<Loss | undefined>(undefined)
      const owner = randomUUID()
      const hold = makeHold()
      const { epoch } = journal
      let drained: Position = { epoch, seq: 0 }
      let rowsWritten = 0
      const rowsParked = yield* SubscriptionRef.make(0)
      /** Whether open events have values of an earlier journal that this one has not told yet. */
      let isHeir = false
      let moved = Deferred.makeUnsafe<void>()
      /** Open while somebody waits for what is not stored yet. */
      const hurry = yield* Latch.make(false)
      let wanted = 0

      const advanceTo = Effect.fnUntraced(function* (seq: number) {
        drained = { epoch, seq }
        if (seq >= wanted) Latch.closeUnsafe(hurry)
        yield* journal.release(seq)
        const waiters = moved
        moved = Deferred.makeUnsafe()
        Deferred.doneUnsafe(waiters, Effect.void)
      })

      const begin = Effect.gen(function* () {
        yield* database.query(
          (sql) => sql`
          insert into bookmaker (id, name, country, ours)
          select * from unnest(${roster.map(({ id }) => id)}::text[], ${roster.map(({ name }) => name)}::text[],
            ${roster.map(({ country }) => country)}::text[], ${roster.map(({ ours }) => String(ours))}::text[]::boolean[])
          on conflict (id) do update set name = excluded.name, country = excluded.country, ours = excluded.ours`
        )
        const floor = yield* journal.floor
        const { isNew, missing, seq } = yield* database.transaction((sql) => claim(sql, epoch, floor, owner))
        const isHeirOfOther = yield* database.query((sql) => hasEarlier(sql, epoch))
        const emptied = isNew && drained.seq > 0
        if (missing !== undefined || emptied) {
          yield* SubscriptionRef.set(loss, { at: yield* Clock.currentTimeMillis, from: 1, to: 0, ...missing })
          yield* Effect.logError(
            "Postgres was emptied or is an older copy; history goes on with what the journal has"
          ).pipe(Effect.annotateLogs({ missingFrom: missing?.from, missingTo: missing?.to }))
        }
        yield* advanceTo(seq)
        isHeir = isHeirOfOther || (yield* journal.isBehind)
      })

      const write = Effect.fnUntraced(function* (records: readonly NumberedRecord[]) {
        const { retentionDays, tiers } = yield* SubscriptionRef.get(settings.current)
        yield* partitions.ensure(new Set(records.map(({ record }) => dayOf(record.at))), retentionDays)
        const to = records.at(-1)?.seq ?? drained.seq
        const batch = { epoch, from: drained.seq, to, owner, records, tiers, hasEarlier: isHeir }
        const { parked, stored } = yield* storeBatch(database, layouts, batch)
        rowsWritten += stored
        if (parked > 0) yield* SubscriptionRef.update(rowsParked, (before) => before + parked)
        yield* advanceTo(to)
      })

      /** The answer to a commit was lost: the mark says whether it took place. Without a mark everything begins again. */
      const settle = Effect.gen(function* () {
        const seq = yield* hold.trying(database.transaction((sql) => readMark(sql, epoch, owner)))
        return yield* seq === undefined ? new MarkMoved() : advanceTo(seq)
      })

      const life = Effect.gen(function* () {
        // Until it is open nobody is held up but who waits for Postgres itself.
        yield* Effect.ignore(database.opened)
        yield* hold.trying(begin)
        if ((yield* journal.last) <= drained.seq) hold.ends()
        let records = yield* nextRecords(journal, drained.seq)
        while (true) {
          const following = yield* Effect.forkChild(readAhead(journal, records))
          yield* Effect.catchTag(hold.trying(write(records)), "MarkMoved", () => settle)
          const to = records.at(-1)?.seq
          if (drained.seq === to) hold.ends()
          yield* rested(records, hurry.await)
          const ahead = yield* Fiber.join(following)
          // Where the mark was moved, what was read ahead no longer follows it.
          records = ahead.length > 0 && drained.seq === to ? ahead : yield* nextRecords(journal, drained.seq)
        }
      })

      const upkeep = Effect.gen(function* () {
        yield* database.opened
        const { retentionDays } = yield* SubscriptionRef.get(settings.current)
        yield* held(Effect.andThen(partitions.ensure([], retentionDays), partitions.dropExpired(retentionDays)))
        if (isHeir) isHeir = yield* held(database.query((sql) => hasEarlier(sql, epoch)))
      })

      yield* supervisor.supervise({
        name: "writer",
        depth: () => 0,
        loop: crashed(life, () => drained.seq, hold.lasts),
        onFailed: () => Effect.void
      })
      yield* Effect.forkScoped(Effect.ignore(Effect.repeat(upkeep, Schedule.spaced("1 hour"))))

      const drainedTo = Effect.fnUntraced(function* (seq: number) {
        wanted = Math.max(wanted, seq)
        if (drained.seq < seq) Latch.openUnsafe(hurry)
        while (drained.seq < seq) yield* Deferred.await(moved)
      })

      return {
        drained: () => drained,
        rowsWritten: () => rowsWritten,
        rowsParked: SubscriptionRef.changes(rowsParked),
        held: hold.now,
        caughtUp: Effect.flatMap(journal.last, drainedTo),
        lost: SubscriptionRef.changes(loss).pipe(
          Stream.filter((found) => found !== undefined),
          Stream.runHead,
          Effect.flatMap(Option.match({ onNone: () => Effect.never, onSome: Effect.succeed }))
        ),
        restore: Effect.fnUntraced(function* (made, mark, known) {
          yield* drainedTo(mark)
          const { tiers } = yield* SubscriptionRef.get(settings.current)
          // Tried until it is stored, and it moves no mark.
          if (made.to >= made.from)
            yield* Effect.orDie(held(restore(database, layouts, { epoch, to: made.to, known, tiers })))
          yield* SubscriptionRef.update(loss, (now) => (now === made ? undefined : now))
        })
      }
    })
  )
}
