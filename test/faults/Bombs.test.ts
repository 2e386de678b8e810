import { describe } from "vitest"
import { bombs } from "../../scripts/faults/bombs.ts"
import { keepsItsPromise } from "../support/faults.ts"

describe("answers made to exhaust whoever reads them", () => keepsItsPromise(bombs))
