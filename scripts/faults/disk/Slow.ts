/** A disk that takes two seconds for each commit: what is seen comes later, and nothing else of the house waits for it. */
import { setTimeout as pause } from "node:timers/promises"
import type { Covered } from "./Gaps.ts"
import type { Hooks } from "./Hooks.ts"

export interface Slowness {
  readonly messages: number
  /** Messages told as not durable: two seconds are no reason to give the disk up. */
  readonly undurable: number
  /** Longest time without a message, ms. */
  readonly silence: number
  /** Longest answer of `/healthz`, ms: the event loop answers it, which must not wait for the disk. */
  readonly slowestAnswer: number
}

export const COMMIT_TAKES_MS = 2_000

export const slowed = async (
  url: string,
  hooks: Hooks,
  messages: readonly Covered[],
  forMs: number
): Promise<Slowness> => {
  const before = messages.length
  let [seen, heardAt, silence, slowestAnswer] = [before, performance.now(), 0, 0]
  hooks.slow(COMMIT_TAKES_MS)
  const until = performance.now() + forMs
  while (performance.now() < until) {
    const asked = performance.now()
    await fetch(`${url}/healthz`).then((answer) => answer.text())
    slowestAnswer = Math.max(slowestAnswer, performance.now() - asked)
    if (messages.length > seen) [seen, heardAt] = [messages.length, performance.now()]
    silence = Math.max(silence, performance.now() - heardAt)
    await pause(20)
  }
  hooks.slow(undefined)
  const told = messages.slice(before)
  return { messages: told.length, undurable: told.filter(({ durable }) => !durable).length, silence, slowestAnswer }
}
