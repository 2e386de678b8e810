/** One server of the benchmark and its crowds: a process of each, pinned apart where the machine allows it. */
import { spawn } from "node:child_process"
import type { ChildProcess } from "node:child_process"
import { existsSync } from "node:fs"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { availableParallelism, tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { cpuMsOf } from "../processes.ts"
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

/** What all servers are given. */
export interface Files {
  readonly message: string
  readonly sdl: string
}

export interface Arena {
  readonly order: (order: Order) => Promise<Answer>
  /** Of the server, so far. */
  readonly cpuMs: () => number
  /** Connects so many sockets, of which the first few never read once they are ready; answers when all are. */
  readonly gather: (sockets: number, stalled?: number) => Promise<Gathered>
}

/** The sockets of one load client. */
export interface Gathered {
  readonly count: () => Promise<Counted>
  /** Microseconds since they were last asked for, ascending. */
  readonly latencies: () => Promise<readonly number[]>
  /** Waits until so many changes were delivered in all, or nothing comes any more. */
  readonly settle: (delivered: number) => Promise<Counted>
  readonly leave: () => Promise<void>
}

/** Starts the contestant's server for `use`, and ends whatever was started. */
export const inArena = async <A>(
  { argument, greeting, path, protocol, readyAt, script }: Contestant,
  files: Files,
  use: (arena: Arena) => Promise<A>
): Promise<A> => {
  const folder = await mkdtemp(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "oddswire-fanout-"))
  const counter = join(folder, "counter")
  await writeFile(counter, Buffer.alloc(8))
  const server = launch(0, script, [counter, files.message, files.sdl, argument])
  const children = [server]
  const gather = async (port: number, sockets: number, stalled: number): Promise<Gathered> => {
    const crowd: Crowd = { port, path, protocol, sockets, stalled, script: greeting, readyAt, counter }
    const file = join(folder, `crowd-${children.length}.json`)
    await writeFile(file, JSON.stringify(crowd))
    const client = launch(1, "client.ts", [file])
    children.push(client)
    const gathered = gatheredBy(client)
    await allReady(gathered, sockets, script)
    await pause(300 + sockets / 5)
    return gathered
  }
  try {
    const { port } = await heard<Listening>(server)
    return await use({
      order: (order) => asked(server, order),
      cpuMs: () => cpuMsOf(server.pid ?? 0),
      gather: (sockets, stalled = 0) => gather(port, sockets, stalled)
    })
  } finally {
    for (const child of children) child.kill("SIGKILL")
    await rm(folder, { recursive: true, force: true })
  }
}

const gatheredBy = (client: ChildProcess): Gathered => {
  const count = (): Promise<Counted> => asked(client, "count")
  return {
    count,
    latencies: async () => (await asked<Counted>(client, "latencies")).latencies,
    settle: async (delivered) => {
      let last = await count()
      for (let still = 0; last.delivered < delivered && still < 80;) {
        await pause(25)
        const now = await count()
        still = now.delivered === last.delivered ? still + 1 : 0
        last = now
      }
      return last
    },
    leave: async () => {
      const gone = new Promise((resolve) => client.once("exit", resolve))
      client.kill("SIGKILL")
      await gone
    }
  }
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

/** The next message of this process. */
export const heard = <A>(child: ChildProcess): Promise<A> =>
  new Promise((resolve, reject) => {
    const ended = (): void => reject(new Error("A process of the benchmark ended."))
    child.once("exit", ended)
    child.once("message", (message: A) => {
      child.off("exit", ended)
      resolve(message)
    })
  })

const asked = <A>(child: ChildProcess, question: Order | "count" | "latencies"): Promise<A> => {
  const answer = heard<A>(child)
  child.send(question)
  return answer
}

/** However long it takes, as long as somebody still becomes ready. */
const allReady = async ({ count }: Gathered, sockets: number, script: string): Promise<void> => {
  let last = { ready: 0, at: performance.now() }
  while (last.ready < sockets) {
    await pause(50)
    const { ready } = await count()
    if (ready > last.ready) last = { ready, at: performance.now() }
    else if (performance.now() - last.at > PATIENCE_MS)
      throw new Error(`${script}: ${ready} of ${sockets} became ready, and then nobody`)
  }
}

const PATIENCE_MS = 60_000
