/**
 * Houses that are known to be broken, put to the same judge: one that acknowledges what it has not committed, and one
 * that commits without making it durable.
 */
import { setTimeout as pause } from "node:timers/promises"
import { alteredBy } from "../../../test/support/alteredSource.ts"
import { post } from "../../../test/support/client.ts"
import type { Address } from "../../../test/support/client.ts"
import { follow, lostOf } from "../../../test/support/follower.ts"
import { startHouse } from "../../../test/support/house.ts"
import { quiet } from "../../../test/support/invariant.ts"
import { historyOf, readStored } from "../../../test/support/stored.ts"
import type { Control } from "../FaultRun.ts"
import { startLoad } from "../house/Load.ts"
import { withScene, withStage } from "../house/Scene.ts"
import { commitsBehind, traceSyncs } from "../house/Syncs.ts"
import { WITHOUT_BOOKMAKERS, fedBy } from "./corridor/Corridor.ts"

const SMALL = { events: 40, markets: 12 }

/** Whether the judge finds what it has lost after a single kill. */
export const acknowledgesTooEarly = (seed: number): Promise<Control> =>
  withScene({ seed, ...SMALL, environment: alteredBy([ACKNOWLEDGE_FIRST]) }, async (scene) => {
    const broken = await startHouse(scene.options)
    scene.ends(broken)
    const follower = follow(scene.api)
    const load = startLoad(scene.api, scene.simulator, 0.5)
    const seenAtFirst = follower.seen.length
    while (follower.seen.length < seenAtFirst + 200) await pause(10)
    await broken.kill()
    await load.stop()
    const next = await startHouse(scene.options)
    scene.ends(next)
    await quiet(scene.api)
    const lost = lostOf(follower.seen, await readStored(scene.options.dataDir, historyOf))
    await follower.close()
    return { what: "a journal that acknowledges before it commits: seen offers are lost", caught: lost.length > 0 }
  })

const ACKNOWLEDGE_FIRST = {
  file: "journalWorker.ts",
  from: "file.commit(request.commit)\n        free(request.commit.records, request.commit.images)",
  to: "setTimeout((late: JournalFile) => late.commit(request.commit), 400, file)"
}

export interface Syncs {
  readonly commits: number
  readonly syncs: number
}

/** Counts both while a fed corridor numbers so many records, and until it is killed then. */
export const countSyncs = (
  seed: number,
  records: number,
  environment: Readonly<{ [name: string]: string }> = {}
): Promise<Syncs> =>
  withStage({ ...WITHOUT_BOOKMAKERS, ...environment }, async (stage) => {
    const house = await startHouse(fedBy(stage, SLOWLY, seed))
    stage.ends(house)
    const trace = await traceSyncs(house.pid)
    const first = await lastOf(stage.api)
    while ((await lastOf(stage.api)) < first + records) await pause(50)
    await house.kill()
    // The last one may have been written and killed before its sync: nobody was told of it.
    const commits = commitsBehind(stage.options.dataDir, first) - 1
    return { commits, syncs: await trace.stop() }
  })

/** Snapshots a second, so that a commit holds few of them. */
const SLOWLY = 200

const lastOf = async (api: Address): Promise<number> =>
  Number((await post<Journal>(api, "{ system { journal { last } } }")).system.journal.last)

interface Journal {
  readonly system: { readonly journal: { readonly last: string } }
}

/** The environment of a house whose journal syncs its log when it is carried over into the file, and not at each commit. */
export const WITHOUT_SYNC = alteredBy([
  { file: "Opening.ts", from: "pragma synchronous = full", to: "pragma synchronous = normal" }
])
