import { describe } from "vitest"
import { clientDrops } from "../../scripts/faults/clientDrops.ts"
import { keepsItsPromise } from "../support/faults.ts"

describe("a client whose line breaks again and again", () => {
  keepsItsPromise(clientDrops)
})
