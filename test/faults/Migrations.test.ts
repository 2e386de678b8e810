/** Migrations cut off, begun at once and met by older code, briefly. */
import { describe } from "vitest"
import { migrations } from "../../scripts/faults/migrations.ts"
import { keepsItsPromise } from "../support/faults.ts"

describe("migrations", () => {
  keepsItsPromise(migrations)
})
