/**
 * Moves the virtual clock while real sockets work: time passes only while no request is under way.
 *
 * So no deadline is met because the machine is busy, and no pause is waited for. Where the fault is that nothing comes,
 * the clock jumps as soon as the line has been quiet for a while.
 */
import { setTimeout as pause } from "node:timers/promises"
import { Cause, Effect, Exit, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { Requests } from "./house.ts"

/** How long a request may take in real time before the clock goes on without it. */
export interface Patience {
  readonly quietMs: number
}

export const PATIENT: Patience = { quietMs: 15_000 }
export const STALLING: Patience = { quietMs: 60 }

/** Short at first, because most pauses are; longer with each step that nothing came of. */
const IDLE_STEPS_MS = { first: 50, last: 1_000 }
/** Half of the shortest deadline. */
const STALL_STEP_MS = 2_500
/** Nothing asked for by a case takes longer: it has been lost. */
const LONGEST_MS = 3_600_000

/** Runs to its end. */
export const drive = Effect.fnUntraced(function* <A, E, R>(work: Effect.Effect<A, E, R>, { quietMs }: Patience) {
  const { active, sent } = yield* Requests
  const fiber = yield* Effect.forkChild(work)
  let passed = 0
  let step = IDLE_STEPS_MS.first
  while (fiber.pollUnsafe() === undefined && passed < LONGEST_MS) {
    yield* turn(1)
    if (active() === 0) {
      yield* TestClock.adjust(step)
      passed += step
      step = active() === 0 ? Math.min(IDLE_STEPS_MS.last, step * 1.5) : IDLE_STEPS_MS.first
    } else if (yield* isQuiet(() => `${active()} ${sent.length}`, quietMs)) {
      yield* TestClock.adjust(STALL_STEP_MS)
      passed += STALL_STEP_MS
    }
  }
  const exit = fiber.pollUnsafe()
  if (exit === undefined) {
    yield* Fiber.interrupt(fiber)
    return yield* Effect.die(new Error("The work has not ended within an hour of virtual time."))
  }
  return Exit.isSuccess(exit) ? exit.value : yield* Effect.failCause(Cause.fromReasons(exit.cause.reasons))
})

/** True when nothing has begun or ended for so long. */
const isQuiet = Effect.fnUntraced(function* (state: () => string, forMs: number) {
  const before = state()
  const until = performance.now() + forMs
  while (performance.now() < until) {
    yield* turn(2)
    if (state() !== before) return false
  }
  return true
})

/** Real time, in which sockets and worker threads get on. */
const turn = (ms: number): Effect.Effect<void> => Effect.promise(() => pause(ms))
