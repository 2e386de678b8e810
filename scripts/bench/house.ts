/**
 * The whole house as its user starts it, in a throwaway folder, with a probe inside.
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { Probed } from "./probe.ts"

export interface House {
  readonly url: string
  readonly pid: number
  readonly ask: <A>(query: string, variables?: object) => Promise<A>
  /** Starts the probe's counting anew. */
  readonly reset: () => void
  readonly probed: () => Promise<Probed>
  readonly stop: () => Promise<void>
}

/** Answers once it listens. */
export const startHouse = async (environment: Readonly<Record<string, string>>): Promise<House> => {
  const folder = await mkdtemp(join(tmpdir(), "oddswire-bench-"))
  const preloaded = [pathOf("../start/endWithParent.ts"), pathOf("./probe.ts")].flatMap((path) => ["--import", path])
  const child = spawn(process.execPath, [...preloaded, pathOf("../start.ts")], {
    env: { ...process.env, HOST: "127.0.0.1", PORT: "0", ...environment, DATA_DIR: folder },
    stdio: ["ignore", "pipe", "pipe", "ipc"]
  })
  const chunks: string[] = []
  const url = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (chunk: string) => {
        chunks.push(chunk)
        const address = /(http:\/\/\S+?)\/graphql/.exec(chunks.join(""))?.[1]
        if (address !== undefined) resolve(address)
      })
    }
    child.once("exit", () => reject(new Error(`The house ended before it listened:\n${chunks.join("")}`)))
  })
  return {
    url,
    pid: child.pid ?? 0,
    ask: (query, variables = {}) => ask(url, query, variables),
    reset: () => void child.send("reset"),
    probed: async () => {
      const answer = new Promise<Probed>((resolve) => child.once("message", (message: Probed) => resolve(message)))
      child.send("read")
      return answer
    },
    stop: async () => {
      const ended = once(child, "exit")
      child.kill("SIGTERM")
      await ended
      await rm(folder, { recursive: true, force: true })
    }
  }
}

const ask = async <A>(url: string, query: string, variables: object): Promise<A> => {
  const answer = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query, variables })
  })
  const { data, errors }: { data: A; errors?: readonly { message: string }[] } = await answer.json()
  if (errors !== undefined) throw new Error(`The house answers: ${errors.map(({ message }) => message).join(" ")}`)
  return data
}

const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))
