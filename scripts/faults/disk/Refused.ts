/**
 * A start on a disk that the journal cannot use: it ends with a sentence that names the folder and says what to do, and
 * sets nothing aside, because the journal is in order.
 */
import { readdirSync } from "node:fs"
import { startHouse } from "../../../test/support/house.ts"
import type { Check } from "../FaultRun.ts"
import type { Scene } from "../house/Scene.ts"

export const refused = async ({ options }: Scene, journal: string, what: string): Promise<Check> => {
  const began = performance.now()
  const ended = await startHouse(options).then(
    async (house) => `it started, and ended with ${await house.stop()}`,
    (error: unknown) => String(error)
  )
  const said = /Journal \S+: it cannot be opened .*mend that/.exec(ended)?.[0]
  const seconds = Math.round((performance.now() - began) / 1_000)
  const aside = readdirSync(journal).filter((name) => name.includes(".corrupt-"))
  return {
    what: `a start on ${what}`,
    seen:
      said === undefined || aside.length > 0
        ? (aside[0] ?? ended.slice(-200))
        : `refused with a sentence after ${seconds} s`,
    must: "refused with a sentence",
    holds: said !== undefined && aside.length === 0 && seconds < 30
  }
}
