/**
 * The progress of one run: counted by the run alone, told to watchers at most ten times a second.
 *
 * Who comes late gets the newest state first, and the last state is always told, so every watcher sees the end.
 * A phase is told and kept at once; counts in between wait for their turn.
 */
import { Clock, Effect, PubSub, Stream } from "effect"
import { elapsedBy } from "../../actor/Elapsed.ts"
import type { BookmakerId } from "../../domain/Bookmaker.ts"
import type { EventId } from "../../domain/Event.ts"
import type { ReasonCode } from "../../domain/Freshness.ts"
import { isOver } from "../../domain/Run.ts"
import type { Run, RunCounts, RunFailure, RunPhase } from "../../domain/Run.ts"
import { makeTimings } from "./Timings.ts"
import type { Timings } from "./Timings.ts"

export interface Progress {
  readonly run: () => Run
  readonly failures: () => readonly RunFailure[]
  readonly timings: Timings
  /** Elapsed time, so that a clock that is set makes nothing look fetched or stalled. */
  readonly begunAt: number
  /** How long nothing has moved: what the watchdog looks at. */
  readonly stillMs: () => number
  /** Adds to the counts of one bookmaker. */
  readonly count: (bookmakerId: BookmakerId, added: Partial<Omit<RunCounts, "bookmakerId">>) => Effect.Effect<void>
  readonly events: (count: number) => Effect.Effect<void>
  readonly fail: (failure: Omit<RunFailure, "id" | "at">) => Effect.Effect<void>
  /** Enters a phase; does nothing once the run is over. */
  readonly enter: (phase: RunPhase, message: string, durableSeq?: number) => Effect.Effect<void>
  /** From where the run stands to its end. */
  readonly watch: Stream.Stream<Run>
}

export interface ProgressOutlets {
  readonly keep: (run: Run, failures: readonly RunFailure[]) => Effect.Effect<void>
  readonly tell: (run: Run) => void
}

const TELL_EVERY_MS = 100
/** Failures kept in memory per run; the store has all. */
const MAX_FAILURES = 5_000

export const makeProgress = Effect.fnUntraced(function* (start: Run, outlets: ProgressOutlets) {
  const clock = yield* Clock.Clock
  const elapsed = elapsedBy(clock)
  const scope = yield* Effect.scope
  const told = yield* PubSub.sliding<Run>({ capacity: 16, replay: 1 })
  const timings = makeTimings()
  const counts = new Map(start.counts.map((each) => [each.bookmakerId, each]))
  const failures: RunFailure[] = []
  let kept = 0
  let run = start
  let toldAt = -Infinity
  let telling = false
  const begunAt = elapsed()
  let movedAt = begunAt
  PubSub.publishUnsafe(told, run)

  const refresh = (change: Partial<Run>): void => {
    const all = [...counts.values()]
    const sum = (of: (each: RunCounts) => number): number => all.reduce((total, each) => total + of(each), 0)
    movedAt = elapsed()
    const current = sum((each) => each.fetched + each.failed + each.gone)
    const total = sum((each) => each.planned)
    run = {
      ...run,
      at: clock.currentTimeMillisUnsafe(),
      counts: all,
      failureCount: failures.length,
      current,
      total,
      message: working(run.phase, current, total) ?? run.message,
      ...change
    }
  }

  const publish = Effect.sync(() => {
    toldAt = elapsed()
    PubSub.publishUnsafe(told, run)
    outlets.tell(run)
  })

  const soon: Effect.Effect<void> = Effect.suspend(() => {
    // Nothing follows an end, which was told at once.
    if (telling || isOver(run.phase)) return Effect.void
    const wait = toldAt + TELL_EVERY_MS - elapsed()
    if (wait <= 0) return publish
    telling = true
    return Effect.sleep(wait).pipe(
      Effect.andThen(
        Effect.suspend(() => {
          telling = false
          return soon
        })
      ),
      Effect.forkIn(scope),
      Effect.asVoid
    )
  })

  const progress: Progress = {
    run: () => run,
    failures: () => failures,
    timings,
    begunAt,
    stillMs: () => elapsed() - movedAt,
    count: (bookmakerId, added) =>
      Effect.suspend(() => {
        const before = counts.get(bookmakerId) ?? noCounts(bookmakerId)
        counts.set(bookmakerId, {
          bookmakerId,
          discovered: before.discovered + (added.discovered ?? 0),
          planned: before.planned + (added.planned ?? 0),
          fetched: before.fetched + (added.fetched ?? 0),
          failed: before.failed + (added.failed ?? 0),
          gone: before.gone + (added.gone ?? 0)
        })
        if (!isOver(run.phase)) refresh({})
        return soon
      }),
    events: (eventsCount) =>
      Effect.suspend(() => {
        refresh({ eventsCount })
        return soon
      }),
    fail: (failure) =>
      Effect.sync(() => {
        if (failures.length < MAX_FAILURES) {
          failures.push({ ...failure, id: `${run.id}/${failures.length + 1}`, at: clock.currentTimeMillisUnsafe() })
        }
      }),
    enter: (phase, message, durableSeq) =>
      Effect.suspend(() => {
        if (isOver(run.phase)) return Effect.void
        refresh({
          phase,
          message,
          timings: timings.all(),
          endedAt: isOver(phase) ? clock.currentTimeMillisUnsafe() : undefined,
          durableSeq: durableSeq ?? run.durableSeq
        })
        const fresh = failures.slice(kept)
        kept = failures.length
        return Effect.andThen(publish, outlets.keep(run, fresh))
      }),
    watch: Stream.fromPubSub(told).pipe(Stream.takeUntil(({ phase }) => isOver(phase)))
  }
  return progress
})

export const noCounts = (bookmakerId: BookmakerId): RunCounts => ({
  bookmakerId,
  discovered: 0,
  planned: 0,
  fetched: 0,
  failed: 0,
  gone: 0
})

/** One failure as it is listed, before it has its number. */
export const failureOf = (
  bookmakerId: BookmakerId,
  eventId: EventId | undefined,
  code: ReasonCode,
  message: string,
  durationMs: number
): Omit<RunFailure, "id" | "at"> => ({ bookmakerId, eventId, class: code, message, durationMs })

const working = (phase: RunPhase, current: number, total: number): string | undefined => {
  if (phase === "DISCOVERING") return `Discovering; ${current} of ${total} listings fetched so far.`
  return phase === "SCRAPING" ? `${current} of ${total} listings fetched.` : undefined
}
