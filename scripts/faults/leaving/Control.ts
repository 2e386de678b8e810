/** A house that does not mind the signal: it is gone at once, with another code and without a word to its subscribers. */
import { setTimeout as pause } from "node:timers/promises"
import { alteredBy } from "../../../test/support/alteredSource.ts"
import { follow } from "../../../test/support/follower.ts"
import { startHouse } from "../../../test/support/house.ts"
import type { Control } from "../FaultRun.ts"
import { withScene } from "../house/Scene.ts"

export const diesAtOnce = (seed: number): Promise<Control> =>
  withScene({ seed, events: 10, markets: 4, environment: alteredBy([ABRUPT]) }, async (scene) => {
    const broken = await startHouse(scene.options)
    scene.ends(broken)
    const follower = follow(scene.api)
    while (follower.cursor() === undefined) await pause(20)
    const code = await broken.stop()
    while (follower.closes.size === 0) await pause(20)
    await follower.close()
    return {
      what: "a house that is killed by the signal: another code, and no 1012",
      caught: code !== 0 && !follower.closes.has(1012)
    }
  })

const ABRUPT = {
  file: "src/main.ts",
  from: "process.once(signal, () => setTimeout(",
  to: "process.prependOnceListener(signal, () => process.kill(process.pid, 'SIGKILL')); process.once(signal, () => setTimeout("
}
