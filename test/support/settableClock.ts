/** The virtual clock of a test whose time of day can be set, as a host's can: waits and elapsed time know nothing of it. */
import { Clock, Effect } from "effect"

export const settableClock = Effect.map(Clock.Clock, (clock) => {
  let ahead = 0
  const timeOfDay = (): number => clock.currentTimeMillisUnsafe() + ahead
  const host: Clock.Clock = {
    ...clock,
    currentTimeMillisUnsafe: timeOfDay,
    currentTimeMillis: Effect.sync(timeOfDay)
  }
  return {
    host,
    /** Milliseconds, negative to set it back. */
    setBy: (ms: number) => Effect.sync(() => void (ahead += ms))
  }
})
