/**
 * The whole house as its user starts it, in a folder of its own on any free port: for journeys.
 *
 * Plain promises and real time, because what it starts is a program and not a layer.
 */
import { spawn } from "node:child_process"
import type { ChildProcess } from "node:child_process"
import { once } from "node:events"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"

export interface House {
  /** `http://127.0.0.1:34567` */
  readonly url: string
  readonly pid: number
  /** Everything it has written so far, both streams. */
  readonly output: () => string
  /** For what was preloaded into it. */
  readonly send: (message: object) => void
  /** SIGTERM; answers the exit code. */
  readonly stop: () => Promise<number | null>
  /** SIGKILL, as a crash; answers when the process is gone. */
  readonly kill: () => Promise<void>
}

/** A house that may not have told its address yet. */
export interface Launched extends Omit<House, "url"> {
  /** Fails when it ends before it has told it. */
  readonly url: Promise<string>
}

export interface HouseOptions {
  readonly dataDir: string
  /** Options of the simulator, e.g. `--events 40`. */
  readonly simulator?: readonly string[]
  readonly environment?: Readonly<{ [name: string]: string }>
  /** Another program that is a house; `npm start` else. */
  readonly program?: string
}

const ROOT = join(import.meta.dirname, "../..")
const START = join(ROOT, "scripts/start.ts")
/** Spares every start but the first half of its work; the same text of the same file gives the same code. */
const COMPILED = join(tmpdir(), "oddswire-compiled")
const READY_WITHIN_MS = 60_000

/** Starts the house and waits until it is ready. */
export const startHouse = async (options: HouseOptions): Promise<House> => {
  const house = await launchHouse(options)
  await untilReady(house.url).catch(async (error: unknown) => {
    await house.kill()
    throw new Error(`${String(error)}\n${house.output()}`)
  })
  return house
}

export const untilReady = async (url: string): Promise<void> => {
  const deadline = performance.now() + READY_WITHIN_MS
  while (!(await isReady(url))) {
    if (performance.now() > deadline) throw new Error(`The house was not ready within ${READY_WITHIN_MS / 1000} s:`)
    await pause(50)
  }
}

/** Starts the house and waits only until it has told its address. */
export const launchHouse = async (options: HouseOptions): Promise<House> => {
  const { url, ...process } = spawnHouse(options)
  return { ...process, url: await url }
}

/** Starts the house and waits for nothing. */
export const spawnHouse = ({ dataDir, environment = {}, simulator = [], program = START }: HouseOptions): Launched => {
  // The channel ends the house with the test, also when the test is killed.
  const child = spawn(
    process.execPath,
    ["--import", join(ROOT, "scripts/start/endWithParent.ts"), program, ...simulator],
    {
      cwd: ROOT,
      env: {
        ...inherited(),
        NODE_COMPILE_CACHE: COMPILED,
        HOST: "127.0.0.1",
        PORT: "0",
        ...environment,
        DATA_DIR: dataDir
      },
      stdio: ["ignore", "pipe", "pipe", "ipc"]
    }
  )
  const chunks: string[] = []
  const output = (): string => chunks.join("")
  const url = new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (chunk: string) => {
        chunks.push(chunk)
        const address = /(http:\/\/\S+?)\/graphql/.exec(output())?.[1]
        if (address !== undefined) resolve(address)
      })
    }
    child.once("exit", (code, signal) => reject(new Error(`The house ended (${signal ?? code}):\n${output()}`)))
  })
  // Nobody need ask where it listens.
  url.catch(() => undefined)
  return {
    url,
    output,
    pid: child.pid ?? 0,
    send: (message) => void child.send(message),
    stop: () => end(child, "SIGTERM"),
    kill: async () => void (await end(child, "SIGKILL"))
  }
}

/** What runs the tests decides nothing about the house. */
const inherited = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/_BASE_URL$|^DATABASE_URL$|^ACCESS_|^WORLD$/.test(name))
  )

const isReady = (url: string): Promise<boolean> =>
  fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) }).then(
    (answer) => answer.status === 200,
    () => false
  )

const end = async (child: ChildProcess, signal: "SIGTERM" | "SIGKILL"): Promise<number | null> => {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  const ended = once(child, "exit")
  child.kill(signal)
  await ended
  return child.exitCode
}
