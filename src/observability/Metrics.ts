/**
 * What all rooms' metrics share: the buckets of durations, and the page that Prometheus reads.
 *
 * A room declares its metrics beside the code that moves them; names are snake_case, counters end in
 * `_total`, durations in `_ms`. What the process costs is read when the page is asked for.
 */
import { memoryUsage, resourceUsage, uptime } from "node:process"
import { Effect, Metric } from "effect"
import { PrometheusMetrics } from "effect/observability"

/** From a journal commit to a full run, in ms. */
const DURATION_BUCKETS_MS: readonly number[] = [
  0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 120_000
]

/** A histogram of milliseconds. */
export const durationMs = (name: string, description: string): Metric.Histogram<number> =>
  Metric.histogram(name, { description, boundaries: DURATION_BUCKETS_MS })

/** The body of `/metrics`. */
export const metricsPage: Effect.Effect<string> = Effect.gen(function* () {
  const memory = memoryUsage()
  const usage = resourceUsage()
  yield* Metric.update(resident, memory.rss)
  yield* Metric.update(heap, memory.heapUsed)
  yield* Metric.update(processor, (usage.userCPUTime + usage.systemCPUTime) / 1_000_000)
  yield* Metric.update(alive, uptime())
  return yield* PrometheusMetrics.format()
})

const resident = Metric.gauge("process_resident_memory_bytes", { description: "Resident memory" })
const heap = Metric.gauge("process_heap_used_bytes", { description: "Heap in use" })
const processor = Metric.gauge("process_cpu_seconds", { description: "CPU time used, user and system" })
const alive = Metric.gauge("process_uptime_seconds", { description: "Time since the process started" })
