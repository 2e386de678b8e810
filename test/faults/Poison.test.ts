/** Rows that Postgres refuses among good ones, briefly. */
import { describe } from "vitest"
import { poison } from "../../scripts/faults/poison.ts"
import { keepsItsPromise } from "../support/faults.ts"

describe("poison", () => {
  keepsItsPromise(poison)
})
