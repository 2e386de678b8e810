import { describe } from "vitest"
import { starts } from "../../scripts/faults/starts.ts"
import { keepsItsPromise } from "../support/faults.ts"

describe("starts on what was left behind", () => {
  keepsItsPromise(starts)
})
