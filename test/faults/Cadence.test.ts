import { describe } from "vitest"
import { cadence } from "../../scripts/faults/cadence.ts"
import { keepsItsPromise } from "../support/faults.ts"

describe("refreshes by cadence", () => keepsItsPromise(cadence))
