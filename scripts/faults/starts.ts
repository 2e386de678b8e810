/**
 * Starts on whatever was left behind: each becomes ready in its time, with its database and with what was served before.
 *
 * After each round everything is fetched and stored, and what is stored, folded and served has to agree.
 */
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { post } from "../../test/support/client.ts"
import type { Address } from "../../test/support/client.ts"
import { runToEnd } from "../../test/support/program.ts"
import { startHouse } from "../../test/support/house.ts"
import type { House } from "../../test/support/house.ts"
import { agreement, quiet } from "../../test/support/invariant.ts"
import type { Agreement } from "../../test/support/invariant.ts"
import { readStored } from "../../test/support/stored.ts"
import { atMost, exactly, none } from "./FaultRun.ts"
import type { FaultRun, Outcome, Size } from "./FaultRun.ts"
import { probe, until } from "./house/Health.ts"
import { fetched, startLoad } from "./house/Load.ts"
import { withScene } from "./house/Scene.ts"
import type { Scene } from "./house/Scene.ts"
import { stateOf } from "./outage/Outage.ts"
import { FORGETFUL } from "./starts/Controls.ts"
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
  /** Listings served before it, and when it said that it was ready. */
  readonly before: number
  readonly listings: number
  /** Whether its life was denied; who did not answer in time has said nothing. */
  readonly saidDead: boolean
  readonly answered: boolean
  readonly stack: boolean
}

const started = (rounds: number, seed: number): Promise<Outcome> =>
  withScene({ seed, events: 20, markets: 12 }, async (scene) => {
    let house = await startHouse(scene.options)
    scene.ends(house)
    const { dataDir } = scene.options
    const all: Start[] = []
    const agreed: Agreement[] = []
    await levelled(scene.api)
    const { listings: first } = await agreement(scene.api, dataDir)
    for (let round = 0; round < rounds; round++) {
      await post(scene.api, "mutation { resumeSchedule { errors { message } } }")
      const load = startLoad(scene.api, scene.simulator, 0.3)
      for (const dirt of DIRT) {
        await pause(LIVES_MS)
        const after = await startOn(scene, house, dirt)
        house = after.house
        all.push(after.start)
      }
      await load.stop()
      await levelled(scene.api)
      agreed.push(await agreement(scene.api, dataDir))
    }
    const migrations = await readStored(dataDir, (sql) => sql`select from schema_migration`)
    const broken = await startOn(scene, house, FORGETFUL)
    const exit = await broken.house.stop()
    const slow = all.filter(({ readyMs, openMs }) => Math.max(readyMs, openMs) > READY_WITHIN_MS)
    const poor = all.filter(isPoor)
    const faults = agreed.flatMap((round) => round.faults)
    const refused = await runToEnd({ ...scene.options.environment, DATA_DIR: "/proc/oddswire" }, [])
    return {
      checks: [
        none(`starts that took too long (${slow.map(({ what }) => what).join(", ") || "none"})`, slow.length),
        atMost("longest until readiness", Math.max(...all.map(({ readyMs }) => readyMs)) / 1_000, 20, "s"),
        atMost("longest until Postgres had everything", Math.max(...all.map(({ openMs }) => openMs)) / 1_000, 20, "s"),
        none("starts that said they were dead", all.filter(({ saidDead }) => saidDead).length),
        none("starts that showed a stack", all.filter(({ stack }) => stack).length),
        none(
          `ready with fewer listings than before (${poor.map(({ what }) => what).join(", ") || "none"})`,
          poor.length
        ),
        none(`stored, folded and served differently, or twice the same (${faults[0] ?? "none"})`, faults.length),
        exactly("fewest listings after a round", Math.min(...agreed.map(({ listings }) => listings)), first),
        exactly("migrations in place", migrations.length, MIGRATIONS.length),
        none("exit code of the last house", exit ?? -1)
      ],
      least: [
        { what: "states", seen: new Set(all.map(({ what }) => what)).size, atLeast: DIRT.length },
        {
          what: "starts asked whether they live",
          seen: all.filter(({ answered }) => answered).length,
          atLeast: rounds
        },
        { what: "markets compared", seen: agreed.reduce((sum, { markets }) => sum + markets, 0), atLeast: 200 * rounds }
      ],
      controls: [
        {
          what: "a folder in which nothing can be kept: refused with one sentence and code 2",
          caught: refused.code === 2 && refused.complaints.length === 1
        },
        { what: "a house that reads back nothing: ready with an empty board", caught: isPoor(broken.start) },
        { what: "a house that shows a stack when it has started", caught: broken.start.stack }
      ],
      counts: Object.fromEntries(
        [...Map.groupBy(all, ({ what }) => what)].map(([what, times]) => [
          what,
          `ready ${Math.max(...times.map(({ readyMs }) => Math.round(readyMs)))} ms, stored ${Math.max(...times.map(({ openMs }) => Math.round(openMs)))} ms`
        ])
      ),
      notes: [
        "Each state is made on the folder that the one before it left, under load, with the embedded database.",
        "The embedded database takes any free port at every start, so nobody can hold its port before.",
        ...DIRT.flatMap(({ servesLess, what }) =>
          servesLess === undefined ? [] : [`${what}: may serve less when it is ready, because ${servesLess}.`]
        )
      ]
    }
  })

const MIGRATIONS = readdirSync(join(import.meta.dirname, "../../schema/postgres")).filter((name) =>
  name.endsWith(".sql")
)

const isPoor = ({ before, listings }: Start): boolean => listings < before

/** Everything is fetched, and all of it stored. */
const levelled = async (api: Address): Promise<void> => {
  await quiet(api)
  await fetched(api)
  await quiet(api)
}

const LIVES_MS = 700

const startOn = async (
  { api, ends, options, url }: Scene,
  last: House,
  { before, environment, make, prepare, servesLess, what }: Dirt
): Promise<{ readonly house: House; readonly start: Start }> => {
  const served = servesLess === undefined ? (await stateOf(api)).cache.listings : 0
  await prepare?.(options.dataDir)
  if (before === "killed with its database") killDatabase(options.dataDir)
  await (before === "told to end" ? last.stop() : last.kill())
  make?.(options.dataDir)
  const began = performance.now()
  const house = await startHouse({ ...options, environment: { ...options.environment, ...environment } })
  ends(house)
  const readyMs = performance.now() - began
  const life = await probe(url, "/healthz")
  const { cache, journal } = await stateOf(api)
  await until(async () => {
    const { storage } = await stateOf(api)
    return storage.reachable && Number(storage.drained) >= Number(journal.last)
  }, 2 * READY_WITHIN_MS)
  return {
    house,
    start: {
      what,
      readyMs,
      openMs: performance.now() - began,
      before: served,
      listings: cache.listings,
      saidDead: life !== undefined && life !== 200,
      answered: life !== undefined,
      stack: /^ {4}at /m.test(house.output())
    }
  }
}
