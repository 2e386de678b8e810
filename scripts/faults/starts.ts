/** Starts on whatever was left behind: each becomes ready, with its database, in its time. */
import { setTimeout as pause } from "node:timers/promises"
import { runToEnd } from "../../test/support/program.ts"
import { startHouse } from "../../test/support/house.ts"
import type { House } from "../../test/support/house.ts"
import { atMost, none } from "./FaultRun.ts"
import type { FaultRun, Outcome, Size } from "./FaultRun.ts"
import { probe, until } from "./house/Health.ts"
import { startLoad } from "./house/Load.ts"
import { withScene } from "./house/Scene.ts"
import type { Scene } from "./house/Scene.ts"
import { stateOf } from "./outage/Outage.ts"
import { DIRT, killDatabase } from "./starts/Dirt.ts"
import type { Dirt } from "./starts/Dirt.ts"

export const starts: FaultRun = {
  name: "starts",
  promise: "The house starts on whatever was left behind, or says in one sentence why it does not",
  run: (size, seed) => started(ROUNDS[size], seed)
}

const ROUNDS: { readonly [S in Size]: number } = { short: 1, long: 10 }
const READY_WITHIN_MS = 20_000

interface Start {
  readonly what: string
  readonly readyMs: number
  /** Until Postgres took what was told, ms. */
  readonly openMs: number
  /** Probes that said 200 for readiness before there was anything to be ready with, or did not for life. */
  readonly falseProbes: number
  readonly stack: boolean
}

const started = (rounds: number, seed: number): Promise<Outcome> =>
  withScene({ seed, events: 20, markets: 12 }, async (scene) => {
    let house = await startHouse(scene.options)
    scene.ends(house)
    const load = startLoad(scene.api, scene.simulator, 0.3)
    const all: Start[] = []
    for (let round = 0; round < rounds; round++) {
      for (const dirt of DIRT) {
        await pause(LIVES_MS)
        await end(house, scene, dirt)
        const after = await startOn(scene, dirt)
        house = after.house
        all.push(after.start)
      }
    }
    await load.stop()
    const exit = await house.stop()
    const slow = all.filter(({ readyMs, openMs }) => Math.max(readyMs, openMs) > READY_WITHIN_MS)
    const refused = await runToEnd({ ...scene.options.environment, DATA_DIR: "/proc/oddswire" }, [])
    return {
      checks: [
        none(`starts that took too long (${slow.map(({ what }) => what).join(", ") || "none"})`, slow.length),
        atMost("longest until readiness", Math.max(...all.map(({ readyMs }) => readyMs)) / 1_000, 20, "s"),
        atMost("longest until Postgres had everything", Math.max(...all.map(({ openMs }) => openMs)) / 1_000, 20, "s"),
        none(
          "probes that were not true",
          all.reduce((sum, { falseProbes }) => sum + falseProbes, 0)
        ),
        none("starts that showed a stack", all.filter(({ stack }) => stack).length),
        none("exit code of the last house", exit ?? -1)
      ],
      least: [{ what: "states", seen: new Set(all.map(({ what }) => what)).size, atLeast: DIRT.length }],
      controls: [
        {
          what: "a folder in which nothing can be kept: refused with one sentence and code 2",
          caught: refused.code === 2 && refused.complaints.length === 1
        }
      ],
      counts: Object.fromEntries(
        [...Map.groupBy(all, ({ what }) => what)].map(([what, times]) => [
          what,
          `ready ${Math.max(...times.map(({ readyMs }) => Math.round(readyMs)))} ms, stored ${Math.max(...times.map(({ openMs }) => Math.round(openMs)))} ms`
        ])
      ),
      notes: [
        "Each state is made on the folder that the one before it left, under load, with the embedded database.",
        "The embedded database takes any free port at every start, so nobody can hold its port before."
      ]
    }
  })

const LIVES_MS = 700

const end = async (house: House, { options }: Scene, { before }: Dirt): Promise<void> => {
  if (before === "told to end") return void (await house.stop())
  if (before === "killed with its database") killDatabase(options.dataDir)
  await house.kill()
}

const startOn = async (
  { api, ends, options, url }: Scene,
  { what, make, environment }: Dirt
): Promise<{ readonly house: House; readonly start: Start }> => {
  make?.(options.dataDir)
  const began = performance.now()
  const house = await startHouse({ ...options, environment: { ...options.environment, ...environment } })
  ends(house)
  const readyMs = performance.now() - began
  const falseProbes = (await probe(url, "/healthz")) === 200 ? 0 : 1
  const { journal } = await stateOf(api)
  await until(async () => {
    const { storage } = await stateOf(api)
    return storage.reachable && Number(storage.drained) >= Number(journal.last)
  }, 2 * READY_WITHIN_MS)
  return {
    house,
    start: { what, readyMs, openMs: performance.now() - began, falseProbes, stack: /^ {4}at /m.test(house.output()) }
  }
}
