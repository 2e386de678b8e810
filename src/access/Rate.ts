/**
 * How often something may be done: a bucket of permits that fills with time, one for all or one per name.
 *
 * Plain code with the time handed in, because it is asked for every message of every socket; it has to be one that
 * nobody can set, as a step back would leave a bucket in debt for as long. Names are forgotten once their bucket is full
 * again, so strangers cannot fill the memory with them.
 */

export interface Rate {
  readonly perSecond: number
  /** How many at once, after a quiet time. */
  readonly burst: number
}

/** Answers whether one more may be done now, and counts it if so. */
export const makeBucket = ({ perSecond, burst }: Rate, now: () => number): (() => boolean) => {
  let permits = burst
  let at = now()
  return () => {
    const time = now()
    permits = Math.min(burst, permits + ((time - at) * perSecond) / 1_000)
    at = time
    if (permits < 1) return false
    permits -= 1
    return true
  }
}

/** The same for each name by itself. */
export const makeBuckets = (rate: Rate, now: () => number): ((name: string) => boolean) => {
  const fullAfterMs = (rate.burst / rate.perSecond) * 1_000
  const buckets = new Map<string, { readonly take: () => boolean; usedAt: number }>()
  let sweepAt = now() + fullAfterMs
  const sweep = (time: number): void => {
    sweepAt = time + fullAfterMs
    for (const [name, { usedAt }] of buckets) if (time - usedAt >= fullAfterMs) buckets.delete(name)
  }
  return (name) => {
    const time = now()
    if (time >= sweepAt) sweep(time)
    const bucket = buckets.get(name) ?? { take: makeBucket(rate, now), usedAt: time }
    buckets.set(name, bucket)
    bucket.usedAt = time
    return bucket.take()
  }
}
