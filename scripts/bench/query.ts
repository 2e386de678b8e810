/**
 * `query`: the event list over HTTP, next to plain `node:http` answering the same object, and during full runs.
 *
 * "Without a cache" asks with a filter that was never asked before, so no answer kept from the last time can serve it;
 * in "nothing changed" the same request comes again and nothing was fetched in between. What the house does anyway
 * takes CPU of the same process, and more of it the slower the machine: it is measured in each round and taken off.
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { Client } from "undici"
import { answerTime, asked, filled, fullRun } from "./grid.ts"
import type { Asked } from "./grid.ts"
import { startHouse } from "./house.ts"
import { cpuMsOf } from "./processes.ts"
import { atMost, plainly } from "./report.ts"
import type { Benchmark, Row } from "./report.ts"
import { interleaved, median, medianRatio, quantile } from "./rounds.ts"
import { startSimulator } from "./simulator.ts"

export const query: Benchmark = {
  name: "query",
  question: "What does the list of 50 events with 5 markets of 3 bookmakers cost, next to serialising the same answer?",
  parts: ["cost", "runs"],
  measure: async (parts) => {
    const wanted = (part: string): boolean => parts.length === 0 || parts.includes(part)
    const cost = wanted("cost") ? await costs() : { rows: [], notes: [] }
    const runs = wanted("runs") ? await duringRuns() : { rows: [], notes: [] }
    return { rows: [...cost.rows, ...runs.rows], notes: [...cost.notes, ...runs.notes] }
  }
}

const ROUNDS = 5
const REQUESTS = 300
const IDLE_MS = 2_000

const costs = async () => {
  const simulator = await startSimulator(["--events", "120", "--latency", "none", "--faults", "none"])
  const house = await startHouse(simulator.environment)
  await filled(house)
  const text = await new Client(house.url).request(asked(0)).then(({ body }) => body.text())
  const limit = await startLimit(text)
  const [ours, plain] = [new Client(house.url), new Client(limit.url)]
  let unasked = 1
  let idleShare = 0
  const cpu: Record<string, number[]> = {}
  const measured = (name: string, pid: number, client: Client, request: () => Asked) => async () => {
    const { p50, cpuMs, tookMs } = await load(client, pid, request)
    const idle = pid === house.pid ? idleShare * tookMs : 0
    cpu[name] = [...(cpu[name] ?? []), cpuMs - idle]
    return p50
  }
  const p50 = await interleaved(ROUNDS, {
    idle: async () => (idleShare = await cpuShare(house.pid, IDLE_MS)),
    stringify: measured("stringify", limit.pid, plain, () => ({ ...asked(0), path: "/stringify" })),
    changed: measured("changed", house.pid, ours, () => asked(unasked++)),
    ready: measured("ready", limit.pid, plain, () => ({ ...asked(0), path: "/ready" })),
    unchanged: measured("unchanged", house.pid, ours, () => asked(0))
  })
  await Promise.all([ours.destroy(), plain.destroy(), limit.stop(), house.stop()])
  await simulator.stop()
  const row = (what: string, goal: number, costs: readonly number[], limits: readonly number[]): Row =>
    atMost(what, median(limits) * medianRatio(costs, limits), median(limits), goal, "ms")
  const of = (name: string): readonly number[] => cpu[name] ?? []
  return {
    rows: [
      row("CPU per request without a cache, to JSON.stringify", 2.5, of("changed"), of("stringify")),
      row("p50 without a cache, to JSON.stringify", 2.5, p50("changed"), p50("stringify")),
      row("CPU per request when nothing changed, to ready bytes", 2, of("unchanged"), of("ready")),
      row("p50 when nothing changed, to ready bytes", 2, p50("unchanged"), p50("ready")),
      plainly("CPU of the house that nobody asks", median(p50("idle")) * 1_000, "ms/s")
    ],
    notes: [
      `The answer is ${text.length} bytes. One connection, ${REQUESTS} requests a round, ${ROUNDS} interleaved rounds; CPU of the server's process, all threads, less what the house takes that nobody asks.`
    ]
  }
}

const load = async (client: Client, pid: number, request: () => Asked) => {
  const [cpuBefore, began] = [cpuMsOf(pid), performance.now()]
  const times: number[] = []
  for (let i = 0; i < REQUESTS; i++) times.push(await answerTime(client, request()))
  return {
    p50: median(times),
    cpuMs: (cpuMsOf(pid) - cpuBefore) / REQUESTS,
    tookMs: (performance.now() - began) / REQUESTS
  }
}

/** CPU that a process takes by itself, per time. */
const cpuShare = async (pid: number, forMs: number): Promise<number> => {
  const [cpuBefore, began] = [cpuMsOf(pid), performance.now()]
  await pause(forMs)
  return (cpuMsOf(pid) - cpuBefore) / (performance.now() - began)
}

const RUNS = 3
/** As long as a full run takes about. */
const QUIET_MS = 60_000
const EVERY_MS = 50

/** At recorded latencies and default limits, the question always one that was never asked before. */
const duringRuns = async () => {
  const simulator = await startSimulator(["--events", "1300", "--faults", "none"])
  const house = await startHouse(simulator.environment)
  await filled(house)
  const client = new Client(house.url)
  let unasked = 1
  const p99While = async (goesOn: Promise<unknown>): Promise<number> => {
    let isOver = false
    const over = goesOn.finally(() => (isOver = true))
    const times: number[] = []
    while (!isOver) {
      const took = await answerTime(client, asked(unasked++))
      times.push(took)
      await pause(Math.max(0, EVERY_MS - took))
    }
    await over
    return quantile(times, 0.99)
  }
  const p99 = await interleaved(RUNS, {
    quiet: () => p99While(pause(QUIET_MS)),
    running: () => p99While(fullRun(house))
  })
  await Promise.all([client.destroy(), house.stop()])
  await simulator.stop()
  const quiet = median(p99("quiet"))
  return {
    rows: [
      atMost(
        "p99 during full runs, to that of an idle house",
        quiet * medianRatio(p99("running"), p99("quiet")),
        quiet,
        3,
        "ms"
      )
    ],
    notes: [
      `Full runs of 1,300 events: ${RUNS} of them, each after a minute without; the list asked for every ${EVERY_MS} ms.`
    ]
  }
}

const startLimit = async (text: string) => {
  const folder = await mkdtemp(join(tmpdir(), "oddswire-bench-"))
  const file = join(folder, "answer.json")
  await writeFile(file, text)
  const [lifeline, server] = ["../start/endWithParent.ts", "./limitServer.ts"].map((script) =>
    fileURLToPath(new URL(script, import.meta.url))
  )
  const child = spawn(process.execPath, ["--import", lifeline ?? "", server ?? "", file], {
    stdio: ["ignore", "pipe", "inherit", "ipc"]
  })
  const [port] = await once(createInterface({ input: child.stdout ?? process.stdin }), "line")
  return {
    url: `http://127.0.0.1:${String(port)}`,
    pid: child.pid ?? 0,
    stop: async () => {
      child.kill("SIGTERM")
      await rm(folder, { recursive: true, force: true })
    }
  }
}
