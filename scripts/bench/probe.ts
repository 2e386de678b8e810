/**
 * Preloaded into the house: measures its event loop and CPU from inside, told to and asked over the channel.
 *
 * The delay is that of a timer due every 2 ms, so a block is counted once and not once for all it held up.
 */
import { monitorEventLoopDelay } from "node:perf_hooks"

export interface Probed {
  /** User and system of all threads since `reset`, ms. */
  readonly cpuMs: number
  readonly delayMs: { readonly p50: number; readonly p99: number; readonly max: number }
  readonly rss: number
}

const RESOLUTION_MS = 2
const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
delays.enable()
let began = process.cpuUsage()

process.on("message", (message) => {
  if (message === "reset") {
    delays.reset()
    began = process.cpuUsage()
  } else if (message === "read") {
    const { user, system } = process.cpuUsage(began)
    const delay = (nanos: number): number => Math.max(0, nanos / 1e6 - RESOLUTION_MS)
    const probed: Probed = {
      cpuMs: (user + system) / 1_000,
      delayMs: { p50: delay(delays.percentile(50)), p99: delay(delays.percentile(99)), max: delay(delays.max) },
      rss: process.memoryUsage.rss()
    }
    process.send?.(probed)
  }
})
