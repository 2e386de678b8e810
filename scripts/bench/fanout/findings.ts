/** What the rounds of the fan-out benchmark say: its rows with their goals, and the tables beside them. */
import { atLeast, atMost, figures, plainly } from "../report.ts"
import type { Detail, Row } from "../report.ts"
import { median, medianRatio } from "../rounds.ts"
import type { Measured } from "./measure.ts"

export type Results = ReadonlyMap<string, ReadonlyMap<string, readonly Measured[]>>

export const rowsOf = (results: Results): readonly Row[] => {
  const cpu = (crowd: string, name: string): readonly number[] =>
    results
      .get(crowd)
      ?.get(name)
      ?.map(({ cpuUs }) => cpuUs) ?? []
  const toRaw = (what: string, crowd: string, name: string, goal: number): readonly Row[] => {
    const limits = cpu(crowd, "raw")
    if (limits.length === 0) return []
    const ratio = medianRatio(cpu(crowd, name), limits)
    return [atMost(`${what}, ${crowd}`, median(limits) * ratio, median(limits), goal, "µs")]
  }
  const toOurs = (peer: string, crowd: string, goal: number): readonly Row[] => {
    const own = cpu(crowd, "ours")
    const theirs = cpu(crowd, peer)
    if (theirs.length === 0) return []
    return [atLeast(`${peer} to ours, ${crowd}`, median(own) * medianRatio(theirs, own), median(own), goal, "µs")]
  }
  return [
    ...toRaw("one delta", "1000 in one group", "ours", 1.2),
    ...toRaw("one delta", "5000 in one group", "ours", 1.4),
    ...toRaw("burst of 8", "1000 in one group", "ours, burst of 8", 0.5),
    ...toRaw("burst of 8, equal ids", "1000 in one group", "ours, burst of 8, equal ids", 0.25),
    ...["yoga", "mercurius", "apollo"].flatMap((peer) => toOurs(peer, "1000 in one group", 10)),
    ...toOurs("yoga", "1000 in 1000 groups", 2.5),
    ...toOurs("ours, not shared", "1000 in one group", 2)
  ]
}

export interface Holding {
  readonly name: string
  /** Bytes. */
  readonly idle: number
  readonly stalled: number | undefined
}

export const memoryRows = (held: readonly Holding[]): readonly Row[] =>
  held
    .filter(({ name }) => name === "ours")
    .flatMap(({ idle, stalled }) => [
      plainly("RSS per idle subscribed connection", idle / 1_024, "KB", { most: 30 }),
      plainly("memory per client that never reads", (stalled ?? NaN) / 1e6, "MB", { most: 1.5 })
    ])

export const memoryDetail = (held: readonly Holding[]): Detail => ({
  title: "Memory of a connection",
  rows: held.map(({ name, idle, stalled }) => ({
    server: name,
    "KB idle": figures(idle / 1_024),
    "KB of a client that never reads": stalled === undefined ? "–" : figures(stalled / 1_024)
  }))
})

export const detailOf = (title: string, measured: ReadonlyMap<string, readonly Measured[]>): Detail => ({
  title: `${title}: the middle of the rounds`,
  rows: [...measured].map(([name, all]) => {
    const middle = (of: (one: Measured) => number): string => figures(median(all.map(of)))
    return {
      server: name,
      "CPU µs": middle(({ cpuUs }) => cpuUs),
      "each round": all.map(({ cpuUs }) => figures(cpuUs)).join(" "),
      "deliveries/s": middle(({ perSecond }) => perSecond),
      "p50 ms": middle(({ p50 }) => p50),
      "p99 ms": middle(({ p99 }) => p99),
      "bytes/frame": middle(({ bytesPerFrame }) => bytesPerFrame),
      "frames/change": middle(({ framesPerChange }) => framesPerChange),
      lost: all.reduce((sum, { lost }) => sum + lost, 0),
      "client busy": middle(({ clientBusy }) => clientBusy)
    }
  })
})
