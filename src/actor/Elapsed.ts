/**
 * Milliseconds that go on when the host's clock is set: for waits, rates and ages, which are spans and not dates.
 *
 * Elapsed time stands still while the host is suspended, as timers do: nobody was asked or told anything meanwhile, and
 * no pause is cut short by it. Ages must not stand still, so those who keep them ask also how long the host slept.
 */
import { uptime } from "node:os"
import { hrtime } from "node:process"
import { Context } from "effect"
import type { Clock } from "effect"

/** Whole, never less than before, and counted from an instant that means nothing. */
export const elapsedBy = (clock: Clock.Clock) => (): number => Number(clock.monotonicTimeNanosUnsafe() / 1_000_000n)

/**
 * How long the host was suspended so far, give or take a hundredth of a second and a constant: a host's uptime counts
 * what timers do not (CLOCK_BOOTTIME and CLOCK_MONOTONIC), and neither follows a clock that is set. So a laptop that wakes
 * makes everything old, and a correction of its time nothing. A virtual machine frozen without its kernel's knowledge
 * cannot be told from one whose clock was set, and counts as that.
 */
export const HostSleep = Context.Reference<() => number>("oddswire/actor/HostSleep", {
  defaultValue: () => () => uptime() * 1_000 - Number(hrtime.bigint() / 1_000_000n)
})
