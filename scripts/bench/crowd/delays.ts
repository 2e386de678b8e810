/** Delays counted by whole milliseconds, so that millions of them cost nothing. */

export interface Delays {
  readonly add: (ms: number) => void
  readonly clear: () => void
  readonly told: () => { readonly samples: number; readonly p50: number; readonly p99: number; readonly most: number }
}

export const makeDelays = (): Delays => {
  const counts = new Uint32Array(60_000)
  let samples = 0
  let most = 0
  const quantile = (share: number): number => {
    let left = share * samples
    for (const [ms, count] of counts.entries()) if ((left -= count) < 0) return ms
    return most
  }
  return {
    add: (ms) => {
      const bucket = Math.min(Math.max(Math.ceil(ms), 0), counts.length - 1)
      counts[bucket] = (counts[bucket] ?? 0) + 1
      samples++
      most = Math.max(most, ms)
    },
    clear: () => {
      counts.fill(0)
      samples = 0
      most = 0
    },
    told: () => ({ samples, p50: quantile(0.5), p99: quantile(0.99), most })
  }
}
