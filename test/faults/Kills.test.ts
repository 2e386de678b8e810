import { describe } from "vitest"
import { kills } from "../../scripts/faults/kills.ts"
import { keepsItsPromise } from "../support/faults.ts"

describe("a house killed again and again", () => {
  keepsItsPromise(kills)
})
