/** What a run needs before it can go on. */
import { setTimeout as pause } from "node:timers/promises"

/** Fails with what was waited for when it does not hold within a minute. */
export const untilSo = async (what: string, holds: () => boolean | Promise<boolean>): Promise<void> => {
  const deadline = performance.now() + WITHIN_S * 1_000
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`Not within ${WITHIN_S} s: ${what}.`)
    await pause(50)
  }
}

const WITHIN_S = 60
