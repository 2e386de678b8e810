/**
 * `latency`: how long a price takes from the last byte of a bookmaker's answer to a thousand subscribers.
 *
 * A warm run over 1,300 events at recorded latencies, with the document of a trading grid. Both ends are read from the
 * one clock of this machine: the house stamps an answer when its body is complete, the subscriber when a frame is.
 */
import { setTimeout as pause } from "node:timers/promises"
import { GRID } from "../../src/client/Documents.ts"
import { startCrowd } from "./crowd/Crowd.ts"
import { startHouse } from "./house.ts"
import type { House } from "./house.ts"
import { cpuMsOf } from "./processes.ts"
import { plainly } from "./report.ts"
import type { Benchmark } from "./report.ts"
import { startSimulator } from "./simulator.ts"

export const latency: Benchmark = {
  name: "latency",
  question: "How long does a changed price take from the bookmaker's complete answer to a thousand subscribers?",
  measure: async () => {
    const simulator = await startSimulator(["--events", "1300", "--seed", "1"])
    const house = await startHouse(simulator.environment)
    await runOver(house)
    await house.ask("mutation { pauseSchedule { errors { message } } }")
    const port = Number(new URL(house.url).port)
    const crowd = await startCrowd({ port, query: GRID, groups: [{}], connections: SUBSCRIBERS })
    await simulator.move(MOVED)
    const cpuBefore = cpuMsOf(house.pid)
    crowd.reset()
    const seconds = await runOver(house)
    const { breaks, closed, deliveries, most, p50, p99, samples } = await crowd.count()
    const cores = (cpuMsOf(house.pid) - cpuBefore) / seconds / 1_000
    crowd.stop()
    await house.stop()
    await simulator.stop()
    return {
      rows: [
        plainly("body complete → subscriber, p50", p50, "ms"),
        plainly("body complete → subscriber, p99", p99, "ms", { most: 100 }),
        plainly("body complete → subscriber, longest", most, "ms"),
        plainly("breaks in the chains of cursors", breaks, "", { most: 0 }),
        plainly("connections that ended", closed, "", { most: 0 }),
        plainly("deliveries", deliveries / seconds, "/s"),
        plainly("CPU of the house", cores, "cores")
      ],
      notes: [
        `${SUBSCRIBERS} subscribers of the whole grid in one group, ${MOVED * 100} % of all markets moved, one full run of ${Math.round(seconds)} s; ${samples} delays, each counted from the oldest answer that a message tells of.`,
        "House, simulator, Postgres and subscribers share the cores of this machine."
      ]
    }
  }
}

const SUBSCRIBERS = 1_000
const MOVED = 0.05

/** Begins a run over everything, or joins the one under way, and answers how long it took from here. */
const runOver = async (house: House): Promise<number> => {
  const began = performance.now()
  const { startScrape } = await house.ask<Started>("mutation { startScrape { run { id } } }")
  const id = startScrape.run?.id
  for (;;) {
    const { scrapeRun } = await house.ask<Watched>("query ($id: ID!) { scrapeRun(id: $id) { endedAt } }", { id })
    if (scrapeRun !== null && scrapeRun.endedAt !== null) return (performance.now() - began) / 1_000
    await pause(1_000)
  }
}

interface Started {
  readonly startScrape: { readonly run: { readonly id: string } | null }
}

interface Watched {
  readonly scrapeRun: { readonly endedAt: string | null } | null
}
