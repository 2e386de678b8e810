/**
 * Milliseconds that go on when the host's clock is set: for waits, rates and ages, which are spans and not dates.
 *
 * It counts from an instant that means nothing, and stands still while the host is suspended, as timers do.
 */
import type { Clock } from "effect"

/** Whole, and never less than before. */
export const elapsedBy = (clock: Clock.Clock) => (): number => Number(clock.monotonicTimeNanosUnsafe() / 1_000_000n)
