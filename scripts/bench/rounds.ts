/**
 * Interleaved rounds: every contender once per round, so that whatever else this machine does meets all of them.
 *
 * The middle of the rounds' ratios is what counts; single rounds on a shared machine are off by a third.
 */
import { setImmediate as turn } from "node:timers/promises"

/** Something to be measured: answers what one unit cost, in whatever unit the caller compares. */
export type Contender = () => number | Promise<number>

/** Measures every contender once per round; answers what each cost, round by round, by its name. */
export const interleaved = async <Name extends string>(
  rounds: number,
  contenders: Readonly<Record<Name, Contender>>
): Promise<(name: Name) => readonly number[]> => {
  const costs = new Map<string, readonly number[]>()
  for (let round = 0; round < rounds; round++) {
    for (const [name, measure] of Object.entries<Contender>(contenders)) {
      const cost = await measure()
      costs.set(name, [...(costs.get(name) ?? []), cost])
      await turn()
    }
  }
  return (name) => costs.get(name) ?? []
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)

export const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
}

/** The middle of the ratios of two contenders measured side by side. */
export const medianRatio = (costs: readonly number[], limits: readonly number[]): number =>
  median(costs.map((cost, round) => cost / (limits[round] ?? NaN)))

/** CPU of this thread per call in microseconds, over as many calls as fill `forMs`. */
export const cpuPerCall = (work: () => unknown, forMs = 150): number => {
  const until = performance.now() + forMs
  const began = process.threadCpuUsage()
  let calls = 0
  do {
    work()
    calls++
  } while (performance.now() < until)
  const { user, system } = process.threadCpuUsage(began)
  return (user + system) / calls
}
