import { describe } from "vitest"
import { leaving } from "../../scripts/faults/leaving.ts"
import { keepsItsPromise } from "../support/faults.ts"

describe("a house told to end", () => {
  keepsItsPromise(leaving)
})
