/**
 * The time that pauses are counted in: it goes on when the host's clock is set, so a pause lasts as long as was asked for.
 *
 * It begins as the host's time and is that for as long as nobody sets the clock; what is told outside is translated to
 * the host's time as it is then, and what comes from outside likewise.
 */
import { Clock, Effect } from "effect"

export interface Steady {
  readonly now: () => number
  /** The same instant by the host's clock. */
  readonly toHost: (at: number) => number
  readonly fromHost: (at: number) => number
}

export const makeSteady: Effect.Effect<Steady> = Effect.map(Clock.Clock, (clock) => {
  const elapsed = (): number => Number(clock.monotonicTimeNanosUnsafe() / 1_000_000n)
  const start = clock.currentTimeMillisUnsafe() - elapsed()
  const now = (): number => start + elapsed()
  let apart = 0
  /** Moves by steps only: an announced instant must not waver with every millisecond that a clock is slewed by. */
  const hostIsAhead = (): number => {
    const seen = clock.currentTimeMillisUnsafe() - now()
    if (Math.abs(seen - apart) >= LEAST_STEP_MS) apart = seen
    return apart
  }
  return { now, toHost: (at) => at + hostIsAhead(), fromHost: (at) => at - hostIsAhead() }
})

const LEAST_STEP_MS = 1_000
