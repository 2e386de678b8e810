/**
 * The writer's patience: it holds what it has and tries again, with pauses that double from half a second to thirty, for
 * as long as it takes. What is left to a row alone has been parked before it gets here.
 */
import { Cause, Clock, Effect, Fiber, Random, Schedule } from "effect"
import { lastErrorOf } from "../../actor/LastError.ts"
import type { NumberedRecord } from "../../domain/Record.ts"
import { StorageUnavailable } from "../../domain/StorageUnavailable.ts"
import type { Journal } from "../../journal/Journal.ts"
import type { RowRefused } from "../connection/Statement.ts"
import type { MarkMoved } from "../tables/DrainMark.ts"

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 30_000

/** Tries until Postgres takes it; fails only where the mark was moved. */
export const held = <A>(
  work: Effect.Effect<A, StorageUnavailable | RowRefused | MarkMoved>
): Effect.Effect<A, StorageUnavailable | MarkMoved> =>
  work.pipe(
    Effect.catchTag("RowRefused", ({ message }) => Effect.fail(new StorageUnavailable({ message }))),
    Effect.retry({
      schedule: Schedule.jittered(
        Schedule.min([Schedule.exponential(FIRST_PAUSE_MS), Schedule.spaced(LONGEST_PAUSE_MS)])
      ),
      while: (error) => error._tag === "StorageUnavailable"
    })
  )

/** Work that the writer has not got done. */
export interface Hold {
  readonly since: number
  /** What became of the last try; undefined while the first has no answer. */
  readonly why: string | undefined
}

/** Knows since when and why the writer gets nowhere: from a try's beginning, because a lock refuses nothing. */
export const makeHold = () => {
  let hold: Hold | undefined
  const lasts = (why: string | undefined): Effect.Effect<void> =>
    Effect.map(Clock.currentTimeMillis, (now) => void (hold = { since: hold?.since ?? now, why: why ?? hold?.why }))
  return {
    now: () => hold,
    lasts,
    /** As `held`. */
    trying: <A>(work: Effect.Effect<A, StorageUnavailable | RowRefused | MarkMoved>) =>
      Effect.andThen(
        lasts(undefined),
        held(Effect.tapError(work, (error) => (error._tag === "MarkMoved" ? Effect.void : lasts(error.message))))
      ),
    /** It got on, or there is nothing to do. */
    ends: () => void (hold = undefined)
  }
}

/**
 * Lives one after another, whatever ends them: a fault of ours or of the journal is as little a reason to stop storing as
 * an outage is. The pause grows until a life has got on.
 */
export const crashed = <E, R>(
  life: Effect.Effect<void, E, R>,
  progress: () => number,
  tell: (lastError: string) => Effect.Effect<void>
): Effect.Effect<never, E, R> =>
  Effect.gen(function* () {
    let pause = FIRST_PAUSE_MS
    while (true) {
      const before = progress()
      const cause = yield* Effect.matchCauseEffect(life, {
        onFailure: (cause) => (Cause.hasInterruptsOnly(cause) ? Effect.failCause(cause) : Effect.succeed(cause)),
        onSuccess: () => Effect.undefined
      })
      const lastError = cause === undefined ? "it ended by itself" : lastErrorOf(cause)
      yield* tell(lastError)
      pause = progress() > before ? FIRST_PAUSE_MS : Math.min(LONGEST_PAUSE_MS, pause * 2)
      yield* Effect.logError("The writer holds what it has and begins again").pipe(
        Effect.annotateLogs({ lastError, pauseMs: pause })
      )
      yield* Effect.sleep(pause * (yield* Random.nextBetween(0.8, 1.2)))
    }
  })

const BATCH = 500

/**
 * Ends when the next batch may go: at once behind a full one, else after a rest, in which more of it comes together. A
 * transaction costs the same dozen of round trips for one record as for five hundred, and in a run each would be told
 * of its own. Who waits for all to be stored is not kept waiting.
 */
export const rested = (stored: readonly NumberedRecord[], hurry: Effect.Effect<void>): Effect.Effect<void> =>
  isFull(stored) ? Effect.void : Effect.raceFirst(hurry, Effect.sleep(REST))

const REST = "500 millis"

const isFull = (records: readonly NumberedRecord[]): boolean => records.length >= BATCH

/** What follows a full batch, read while that one is being stored; nothing behind one that took all there was. */
export const readAhead = (journal: Journal["Service"], records: readonly NumberedRecord[]) => {
  const last = records.at(-1)
  return last !== undefined && isFull(records) ? journal.read(last.seq, BATCH) : Effect.succeed([])
}

/** Asks before it waits, and again once it is waiting: a commit in between would otherwise go unheard. */
export const nextRecords = Effect.fnUntraced(function* (journal: Journal["Service"], after: number) {
  while (true) {
    const growing = yield* Effect.forkChild(journal.grown, { startImmediately: true })
    const records = yield* journal.read(after, BATCH)
    if (records.length === 0) {
      yield* Fiber.join(growing)
      continue
    }
    yield* Fiber.interrupt(growing)
    return records
  }
})
