import { describe } from "vitest"
import { outage } from "../../scripts/faults/outage.ts"
import { keepsItsPromise } from "../support/faults.ts"

describe("Postgres going away", () => {
  keepsItsPromise(outage)
})
