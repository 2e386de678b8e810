/** A house whose journal does not outlive its process: what it holds back for Postgres is gone with it. */
import { setTimeout as pause } from "node:timers/promises"
import { alteredBy } from "../../../test/support/alteredSource.ts"
import { follow, lostOf } from "../../../test/support/follower.ts"
import { startHouse } from "../../../test/support/house.ts"
import { quiet } from "../../../test/support/invariant.ts"
import { historyOf, readAt } from "../../../test/support/stored.ts"
import type { Control } from "../FaultRun.ts"
import { startLoad } from "../house/Load.ts"
import { withScene } from "../house/Scene.ts"
import { makeGate } from "./Gate.ts"

/** Killed in an outage; whether the judge misses what was seen before. */
export const forgetsItsJournal = (seed: number): Promise<Control> =>
  withScene({ seed, events: 20, markets: 12 }, async (scene) => {
    const gate = await makeGate(scene.folder)
    scene.ends({ kill: gate.close })
    const environment = { ...scene.options.environment, ...FORGETFUL, DATABASE_URL: gate.url }
    const broken = await startHouse({ ...scene.options, environment })
    scene.ends(broken)
    await gate.leave("stopped")
    const follower = follow(scene.api)
    const load = startLoad(scene.api, scene.simulator, 0.5)
    while (follower.seen.length < ENOUGH) await pause(20)
    await load.stop()
    await broken.kill()
    await gate.comeBack("stopped")
    const next = await startHouse({ ...scene.options, environment })
    scene.ends(next)
    await quiet(scene.api)
    const lost = lostOf(follower.seen, await readAt(gate.behind, historyOf))
    await follower.close()
    return { what: "a journal that dies with its process: seen offers are lost", caught: lost.length > 0 }
  })

const ENOUGH = 200
const FORGETFUL = alteredBy([
  { file: "openThread.ts", from: `join(dataDir, "journal")`, to: `join(dataDir, "journal" + process.pid)` }
])
