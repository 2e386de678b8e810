/**
 * The simulator as a process of its own, so that it outlives a house that is killed; and its controls.
 *
 * Plain promises, because it is a program like the house. It ends with the tests, however they end.
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { createInterface } from "node:readline"

export interface SimulatorProcess {
  /** What makes a house scrape this simulator. */
  readonly environment: Readonly<{ [name: string]: string }>
  /** So much of all markets moves now. */
  readonly move: (share: number) => Promise<void>
  /** Every answer takes so long from here on, until `hurry`. */
  readonly delay: (ms: number) => Promise<void>
  readonly hurry: () => Promise<void>
  readonly listings: () => Promise<readonly ServedListing[]>
  /** Whole boards in the order served. */
  readonly served: (listing: ServedListing) => Promise<readonly Serving[]>
  readonly kickoffs: () => Promise<ReadonlyMap<string, number>>
  readonly stop: () => Promise<void>
}

/** How often one listing was served. */
export interface ServedListing {
  readonly bookmaker: string
  readonly sportradarId: string
  readonly servings: number
  readonly forgotten: number
}

/** One body that was handed to a socket; its board has what was served before where it shows only a part. */
export interface Serving {
  readonly at: number
  /** False when the connection ended before the last byte was handed over. */
  readonly whole: boolean
  /** In a list, which the house may only have read for its events. */
  readonly part?: boolean
  /** Kicked off. */
  readonly closed: boolean
  readonly prices: readonly ServedPrice[]
}

export interface ServedPrice {
  /** `null` where the catalogue has no name for the market. */
  readonly market: string | null
  readonly outcome: string
  readonly milli: number
  readonly suspended: boolean
}

/** A serving with only those markets that changed since the one before. */
interface ServedChanges extends Omit<Serving, "prices"> {
  readonly prices: readonly (ServedPrice & { readonly native: Native })[]
  /** What the changed markets do not offer. */
  readonly absent: readonly Native[]
}

interface Native {
  readonly market: string
  readonly line: string
  readonly outcome: string
}

const ROOT = join(import.meta.dirname, "../..")

/** Answers once it listens. */
export const startSimulatorProcess = async (options: readonly string[]): Promise<SimulatorProcess> => {
  const child = spawn(
    process.execPath,
    [
      "--import",
      join(ROOT, "scripts/start/endWithParent.ts"),
      join(ROOT, "scripts/simulator.ts"),
      "--port",
      "0",
      ...options
    ],
    { cwd: ROOT, stdio: ["ignore", "pipe", "inherit", "ipc"] }
  )
  if (child.stdout === null) throw new Error("The simulator was started without a way to tell its address.")
  const lines = createInterface({ input: child.stdout })
  const ended = once(child, "exit")
  const url = await new Promise<string>((resolve, reject) => {
    ended.then(([code]) => reject(new Error(`The simulator ended (${String(code)}) before it listened.`)), reject)
    lines.on("line", (line) => {
      const root = / at (http:\/\/\S+?)\/betpawa\b/.exec(line)?.[1]
      if (root !== undefined) resolve(root)
    })
  })
  const command = (path: string, body: object): Promise<void> =>
    ask<unknown>(url, path, { method: "POST", body: JSON.stringify(body) }).then(() => undefined)
  return {
    environment: {
      BETPAWA_BASE_URL: `${url}/betpawa`,
      SPORTYBET_BASE_URL: `${url}/sportybet`,
      BET9JA_BASE_URL: `${url}/bet9ja`
    },
    move: (share) => command("/move", { share }),
    delay: (ms) => command("/faults", { kind: "slow", ms }),
    hurry: () => ask<unknown>(url, "/faults", { method: "DELETE" }).then(() => undefined),
    listings: () => ask(url, "/journal"),
    served: async ({ bookmaker, sportradarId }) =>
      wholeBoards(await ask(url, `/journal?bookmaker=${bookmaker}&event=${sportradarId}&changes=true`)),
    kickoffs: async () => {
      const events = await ask<readonly { sportradarId: string; kickoff: number }[]>(url, "/events")
      return new Map(events.map(({ sportradarId, kickoff }) => [sportradarId, kickoff]))
    },
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM")
      await ended
    }
  }
}

/** The boards share what did not change: thousands of whole ones would not fit. */
const wholeBoards = (servings: readonly ServedChanges[]): readonly Serving[] => {
  const board = new Map<string, ServedPrice>()
  return servings.map(({ at, whole, part = false, closed, prices, absent }) => {
    for (const native of absent) board.delete(nameOf(native))
    for (const price of prices) board.set(nameOf(price.native), price)
    return { at, whole, part, closed, prices: [...board.values()] }
  })
}

const nameOf = ({ market, line, outcome }: Native): string => `${market} ${line} ${outcome}`

const ask = async <A>(url: string, path: string, request: RequestInit = {}): Promise<A> => {
  const response = await fetch(`${url}/_sim${path}`, request)
  if (!response.ok) throw new Error(`The simulator answers ${response.status} to ${path}: ${await response.text()}`)
  return response.json()
}
