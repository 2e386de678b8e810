/**
 * Durations of one stage in a histogram whose buckets grow by a twentieth.
 *
 * So a run of a hundred thousand requests costs as much memory as one of ten, and a percentile is within 5 %.
 */
import type { BookmakerId } from "../../domain/Bookmaker.ts"
import type { StageTiming } from "../../domain/Run.ts"

export interface Timings {
  readonly add: (stage: string, bookmakerId: BookmakerId | undefined, milliseconds: number) => void
  readonly all: () => readonly StageTiming[]
}

export const makeTimings = (): Timings => {
  const stages = new Map<string, Stage>()
  return {
    add: (stage, bookmakerId, milliseconds) => {
      const key = `${stage}/${bookmakerId ?? ""}`
      let held = stages.get(key)
      if (held === undefined) stages.set(key, (held = { stage, bookmakerId, count: 0, total: 0, buckets: new Map() }))
      const bucket = bucketOf(milliseconds)
      held.count++
      held.total += milliseconds
      held.buckets.set(bucket, (held.buckets.get(bucket) ?? 0) + 1)
    },
    all: () => Array.from(stages.values(), timingOf)
  }
}

interface Stage {
  readonly stage: string
  readonly bookmakerId: BookmakerId | undefined
  count: number
  total: number
  readonly buckets: Map<number, number>
}

const GROWTH = Math.log(1.05)
/** Milliseconds; shorter times are not told apart. */
const LEAST = 0.01

const bucketOf = (milliseconds: number): number =>
  milliseconds < LEAST ? 0 : 1 + Math.floor(Math.log(milliseconds / LEAST) / GROWTH)

/** The middle of a bucket, to three figures. */
const valueOf = (bucket: number): number =>
  bucket === 0 ? 0 : Number((LEAST * Math.exp((bucket - 0.5) * GROWTH)).toPrecision(3))

const timingOf = ({ stage, bookmakerId, count, total, buckets }: Stage): StageTiming => {
  const ascending = [...buckets].sort(([a], [b]) => a - b)
  const percentile = (share: number): number => {
    let seen = 0
    for (const [bucket, held] of ascending) {
      seen += held
      if (seen >= share * count) return valueOf(bucket)
    }
    return 0
  }
  return { stage, bookmakerId, count, total, p50: percentile(0.5), p95: percentile(0.95), p99: percentile(0.99) }
}
