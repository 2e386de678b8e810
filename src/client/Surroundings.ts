/**
 * What the client takes from the place it runs in: a clock that only goes forward, timers, chance, and whether
 * somebody is looking.
 *
 * The date of the machine is not among it: a trader's computer may be minutes off, and no number depends on it.
 */

export type Cancel = () => void

export interface Surroundings {
  /** Milliseconds since some instant; never steps. */
  readonly now: () => number
  readonly after: (ms: number, run: () => void) => Cancel
  /** In [0, 1). */
  readonly random: () => number
  /** True when a person looks, and always where there is no page. */
  readonly focused: () => boolean
  /** Calls when somebody looks again, or the machine has a network again. */
  readonly onReturn: (run: () => void) => Cancel
}

export const surroundings: Surroundings = {
  now: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
  random: () => Math.random(),
  focused: () => typeof document === "undefined" || document.visibilityState === "visible",
  onReturn: (run) => {
    if (typeof document === "undefined") return () => undefined
    const seen = (): void => {
      if (document.visibilityState === "visible") run()
    }
    document.addEventListener("visibilitychange", seen)
    window.addEventListener("focus", seen)
    window.addEventListener("online", run)
    return () => {
      document.removeEventListener("visibilitychange", seen)
      window.removeEventListener("focus", seen)
      window.removeEventListener("online", run)
    }
  }
}
