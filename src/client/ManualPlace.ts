/** Surroundings whose time is moved by hand: for tests of pages and of the client itself. */
import type { Surroundings } from "./Surroundings.ts"

export interface ManualPlace extends Surroundings {
  /** Moves time on and runs what falls due on the way, in order. */
  readonly advance: (ms: number) => void
  readonly focus: (focused: "FOCUSED" | "HIDDEN") => void
}

export const makeManualPlace = (): ManualPlace => {
  let time = 0
  let focused = true
  const timers = new Set<Timer>()
  const returns = new Set<() => void>()
  const runNext = (until: number): boolean => {
    const [next] = [...timers].filter(({ at }) => at <= until).sort((one, other) => one.at - other.at)
    if (next === undefined) return false
    timers.delete(next)
    time = Math.max(time, next.at)
    next.run()
    return true
  }
  return {
    now: () => time,
    random: () => 0.5,
    focused: () => focused,
    after: (ms, run) => {
      const timer = { at: time + ms, run }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    onReturn: (run) => {
      returns.add(run)
      return () => returns.delete(run)
    },
    advance: (ms) => {
      const until = time + ms
      while (runNext(until));
      time = until
    },
    focus: (next) => {
      focused = next === "FOCUSED"
      if (focused) for (const run of returns) run()
    }
  }
}

interface Timer {
  readonly at: number
  readonly run: () => void
}
