/** The virtual clock of a test whose time of day can be set, as a host's can: waits and elapsed time know nothing of it. */
import { Clock, Effect } from "effect"

export const settableClock = Effect.map(Clock.Clock, (clock) => {
  let ahead = 0
  const timeOfDay = (): number => clock.currentTimeMillisUnsafe() + ahead
  const ownTime = new Map<PropertyKey, unknown>([
    ["currentTimeMillisUnsafe", timeOfDay],
    ["currentTimeMillis", Effect.sync(timeOfDay)]
  ])
  // In front of the whole virtual clock, because whoever moves it asks for it by the same name.
  const host = new Proxy(clock, { get: (whole, name): unknown => ownTime.get(name) ?? Reflect.get(whole, name) })
  return {
    host,
    /** Milliseconds, negative to set it back. */
    setBy: (ms: number) => Effect.sync(() => void (ahead += ms))
  }
})
