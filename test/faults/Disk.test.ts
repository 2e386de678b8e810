/** A full disk of the journal, briefly; left out where no disk can be mounted. */
import { describe } from "vitest"
import { disk } from "../../scripts/faults/disk.ts"
import { canMount } from "../../scripts/faults/disk/SmallDisk.ts"
import { keepsItsPromise } from "../support/faults.ts"

describe.skipIf(!canMount())("disk (needs root that may mount)", () => {
  keepsItsPromise(disk)
})
