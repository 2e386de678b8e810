/** A whole house as a process whose actors are killed from outside; what it says of itself is the judge. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { pathToFileURL } from "node:url"
import { post } from "../../../test/support/client.ts"
import { startHouse } from "../../../test/support/house.ts"
import type { House } from "../../../test/support/house.ts"
import { agreement, quiet } from "../../../test/support/invariant.ts"
import { isRunning, postmasterOf } from "../../../test/support/stored.ts"
import { heldFiles } from "./Held.ts"

export interface MortalHouse {
  readonly house: House
  readonly actors: () => Promise<ReadonlyMap<string, Actor>>
  /** Kills this actor and waits until it is back; answers how often others restarted meanwhile. */
  readonly kill: (name: string) => Promise<number>
  /** Kills it as often as it comes back, until it has given up or the process has ended. */
  readonly finish: (name: string) => Promise<void>
  /** Looks while nothing is fetched. */
  readonly atRest: <A>(look: () => Promise<A>) => Promise<A>
  /** What it holds: the least of some readings, because a request in flight has a timer too. */
  readonly usage: () => Promise<Usage>
  /** From now on each life leaves a timer and an open file behind: for the control. */
  readonly leak: () => Promise<void>
  /** States of the bookmakers, with the code of their reason. */
  readonly bookmakers: () => Promise<ReadonlyMap<string, string>>
  /** Differences between board, newest values and history, to be asked at rest. */
  readonly disagreements: () => Promise<readonly string[]>
  readonly remove: () => Promise<void>
}

export interface Actor {
  readonly name: string
  readonly state: string
  readonly restarts: number
}

export interface Usage {
  readonly timers: number
  /** Connections that are kept for the next request aside: their number is that of the busiest moment. */
  readonly files: number
}

const HOOK = pathToFileURL(join(import.meta.dirname, "mortal.ts")).href
const BACK_WITHIN_MS = 15_000
const READINGS = 20

export const startMortalHouse = async (seed: number, events: number): Promise<MortalHouse> => {
  const dataDir = mkdtempSync(join(tmpdir(), "oddswire-supervision-"))
  const house = await startHouse({
    dataDir,
    environment: { NODE_OPTIONS: `--import=${HOOK}` },
    simulator: ["--events", String(events), "--seed", String(seed), "--faults", "none"]
  })
  const api = { http: `${house.url}/graphql` }
  const killer = /http:\S+\/killer/.exec(house.output())?.[0] ?? ""
  const strike = async (query: string): Promise<{ readonly killed: boolean; readonly timers: number }> =>
    (await fetch(`${killer}${query}`)).json()

  const actors = async (): Promise<ReadonlyMap<string, Actor>> => {
    const { system } = await post<{ system: { actors: readonly Actor[] } }>(
      api,
      "{ system { actors { name state restarts } } }"
    )
    return new Map(system.actors.map((actor) => [actor.name, actor]))
  }

  // Ready comes before a new database is: what is watched here needs both.
  for (let drained = 0; drained === 0;) {
    const { system } = await post<{ system: { storage: { drained: string } } }>(
      api,
      "{ system { storage { drained } } }"
    )
    drained = Number(system.storage.drained)
    await pause(100)
  }

  const kill = async (name: string): Promise<number> => {
    const before = await actors()
    const { killed } = await strike(`?actor=${encodeURIComponent(name)}`)
    if (!killed) throw new Error(`${name} has no life to take`)
    const deadline = performance.now() + BACK_WITHIN_MS
    for (;;) {
      const after = await actors()
      const own = after.get(name)
      if (own?.state === "RUNNING" && own.restarts > (before.get(name)?.restarts ?? 0)) {
        return [...after.values()]
          .filter((other) => other.name !== name)
          .reduce((sum, other) => sum + other.restarts - (before.get(other.name)?.restarts ?? 0), 0)
      }
      if (performance.now() > deadline) throw new Error(`${name} did not come back: it is ${own?.state}`)
      await pause(30)
    }
  }

  return {
    house,
    actors,
    kill,
    finish: async (name) => {
      for (let i = 0; i < 200; i++) {
        // The process may end between any two questions.
        const state = await actors().then(
          (all) => all.get(name)?.state,
          () => "GONE"
        )
        if (state === "FAILED" || state === "GONE") return
        if (state === "RUNNING") await strike(`?actor=${encodeURIComponent(name)}`).catch(() => undefined)
        await pause(60)
      }
      throw new Error(`${name} never gave up`)
    },
    atRest: async (look) => {
      await quiet(api)
      const seen = await look()
      await post(api, "mutation { resumeSchedule { errors { message } } }")
      return seen
    },
    usage: async () => {
      let least: Usage = { timers: Infinity, files: Infinity }
      for (let i = 0; i < READINGS; i++) {
        const { timers } = await strike("")
        const files = heldFiles(house.pid, postmasterOf(dataDir)?.port)
        least = { timers: Math.min(least.timers, timers), files: Math.min(least.files, files) }
        await pause(100)
      }
      return least
    },
    leak: async () => void (await strike("?leaks")),
    bookmakers: async () => {
      const answer = await post<{
        bookmakers: readonly { id: string; state: string; reason: { code: string } | null }[]
      }>(api, "{ bookmakers { id state reason { code } } }")
      return new Map(answer.bookmakers.map(({ id, state, reason }) => [id, `${state} ${reason?.code ?? ""}`.trim()]))
    },
    disagreements: async () => (await agreement(api, dataDir)).faults,
    remove: async () => {
      await house.kill()
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 })
    }
  }
}

/** The exit code of a house that is ending by itself: a signal meanwhile would be an orderly end, which has none. */
export const exitCodeOf = async ({ house }: MortalHouse): Promise<number | null> => {
  while (isRunning(house.pid)) await pause(50)
  return house.stop()
}
