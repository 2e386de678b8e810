/**
 * How the process speaks to its operator: one line per log entry on standard error, for people in a terminal
 * and as JSON otherwise, and the delay of the event loop as a metric.
 *
 * Standard output stays free for what a command answers.
 */
import { monitorEventLoopDelay } from "node:perf_hooks"
import { isatty } from "node:tty"
import { Effect, Layer, Logger, Metric } from "effect"
import { humanLine } from "./LogLine.ts"

/** Logger and event-loop metric, for `App` to provide below everything else. */
export const telemetryLayer = Layer.unwrap(
  Effect.sync(() => Layer.mergeAll(Logger.layer([isatty(STANDARD_ERROR) ? forPeople : forMachines]), eventLoopDelay))
)

const STANDARD_ERROR = 2

const forPeople = Logger.withConsoleError(humanLine)
const forMachines = Logger.withConsoleError(Logger.formatJson)

const RESOLUTION_MS = 10

const delay = Metric.gauge("event_loop_delay_ms", {
  description: "Delay of the event loop over the last ten seconds, by quantile"
})
const quantiles = [50, 99, 100] as const

const eventLoopDelay = Layer.effectDiscard(
  Effect.gen(function* () {
    const histogram = yield* Effect.acquireRelease(
      Effect.sync(() => monitorEventLoopDelay({ resolution: RESOLUTION_MS })),
      (open) => Effect.sync(() => open.disable())
    )
    histogram.enable()
    const read = Effect.gen(function* () {
      for (const quantile of quantiles) {
        // Node reports the time between two of its own timers, so its interval is part of each value.
        const late = Math.max(0, histogram.percentile(quantile) / 1e6 - RESOLUTION_MS)
        yield* Metric.update(Metric.withAttributes(delay, { quantile: String(quantile / 100) }), late)
      }
      histogram.reset()
    })
    yield* Effect.forkScoped(Effect.forever(Effect.andThen(Effect.sleep("10 seconds"), read)))
  })
)
