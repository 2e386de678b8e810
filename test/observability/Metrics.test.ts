import { assert, describe, it } from "@effect/vitest"
import { Effect, Metric } from "effect"
import { durationMs, metricsPage } from "../../src/observability/Metrics.ts"

describe("the metrics page", () => {
  it.effect("shows what a room measured, with its labels, beside what the process costs", () =>
    Effect.gen(function* () {
      const duration = Metric.withAttributes(durationMs("tea_brewing_ms", "Time to brew"), { pot: "blue" })
      yield* Metric.update(duration, 7)
      const page = yield* metricsPage
      assert.match(page, /tea_brewing_ms_bucket\{pot="blue",le="10"\} 1/)
      assert.match(page, /tea_brewing_ms_bucket\{pot="blue",le="5"\} 0/)
      assert.match(page, /process_resident_memory_bytes \d+/)
      assert.match(page, /process_cpu_seconds [\d.]+/)
    })
  )
})
