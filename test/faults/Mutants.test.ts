import { describe } from "vitest"
import { mutants } from "../../scripts/faults/mutants.ts"
import { keepsItsPromise } from "../support/faults.ts"

describe("tests over broken safety code", () => keepsItsPromise(mutants))
