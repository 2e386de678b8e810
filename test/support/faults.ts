/** The short form of a fault run, as a test. */
import { assert, it } from "vitest"
import { failures } from "../../scripts/faults/FaultRun.ts"
import type { FaultRun } from "../../scripts/faults/FaultRun.ts"

/** Long enough for a busy machine; a short run takes seconds. */
const WITHIN_MS = 240_000

export const keepsItsPromise = (faultRun: FaultRun, seed = 1): void =>
  it(faultRun.promise, { timeout: WITHIN_MS }, async () => {
    assert.deepStrictEqual(failures(await faultRun.run("short", seed)), [])
  })
