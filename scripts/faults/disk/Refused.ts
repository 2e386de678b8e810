/** A start on a read-only disk: it ends with a sentence that names the folder and says what to do. */
import { startHouse } from "../../../test/support/house.ts"
import type { Check } from "../FaultRun.ts"
import type { Scene } from "../house/Scene.ts"

export const refused = async ({ options }: Scene, readOnly: () => void): Promise<Check> => {
  readOnly()
  const began = performance.now()
  const ended = await startHouse(options).then(
    async (house) => `it started, and ended with ${await house.stop()}`,
    (error: unknown) => String(error)
  )
  const said = /Journal \S+: it cannot be opened .*mend that/.exec(ended)?.[0]
  const seconds = Math.round((performance.now() - began) / 1_000)
  return {
    what: "a start on a read-only disk",
    seen: said === undefined ? ended.slice(-200) : `refused with a sentence after ${seconds} s`,
    must: "refused with a sentence",
    holds: said !== undefined && seconds < 30
  }
}
