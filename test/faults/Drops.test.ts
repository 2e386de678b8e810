import { describe } from "vitest"
import { drops } from "../../scripts/faults/drops.ts"
import { keepsItsPromise } from "../support/faults.ts"

describe("lines that break", () => keepsItsPromise(drops))
