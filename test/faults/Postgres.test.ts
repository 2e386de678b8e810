/** A Postgres that is there and of no use, briefly. */
import { describe } from "vitest"
import { postgres } from "../../scripts/faults/postgres.ts"
import { keepsItsPromise } from "../support/faults.ts"

describe("postgres", () => {
  keepsItsPromise(postgres)
})
