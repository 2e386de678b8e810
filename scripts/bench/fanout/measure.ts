/** Measures one server with one crowd: a process of each, pinned apart where the machine allows it. */
import { spawn } from "node:child_process"
import type { ChildProcess } from "node:child_process"
import { existsSync } from "node:fs"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { availableParallelism, tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { cpuMsOf } from "../processes.ts"
import { quantile } from "../rounds.ts"
import type { Counted, Crowd } from "./client.ts"
import type { Answer, Listening, Order } from "./orders.ts"

export interface Contestant {
  readonly script: string
  readonly path: string
  readonly protocol: string
  readonly greeting: readonly string[]
  readonly readyAt: string
  /** The fifth argument: a mode, or the folder of its packages. */
  readonly argument: string
  /** Changes that go out in one flush. */
  readonly burst: number
}

export interface Measured {
  readonly cpuUs: number
  readonly perSecond: number
  readonly framesPerChange: number
  readonly lost: number
  readonly clientBusy: number
  readonly bytesPerFrame: number
  readonly bytesPerSocket: number
  /** At half of saturation, milliseconds. */
  readonly p50: number
  readonly p99: number
}

export const measure = async (
  { argument, burst, greeting, path, protocol, readyAt, script }: Contestant,
  files: Files,
  sockets: number
): Promise<Measured> => {
  const folder = await mkdtemp(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "oddswire-fanout-"))
  const counter = join(folder, "counter")
  await writeFile(counter, Buffer.alloc(8))
  const server = launch(0, script, [counter, files.message, files.sdl, argument])
  const { port } = await heard<Listening>(server)
  const order = (of: Order): Promise<Answer> => asked(server, of)
  const empty = await order({ order: "rest" })
  const crowd: Crowd = { port, path, protocol, sockets, stalled: 0, script: greeting, readyAt, counter }
  await writeFile(join(folder, "crowd.json"), JSON.stringify(crowd))
  const client = launch(1, "client.ts", [join(folder, "crowd.json")])
  const count = (): Promise<Counted> => asked(client, "count")
  try {
    await until(async () => (await count()).ready === sockets, `${script}: not all of ${sockets} became ready`)
    await pause(300 + sockets / 5)
    const connected = await order({ order: "rest" })
    const settle = async (target: number): Promise<Counted> => {
      let last = await count()
      for (let still = 0; last.delivered < target && still < 40;) {
        await pause(25)
        const now = await count()
        still = now.delivered === last.delivered ? still + 1 : 0
        last = now
      }
      return last
    }
    const before = await settleWarm(order, settle, burst, sockets)
    const cpu = cpuMsOf(server.pid ?? 0)
    const saturated = await order({ order: "saturate", ms: SATURATE_MS, burst, sockets })
    const after = await settle(before.delivered + saturated.changes * sockets)
    const used = cpuMsOf(server.pid ?? 0) - cpu
    const deliveries = after.delivered - before.delivered
    const perSecond = (deliveries * 1e6) / (after.lastUs - saturated.beganUs)
    const latencies = async (): Promise<readonly number[]> => (await asked<Counted>(client, "latencies")).latencies
    await latencies()
    const paced = await order({ order: "pace", ms: PACE_MS, perSecond: Math.max(1, perSecond / sockets / 2) })
    await settle(after.delivered + paced.changes * sockets)
    const times = await latencies()
    return {
      cpuUs: (used * 1_000) / deliveries,
      perSecond,
      framesPerChange: (after.frames - before.frames) / deliveries,
      lost: saturated.changes * sockets - deliveries,
      clientBusy: (after.cpuUs - before.cpuUs) / (after.lastUs - saturated.beganUs),
      bytesPerFrame: (after.bytes - before.bytes) / (after.frames - before.frames),
      bytesPerSocket: (connected.rss - empty.rss) / sockets,
      p50: quantile(times, 0.5) / 1_000,
      p99: quantile(times, 0.99) / 1_000
    }
  } finally {
    client.kill("SIGKILL")
    server.kill("SIGKILL")
    await rm(folder, { recursive: true, force: true })
  }
}

/** What all servers are given. */
export interface Files {
  readonly message: string
  readonly sdl: string
}

const SATURATE_MS = 1_500
const PACE_MS = 1_500

const settleWarm = async (
  order: (of: Order) => Promise<Answer>,
  settle: (target: number) => Promise<Counted>,
  burst: number,
  sockets: number
): Promise<Counted> => {
  const changes = Math.ceil(Math.max(10, 20_000 / sockets) / burst) * burst
  await order({ order: "warm", changes, burst })
  return settle(changes * sockets)
}

/** The server alone on one core, the crowd on another. */
export const launch = (core: number, script: string, args: readonly string[]): ChildProcess => {
  const file = fileURLToPath(new URL(script, import.meta.url))
  const lifeline = fileURLToPath(new URL("../../start/endWithParent.ts", import.meta.url))
  const command = [process.execPath, "--expose-gc", "--import", lifeline, file, ...args]
  const [program = "", ...rest] =
    existsSync("/usr/bin/taskset") && availableParallelism() > 1
      ? ["/usr/bin/taskset", "-c", String(core), ...command]
      : command
  return spawn(program, rest, {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    env: { ...process.env, NODE_ENV: "production" }
  })
}

export const heard = <A>(child: ChildProcess): Promise<A> =>
  new Promise((resolve, reject) => {
    child.once("message", (message: A) => resolve(message))
    child.once("exit", () => reject(new Error("A server of the benchmark ended.")))
  })

const asked = <A>(child: ChildProcess, question: Order | "count" | "latencies"): Promise<A> => {
  const answer = heard<A>(child)
  child.send(question)
  return answer
}

const until = async (holds: () => Promise<boolean>, otherwise: string): Promise<void> => {
  const deadline = performance.now() + 60_000
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(otherwise)
    await pause(50)
  }
}
