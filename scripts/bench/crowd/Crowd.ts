/**
 * Thousands of subscribers of a whole house, in a process of their own: what reaches them, how late, and whether each
 * message begins where the last one ended.
 */
import { fork } from "node:child_process"
import { once } from "node:events"
import { setTimeout as pause } from "node:timers/promises"
import { fileURLToPath } from "node:url"

export interface Asking {
  readonly port: number
  readonly query: string
  /** Of each group of subscribers that share their messages. */
  readonly groups: readonly object[]
  readonly connections: number
  /** Every so many messages one goes unheard: to see that it is noticed. */
  readonly deafEvery?: number
}

export interface Counted {
  /** Subscribers that hold a whole base. */
  readonly ready: number
  readonly closed: number
  /** Messages that brought a change or a confirmation, to each who got it. */
  readonly deliveries: number
  readonly breaks: number
  /** Milliseconds from the last byte of the bookmaker's answer to the subscriber, for each delivery of a changed price. */
  readonly samples: number
  readonly p50: number
  readonly p99: number
  readonly most: number
}

export interface Crowd {
  readonly count: () => Promise<Counted>
  /** Counts deliveries and delays anew from here. */
  readonly reset: () => void
  readonly stop: () => void
}

/** Answers once every subscriber has its base. */
export const startCrowd = async (asking: Asking): Promise<Crowd> => {
  const child = fork(fileURLToPath(new URL("./members.ts", import.meta.url)), [JSON.stringify(asking)])
  const count = async (): Promise<Counted> => {
    const answer = new Promise<Counted>((resolve) => child.once("message", (counted: Counted) => resolve(counted)))
    child.send("count")
    return answer
  }
  const deadline = performance.now() + READY_WITHIN_MS
  while ((await count()).ready < asking.connections) {
    if (performance.now() > deadline) {
      child.kill()
      await once(child, "exit")
      throw new Error(`Not all of ${asking.connections} subscribers had a base within ${READY_WITHIN_MS / 1_000} s.`)
    }
    await pause(200)
  }
  return { count, reset: () => void child.send("reset"), stop: () => void child.kill() }
}

const READY_WITHIN_MS = 180_000
