/** Who dies next: drawn, but nobody so often within a minute that it would give up, and everybody once at least. */
import { setTimeout as pause } from "node:timers/promises"
import type { Draw } from "../house/Draw.ts"

export interface Victims {
  /** `left` is how many are still to be drawn, this one included. */
  readonly next: (left: number) => Promise<string>
  /** How many different ones were drawn. */
  readonly count: () => number
}

/** A minute of DESIGN §9, and what a busy machine takes to notice a death. */
const WINDOW_MS = 65_000
/** One less than an actor survives: one more death may follow. */
const DEATHS_IN_WINDOW = 4

export const drawVictims = (names: readonly string[], { between }: Draw): Victims => {
  const deaths = new Map<string, readonly number[]>()
  const mayDie = (name: string): boolean =>
    (deaths.get(name) ?? []).filter((at) => performance.now() - at < WINDOW_MS).length < DEATHS_IN_WINDOW
  const drawn = (left: number): string | undefined => {
    const spared = names.filter((name) => !deaths.has(name))
    const candidates = spared.length >= left ? spared : names.filter(mayDie)
    return candidates[Math.floor(between(0, candidates.length))]
  }
  return {
    next: async (left) => {
      for (;;) {
        const name = drawn(left)
        if (name !== undefined) {
          deaths.set(name, [...(deaths.get(name) ?? []), performance.now()])
          return name
        }
        await pause(100)
      }
    },
    count: () => deaths.size
  }
}
