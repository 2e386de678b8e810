/**
 * The simulator as a process of its own, so that its CPU is not ours, with what benchmarks ask of it.
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { Agent, request } from "undici"
import { cpuMsOf } from "./processes.ts"
import { SITES } from "./sites.ts"
import type { Site } from "./sites.ts"

export interface Simulator {
  readonly url: string
  /** What makes a house scrape it. */
  readonly environment: Readonly<Record<string, string>>
  readonly sites: readonly (Site & { readonly detail: (id: string) => Promise<Buffer> })[]
  readonly events: () => Promise<readonly ListedEvent[]>
  readonly move: (share: number) => Promise<void>
  /** CPU it has used since it began, ms. */
  readonly cpuMs: () => number
  readonly stop: () => Promise<void>
}

export interface ListedEvent {
  readonly sportradarId: string
  readonly ids: Readonly<Record<string, string | undefined>>
}

/** Answers once it listens; `options` are those of `npm run simulator`. */
export const startSimulator = async (options: readonly string[]): Promise<Simulator> => {
  const child = spawn(
    process.execPath,
    ["--import", pathOf("../start/endWithParent.ts"), pathOf("../simulator.ts"), "--port", "0", ...options],
    { stdio: ["ignore", "pipe", "inherit", "ipc"] }
  )
  const url = await new Promise<string>((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`The simulator ended (${String(code)}) before it listened.`)))
    createInterface({ input: child.stdout ?? process.stdin }).on("line", (line) => {
      const root = / at (http:\/\/\S+?)\/betpawa\b/.exec(line)?.[1]
      if (root !== undefined) resolve(root)
    })
  })
  const agent = new Agent()
  return {
    url,
    environment: Object.fromEntries(SITES.map(({ name }) => [`${name.toUpperCase()}_BASE_URL`, `${url}/${name}`])),
    sites: SITES.map((site) => ({
      ...site,
      detail: async (id) => {
        const { body } = await request(url + site.detailPath(id), { headers: site.headers, dispatcher: agent })
        return Buffer.from(await body.arrayBuffer())
      }
    })),
    events: () => control(url, "GET", "/events"),
    move: async (share) => {
      await control(url, "POST", "/move", { share })
    },
    cpuMs: () => cpuMsOf(child.pid ?? 0),
    stop: async () => {
      await agent.close()
      const ended = once(child, "exit")
      child.kill("SIGTERM")
      await ended
    }
  }
}

const control = async <A>(url: string, method: "GET" | "POST", path: string, body?: object): Promise<A> => {
  const answer = await fetch(`${url}/_sim${path}`, { method, ...(body && { body: JSON.stringify(body) }) })
  if (!answer.ok) throw new Error(`The simulator answers ${answer.status} to ${path}: ${await answer.text()}`)
  return answer.json()
}

const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))
