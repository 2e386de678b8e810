/**
 * `query`: the event list over HTTP, next to plain `node:http` answering the same object.
 *
 * "Changed" asks with a filter that was never asked before, so no answer kept from the last time can serve it; in
 * "unchanged" the same request comes again and nothing was fetched in between.
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
import { startHouse } from "./house.ts"
import type { House } from "./house.ts"
import { cpuMsOf } from "./processes.ts"
import { atMost } from "./report.ts"
import type { Benchmark, Row } from "./report.ts"
import { interleaved, median, medianRatio } from "./rounds.ts"
import { startSimulator } from "./simulator.ts"

export const query: Benchmark = {
  name: "query",
  question: "What does the list of 50 events with 5 markets of 3 bookmakers cost, next to serialising the same answer?",
  measure: async () => {
    const simulator = await startSimulator(["--events", "120", "--latency", "none", "--faults", "none"])
    const house = await startHouse(simulator.environment)
    await filled(house)
    const text = await new Client(house.url).request(asked(0)).then(({ body }) => body.text())
    const limit = await startLimit(text)
    const [ours, plain] = [new Client(house.url), new Client(limit.url)]
    let unasked = 1
    const cpu: Record<string, number[]> = {}
    const measured = (name: string, pid: number, client: Client, request: () => Asked) => async () => {
      const { p50, cpuMs } = await load(client, pid, request)
      cpu[name] = [...(cpu[name] ?? []), cpuMs]
      return p50
    }
    const p50 = await interleaved(ROUNDS, {
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
        row("p50 when nothing changed, to ready bytes", 2, p50("unchanged"), p50("ready"))
      ],
      notes: [
        `The answer is ${text.length} bytes. One connection, ${REQUESTS} requests a round, ${ROUNDS} interleaved rounds; CPU of the server's process, all threads, idle work of the house included.`
      ]
    }
  }
}

const ROUNDS = 5
const REQUESTS = 300

type Asked = ReturnType<typeof asked>

/** Another `from` is another question with the same answer. */
const asked = (from: number) => ({
  method: "POST" as const,
  path: "/graphql",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ query: GRID, variables: { from: new Date(from).toISOString() } })
})

const GRID = `query Grid($from: DateTime) {
  events(first: 50, filter: { kickoffFrom: $from }) {
    nodes {
      id name kickoff competition { name }
      comparisons(first: 5, markets: ["1x2_ft", "double_chance_ft", "over_under_ft@2.5", "btts_ft", "draw_no_bet_ft"]) {
        market { key }
        offers { bookmakerId state outcomes { outcome price state } }
      }
    }
  }
}`

/** Waits for the first run and stops the schedule. */
const filled = async (house: House): Promise<void> => {
  const started = await house.ask<{ startScrape: { run: { id: string } } }>("mutation { startScrape { run { id } } }")
  const { id } = started.startScrape.run
  const over = "query Over($id: ID!) { scrapeRun(id: $id) { endedAt } }"
  while ((await house.ask<{ scrapeRun: { endedAt: string | null } }>(over, { id })).scrapeRun.endedAt === null)
    await pause(200)
  await pause(5_000)
  await house.ask("mutation { pauseSchedule { errors { message } } }")
}

const load = async (client: Client, pid: number, request: () => Asked) => {
  const before = cpuMsOf(pid)
  const times: number[] = []
  for (let i = 0; i < REQUESTS; i++) {
    const began = performance.now()
    const { body, statusCode } = await client.request(request())
    const answer = Buffer.from(await body.arrayBuffer())
    if (statusCode !== 200) throw new Error(`The answer has status ${statusCode}: ${answer.toString().slice(0, 400)}`)
    times.push(performance.now() - began)
  }
  return { p50: median(times), cpuMs: (cpuMsOf(pid) - before) / REQUESTS }
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
