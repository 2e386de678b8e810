/**
 * The publishing side of every server of the benchmark: does what it is ordered to over the channel, and answers.
 *
 * All servers run this same loop, so that what differs between them is how a change reaches its subscribers.
 */
import { openSync, readSync } from "node:fs"
import { argv } from "node:process"
import { setImmediate as turn, setTimeout as pause } from "node:timers/promises"
import { nowUs } from "./stamps.ts"

export type Order =
  | { readonly order: "rest" }
  | { readonly order: "warm"; readonly changes: number; readonly burst: number }
  | { readonly order: "saturate"; readonly ms: number; readonly burst: number; readonly sockets: number }
  | { readonly order: "pace"; readonly ms: number; readonly perSecond: number }

export interface Answer {
  readonly changes: number
  readonly beganUs: number
  readonly rss: number
  /** On the heap and beside it, without what the allocators keep in reserve. */
  readonly held: number
}

/** Told once when the server listens. */
export interface Listening {
  readonly port: number
  /** Of our own server: one message as everybody else is to send it, and the cursor to go on from. */
  readonly sample?: { readonly message: object; readonly cursor: string }
}

export interface Publisher {
  /** The change of number `i`, due at `us`. */
  readonly publish: (i: number, us: number) => void
  /** Ends when what was published has been handed to the sockets. */
  readonly flushed: () => Promise<unknown>
}

/** Serves until the parent goes. */
export const obey = (publisher: Publisher, listening: Listening): void => {
  process.on("message", (order: Order) => {
    const beganUs = nowUs()
    void done(publisher, order).then((changes) => {
      const { external, heapUsed, rss } = process.memoryUsage()
      const answer: Answer = { changes, beganUs, rss, held: heapUsed + external }
      process.send?.(answer)
    })
  })
  process.on("disconnect", () => process.exit(0))
  process.send?.(listening)
}

// The first one was sent as the sample.
let next = 1

const done = async (publisher: Publisher, order: Order): Promise<number> => {
  switch (order.order) {
    case "rest":
      // Gives back what the heap keeps in reserve: that is no price of a socket.
      globalThis.gc?.({ type: "major", execution: "sync", flavor: "last-resort" })
      await pause(50)
      globalThis.gc?.({ type: "major", execution: "sync", flavor: "last-resort" })
      return 0
    case "warm":
      for (let sent = 0; sent < order.changes; sent += order.burst) await burst(publisher, order.burst)
      return order.changes
    case "saturate":
      return saturate(publisher, order)
    case "pace":
      return pace(publisher, order)
  }
}

const burst = async ({ publish, flushed }: Publisher, size: number): Promise<void> => {
  for (let i = 0; i < size; i++) publish(next++, nowUs())
  await flushed()
}

/** A closed loop, over so much CPU of ours: four bursts, but at least 20,000 deliveries, may be on the way. */
const saturate = async (
  publisher: Publisher,
  { ms, burst: size, sockets }: Extract<Order, { readonly order: "saturate" }>
): Promise<number> => {
  const before = delivered()
  const most = Math.max(4 * size * sockets, 20_000)
  const began = process.cpuUsage()
  const latest = nowUs() + LONGEST * ms * 1_000
  let changes = 0
  while (cpuUs(began) < ms * 1_000 && nowUs() < latest) {
    if (changes > 0 && (changes + size) * sockets - (delivered() - before) > most) {
      // Waiting costs CPU as well: every millisecond it would be a twentieth of what is measured.
      await pause(5)
      continue
    }
    await burst(publisher, size)
    changes += size
  }
  return changes
}

/** Times as long as the CPU: for a server that waits more than it works. */
const LONGEST = 4

const cpuUs = (began: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(began)
  return user + system
}

/** An open loop: changes are due at fixed times, and latency counts from then, however late they are published. */
const pace = async (
  { publish, flushed }: Publisher,
  { ms, perSecond }: Extract<Order, { readonly order: "pace" }>
): Promise<number> => {
  const began = nowUs()
  const total = Math.max(1, Math.round((perSecond * ms) / 1_000))
  for (let i = 0; i < total;) {
    const due = began + (i * 1e6) / perSecond
    const left = due - nowUs()
    if (left > COARSE_US) await pause((left - COARSE_US) / 1_000)
    else if (left > 0) await turn()
    else {
      publish(next++, Math.round(due))
      i++
      await flushed()
    }
  }
  return total
}

/** Timers are off by a millisecond or more. */
const COARSE_US = 2_000

let counter: number | undefined

/** What the load client has counted so far. */
const delivered = (): number => {
  counter ??= openSync(argv[2] ?? "", "r")
  const bytes = Buffer.alloc(8)
  readSync(counter, bytes, 0, 8, 0)
  return bytes.readDoubleLE()
}
