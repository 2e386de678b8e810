/** What a house tells of its own state, from outside, and how far that is from what was put to it. */
import { setTimeout as pause } from "node:timers/promises"
import { post } from "../../../test/support/client.ts"
import type { Address } from "../../../test/support/client.ts"
import { incidentsOf } from "../house/Health.ts"
import { untilSo } from "../house/Waiting.ts"

/** What has to be told, and nothing else. */
export interface State {
  readonly live: number
  readonly ready: number
  /** Checks of `/readyz` that complain. */
  readonly complaints: ReadonlySet<string>
  /** Open ones, as `kind subject`; of a breaker without its endpoint. */
  readonly incidents: ReadonlySet<string>
}

export const WELL: State = { live: 200, ready: 200, complaints: new Set(), incidents: new Set() }

export const both = (a: State, b: State): State => ({
  live: Math.max(a.live, b.live),
  ready: Math.max(a.ready, b.ready),
  complaints: new Set([...a.complaints, ...b.complaints]),
  incidents: new Set([...a.incidents, ...b.incidents])
})

/** Asks until everything is as expected, or for so long; answers how long it took, and what is wrong at the end. */
export const untilTold = async (
  url: string,
  expected: State,
  within: number
): Promise<{ readonly ms: number; readonly wrong: string | undefined }> => {
  const began = performance.now()
  for (;;) {
    const wrong = differences(await told(url), expected)
    const ms = performance.now() - began
    if (wrong === "") return { ms, wrong: undefined }
    if (ms > within) return { ms, wrong }
    await pause(100)
  }
}

/** Whether Postgres has everything that the journal had when it was asked. */
export const untilStored = async (api: Address): Promise<void> => {
  const { journal } = await marks(api)
  // The writer's longest pause and the time to store are less than it waits.
  await untilSo(
    "all that the journal has is stored",
    async () => Number((await marks(api)).storage.drained) >= Number(journal.last)
  )
}

const marks = async (api: Address) =>
  (
    await post<{
      readonly system: { readonly journal: { readonly last: string }; readonly storage: { readonly drained: string } }
    }>(api, "{ system { journal { last } storage { drained } } }")
  ).system

const told = async (url: string): Promise<State> => {
  const [live, ready, incidents] = await Promise.all([
    fetch(`${url}/healthz`),
    fetch(`${url}/readyz`),
    incidentsOf({ http: `${url}/graphql` })
  ])
  const { checks }: { readonly checks: Readonly<{ [name: string]: string }> } = await ready.json()
  await live.body?.cancel()
  const open = incidents.filter(({ endedAt }) => endedAt === null)
  return {
    live: live.status,
    ready: ready.status,
    complaints: new Set(Object.entries(checks).flatMap(([name, text]) => (text === "ok" ? [] : [name]))),
    incidents: new Set(open.map(({ kind, subject }) => `${kind} ${subject.replace(/\/.*/, "")}`))
  }
}

const differences = (found: State, expected: State): string =>
  [
    found.live === expected.live ? "" : `/healthz ${found.live}`,
    found.ready === expected.ready ? "" : `/readyz ${found.ready}`,
    ...without(expected.complaints, found.complaints).map((name) => `no complaint: ${name}`),
    ...without(found.complaints, expected.complaints).map((name) => `complaint: ${name}`),
    ...without(expected.incidents, found.incidents).map((name) => `no incident: ${name}`),
    ...without(found.incidents, expected.incidents).map((name) => `incident: ${name}`)
  ]
    .filter((text) => text !== "")
    .join(", ")

const without = (some: ReadonlySet<string>, others: ReadonlySet<string>): readonly string[] =>
  [...some].filter((name) => !others.has(name))
