/**
 * Preloaded into the house: measures its event loop and CPU from inside, told to and asked over the channel. It is
 * preloaded into the house's threads as well, which have no channel, and does nothing there.
 *
 * The delay is that of a timer due every 2 ms, so a block is counted once and not once for all it held up.
 */
import { monitorEventLoopDelay } from "node:perf_hooks"
import type { Worker } from "node:worker_threads"

export interface Probed {
  /** User and system of all threads since `reset`, ms. */
  readonly cpuMs: number
  /** Of that, the main thread's own. */
  readonly mainMs: number
  /** Of that, what ran in workers; the rest is the engine's helpers and libuv's pool. */
  readonly workersMs: number
  readonly delayMs: { readonly p50: number; readonly p99: number; readonly max: number }
  readonly rss: number
}

const RESOLUTION_MS = 2
const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
delays.enable()

const workers = new Set<Worker>()
process.on("worker", (worker) => {
  workers.add(worker)
  worker.once("exit", () => workers.delete(worker))
})

interface Used {
  readonly all: number
  readonly main: number
  readonly workers: number
}

const sum = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1_000

const used = async (): Promise<Used> => {
  const inWorkers = await Promise.all([...workers].map((worker) => worker.cpuUsage()))
  return {
    all: sum(process.cpuUsage()),
    main: sum(process.threadCpuUsage()),
    workers: inWorkers.reduce((total, usage) => total + sum(usage), 0)
  }
}

let began = used()

const read = async (): Promise<Probed> => {
  const [before, now] = await Promise.all([began, used()])
  const delay = (nanos: number): number => Math.max(0, nanos / 1e6 - RESOLUTION_MS)
  return {
    cpuMs: now.all - before.all,
    mainMs: now.main - before.main,
    workersMs: now.workers - before.workers,
    delayMs: { p50: delay(delays.percentile(50)), p99: delay(delays.percentile(99)), max: delay(delays.max) },
    rss: process.memoryUsage.rss()
  }
}

process.on("message", (message) => {
  if (message === "reset") {
    delays.reset()
    began = used()
  } else if (message === "read") {
    void read().then((probed) => process.send?.(probed))
  }
})
