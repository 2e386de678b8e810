/**
 * `run`: full runs of 1,300 events at three bookmakers, at recorded latencies and default limits, on the wall clock.
 *
 * One from an empty house and one warm with 5 % of all markets moved, against the limit that follows from the
 * latencies and against a plain loop with the same limits at the same simulator; then the same under the simulator's
 * default weather, which no limit accounts for. A round takes minutes, so there is one.
 */
import { setTimeout as pause } from "node:timers/promises"
import { cpuRows } from "./cpuRows.ts"
import { startHouse } from "./house.ts"
import type { House } from "./house.ts"
import { plainRun } from "./plainLoop.ts"
import type { PlainRun } from "./plainLoop.ts"
import type { Probed } from "./probe.ts"
import { atMost, figures, plainly } from "./report.ts"
import type { Benchmark, Detail, Findings, Row } from "./report.ts"
import { startSimulator } from "./simulator.ts"
import type { Simulator } from "./simulator.ts"

export const run: Benchmark = {
  name: "run",
  question: "How long does a full run of 1,300 events at three bookmakers take, and what does it cost?",
  measure: async () => {
    const calm = await underWeather("none")
    const rough = await underWeather("default")
    return findings(calm, rough)
  }
}

/** The plain loop and two runs at one simulator. */
interface Weathered {
  readonly plain: PlainRun
  readonly plainCpuMs: number
  readonly cold: Observed
  readonly warm: Observed
}

const underWeather = async (faults: "none" | "default"): Promise<Weathered> => {
  const simulator = await startSimulator(["--events", EVENTS, "--seed", "1", "--faults", faults])
  const plainBefore = simulator.cpuMs()
  const plain = await plainRun(simulator.url)
  const plainCpuMs = simulator.cpuMs() - plainBefore
  const house = await startHouse(simulator.environment)
  const cold = await observed(house, simulator)
  await house.ask("mutation { pauseSchedule { errors { message } } }")
  await simulator.move(MOVED)
  const warm = await observed(house, simulator)
  await house.stop()
  await simulator.stop()
  return { plain, plainCpuMs, cold, warm }
}

const EVENTS = "1300"
const MOVED = 0.05
const SAMPLE_MS = 1_000

interface Observed {
  readonly run: Run
  readonly seconds: number
  readonly probed: Probed
  readonly simulatorCpuMs: number
  /** About how long each phase took, s. */
  readonly phases: ReadonlyMap<string, number>
  /** Share of the time in which each bookmaker's permits were all taken, in ten parts of the run. */
  readonly busy: ReadonlyMap<string, readonly number[]>
}

/** Begins a run of everything, or joins the one under way since the start, and follows it to its end. */
const observed = async (house: House, simulator: Simulator): Promise<Observed> => {
  house.reset()
  const before = simulator.cpuMs()
  const id = (await house.ask<Started>(START)).startScrape.run?.id
  const samples: (readonly Work[])[] = []
  const phases = new Map<string, number>()
  while (true) {
    const { scrapeRun: run, system } = await house.ask<Watched>(WATCH, { id })
    samples.push(system.bookmakers)
    if (run !== null) phases.set(run.phase, (phases.get(run.phase) ?? 0) + SAMPLE_MS / 1_000)
    if (run !== null && run.endedAt !== null) {
      const seconds = (Date.parse(run.endedAt) - Date.parse(run.startedAt)) / 1_000
      const simulatorCpuMs = simulator.cpuMs() - before
      return { run, seconds, probed: await house.probed(), simulatorCpuMs, phases, busy: busyOf(samples) }
    }
    await pause(SAMPLE_MS)
  }
}

const busyOf = (samples: readonly (readonly Work[])[]): ReadonlyMap<string, readonly number[]> => {
  const ids = samples[0]?.map(({ bookmakerId }) => bookmakerId) ?? []
  const tenth = Math.ceil(samples.length / 10)
  return new Map(
    ids.map((id, i) => [
      id,
      Array.from({ length: 10 }, (_, part) => {
        const some = samples.slice(part * tenth, (part + 1) * tenth)
        const share = some.reduce((sum, works) => sum + (works[i]?.active ?? 0) / (works[i]?.limit ?? 1), 0)
        return some.length === 0 ? 0 : share / some.length
      })
    ])
  )
}

const findings = ({ plain, plainCpuMs, cold, warm }: Weathered, rough: Weathered): Findings => {
  const limit = limitOf(plain)
  const skew = (of: Observed): number => of.run.timings.find(({ stage }) => stage === "skew")?.p95 ?? Number.NaN
  return {
    rows: [
      without("plain undici loop, same limits, same simulator", plain.seconds, limit),
      atMost("full run from an empty house", cold.seconds, limit, 1.15, "s"),
      without("the same to the plain loop", cold.seconds, plain.seconds),
      atMost("full run of a warm house, 5 % of markets moved", warm.seconds, limit, 1.15, "s"),
      ...cpuRows(warm.probed, plain),
      without("the same under the default weather: plain loop", rough.plain.seconds, limitOf(rough.plain)),
      without("the same under the default weather: from empty", rough.cold.seconds, limitOf(rough.plain)),
      without("the same under the default weather: warm", rough.warm.seconds, limitOf(rough.plain)),
      plainly("skew of request times p95, from empty", skew(cold), "ms", { most: 400 }),
      plainly("skew of request times p95, warm", skew(warm), "ms", { most: 400 }),
      plainly("event-loop delay p99, from empty", cold.probed.delayMs.p99, "ms", { most: 20 }),
      plainly("event-loop delay p99, warm", warm.probed.delayMs.p99, "ms", { most: 20 }),
      plainly("simulator's CPU in the plain loop", plainCpuMs, "ms"),
      plainly("simulator's CPU in the warm run", warm.simulatorCpuMs, "ms"),
      plainly("RSS of the house after both runs", warm.probed.rss / 1e6, "MB")
    ],
    notes: [
      `The limit is that of the slowest bookmaker: its requests, lists included, × (mean recorded latency + pause) ÷ its permits.`,
      `From empty: ${cold.run.phase}, ${cold.run.message} CPU ${figures(cold.probed.cpuMs)} ms; longest block of the event loop ${figures(cold.probed.delayMs.max)} ms.`,
      `Warm: ${warm.run.phase}, ${warm.run.message} Longest block of the event loop ${figures(warm.probed.delayMs.max)} ms.`,
      `Seconds in each phase, from empty: ${told(cold)}; warm: ${told(warm)}.`,
      `Payloads: ${figures(plain.bytes / 1e6)} MB of JSON. All but the rows of the default weather are without faults: latencies have their tails, and every request is answered.`,
      `The default weather is 0.5 % resets and 1 % slow answers of 1.5 to 8.5 s, each met again by every repetition within a minute, so an item met by one ends after three tries. From empty: ${rough.cold.run.message} Warm: ${rough.warm.run.message}`
    ],
    details: [
      { title: "Limit and plain loop", rows: plain.sites.map((site) => mapNumbers(site)) },
      ...stages("Stages from empty, ms", cold),
      ...stages("Stages warm, ms", warm)
    ]
  }
}

/** A row to be read beside the others; DESIGN sets it no goal. */
const without = (what: string, seconds: number, limit: number): Row => ({
  ...atMost(what, seconds, limit, 1.15, "s"),
  goal: "–",
  met: undefined
})

const limitOf = ({ sites }: PlainRun): number => Math.max(...sites.map(({ computedSeconds }) => computedSeconds))

const told = ({ phases }: Observed): string => [...phases].map(([phase, s]) => `${phase} ${figures(s)}`).join(", ")

const stages = (title: string, { run, busy }: Observed): readonly Detail[] => [
  {
    title,
    rows: run.timings.map(({ stage, bookmakerId, count, p50, p95, p99 }) =>
      mapNumbers({ stage, bookmaker: bookmakerId ?? "–", count, p50, p95, p99 })
    )
  },
  {
    title: `${title.split(",")[0]}: share of permits in use, by tenths of the run`,
    rows: [...busy].map(([bookmaker, parts]) => ({
      bookmaker,
      ...Object.fromEntries(parts.map((part, i) => [`${i + 1}.`, part.toFixed(2)]))
    }))
  }
]

const mapNumbers = (row: object): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, typeof value === "number" ? figures(value) : String(value)])
  )

interface Started {
  readonly startScrape: { readonly run: { readonly id: string } | null }
}
interface Work {
  readonly bookmakerId: string
  readonly active: number
  readonly limit: number
}
interface Run {
  readonly phase: string
  readonly message: string
  readonly startedAt: string
  readonly endedAt: string | null
  readonly timings: readonly {
    readonly stage: string
    readonly bookmakerId: string | null
    readonly count: number
    readonly p50: number
    readonly p95: number
    readonly p99: number
  }[]
}
interface Watched {
  readonly scrapeRun: Run | null
  readonly system: { readonly bookmakers: readonly Work[] }
}

const START = "mutation { startScrape { run { id } } }"
const WATCH = `query Watch($id: ID!) {
  scrapeRun(id: $id) { phase message startedAt endedAt timings { stage bookmakerId count p50 p95 p99 } }
  system { bookmakers { bookmakerId active limit } }
}`
