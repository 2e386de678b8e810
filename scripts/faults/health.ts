/**
 * R38, health tells the truth: each fault is put to a real house, and `/healthz`, `/readyz` and the incidents of
 * `system` have to say so within ten seconds, and to say that it is over when it is.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { pathToFileURL } from "node:url"
import { post } from "../../test/support/client.ts"
import { controlsOf } from "../../test/support/controls.ts"
import { startHouse } from "../../test/support/house.ts"
import { makePostgres } from "../../test/support/stoppablePostgres.ts"
import { atMost, none } from "./FaultRun.ts"
import type { FaultRun } from "./FaultRun.ts"

const WITHIN_MS = 10_000

/** What has to be seen: statuses of the two probes, a check that complains or none, an open incident or none. */
interface Expected {
  readonly live: number
  readonly ready: number
  readonly complains: string | undefined
  readonly incident: string | undefined
}

interface Case {
  readonly what: string
  readonly inflict: () => Promise<unknown>
  readonly expected: Expected
}

const WELL: Expected = { live: 200, ready: 200, complains: undefined, incident: undefined }

export const health: FaultRun = {
  name: "health",
  promise: "The health page and the incident log say within ten seconds what is wrong, and nothing that is not",
  run: async (size, seed) => {
    const folder = mkdtempSync(join(tmpdir(), "oddswire-health-"))
    const postgres = await makePostgres(folder)
    await postgres.start()
    const house = await startHouse({
      dataDir: join(folder, "data"),
      environment: { DATABASE_URL: postgres.url, NODE_OPTIONS: `--import=${HOOK}`, REFUSAL_WAIT: "2 seconds" },
      simulator: ["--events", "20", "--seed", String(seed), "--faults", "none"]
    })
    try {
      const api = { http: `${house.url}/graphql` }
      const simulator = controlsOf(house)
      const killer = /http:\S+\/killer/.exec(house.output())?.[0] ?? ""
      const cases: readonly Case[] = [
        { what: "nothing", inflict: async () => undefined, expected: WELL },
        {
          what: "a bookmaker blocks",
          inflict: async () => {
            await simulator.order({ bookmaker: "betpawa", kind: "403html" })
            await post(api, "mutation { startScrape { run { id } } }")
          },
          expected: { ...WELL, complains: "bookmakers", incident: "breaker" }
        },
        { what: "the bookmaker is back", inflict: simulator.clearFaults, expected: WELL },
        {
          what: "Postgres is stopped",
          inflict: postgres.stop,
          expected: { ...WELL, complains: "postgres", incident: "away" }
        },
        { what: "Postgres is back", inflict: postgres.start, expected: WELL },
        {
          what: "the broadcaster has given up",
          inflict: () => giveUp(api, killer, "broadcaster"),
          expected: { live: 503, ready: 503, complains: "given up", incident: "failed" }
        }
      ]
      const seen: { readonly what: string; readonly ms: number; readonly wrong: string | undefined }[] = []
      for (const { expected, inflict, what } of cases) {
        await inflict()
        seen.push({ what, ...(await untilTold(house.url, api, expected)) })
      }
      const wrong = seen.flatMap((each) => each.wrong ?? [])
      // The same question with a wrong answer expected must find it wrong.
      const control = await untilTold(house.url, api, WELL, 300)
      return {
        checks: [
          { ...none("states not told, or told wrongly", wrong.length), seen: wrong.join("; ") || "0" },
          ...seen.map(({ ms, what }) => atMost(`told: ${what}`, ms, WITHIN_MS, "ms"))
        ],
        least: [{ what: "states put to it", seen: seen.length, atLeast: cases.length }],
        controls: [{ what: "a house with a failed actor taken for well", caught: control.wrong !== undefined }],
        counts: { states: seen.length, size },
        notes: [
          "What a limit or a disk gives (backlog, levels of the journal, partitions, clock) is a table of unit tests."
        ]
      }
    } finally {
      await house.kill()
      await postgres.stop().catch(() => undefined)
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 })
    }
  }
}

const HOOK = pathToFileURL(join(import.meta.dirname, "supervision/mortal.ts")).href

const giveUp = async (api: { readonly http: string }, killer: string, name: string): Promise<void> => {
  for (let i = 0; i < 300; i++) {
    const { system } = await post<{ system: { actors: readonly { name: string; state: string }[] } }>(
      api,
      "{ system { actors { name state } } }"
    )
    const state = system.actors.find((actor) => actor.name === name)?.state
    if (state === "FAILED") return
    if (state === "RUNNING") await fetch(`${killer}?actor=${name}`)
    await pause(50)
  }
  throw new Error(`${name} never gave up`)
}

/** Asks until everything is as expected, or for so long; answers how long it took, and what is wrong at the end. */
const untilTold = async (
  url: string,
  api: { readonly http: string },
  expected: Expected,
  within = WITHIN_MS
): Promise<{ readonly ms: number; readonly wrong: string | undefined }> => {
  const began = performance.now()
  for (;;) {
    const found = await told(url, api)
    const wrong = differences(found, expected)
    const ms = performance.now() - began
    if (wrong === "") return { ms, wrong: undefined }
    if (ms > within) return { ms, wrong }
    await pause(100)
  }
}

const told = async (url: string, api: { readonly http: string }) => {
  const [live, ready, { system }] = await Promise.all([
    fetch(`${url}/healthz`),
    fetch(`${url}/readyz`),
    post<{ system: { incidents: readonly { kind: string; endedAt: string | null }[] } }>(
      api,
      "{ system { incidents { kind endedAt } } }"
    )
  ])
  const { checks }: { readonly checks: Readonly<{ [name: string]: string }> } = await ready.json()
  return {
    live: live.status,
    ready: ready.status,
    complaints: Object.entries(checks).flatMap(([name, text]) => (text === "ok" ? [] : [name])),
    open: [...new Set(system.incidents.filter(({ endedAt }) => endedAt === null).map(({ kind }) => kind))]
  }
}

const differences = (found: Awaited<ReturnType<typeof told>>, expected: Expected): string => {
  // What follows from a failed actor is complained of by two checks.
  const others = found.complaints.filter((name) => name !== expected.complains && name !== "actors")
  return [
    found.live === expected.live ? "" : `/healthz ${found.live}`,
    found.ready === expected.ready ? "" : `/readyz ${found.ready}`,
    expected.complains === undefined || found.complaints.includes(expected.complains) ? "" : `no ${expected.complains}`,
    others.length === 0 ? "" : `also ${others.join(", ")}`,
    expected.incident === undefined || found.open.includes(expected.incident) ? "" : `no incident ${expected.incident}`,
    found.open.every((kind) => kind === expected.incident) ? "" : `incidents ${found.open.join(", ")}`
  ]
    .filter((text) => text !== "")
    .join(", ")
}
