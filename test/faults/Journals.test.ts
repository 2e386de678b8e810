/** Journals that are damaged, briefly. */
import { describe } from "vitest"
import { journals } from "../../scripts/faults/journals.ts"
import { keepsItsPromise } from "../support/faults.ts"

describe("journals", () => {
  keepsItsPromise(journals)
})
