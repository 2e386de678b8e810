import { describe } from "vitest"
import { zones } from "../../scripts/faults/zones.ts"
import { keepsItsPromise } from "../support/faults.ts"

describe("kickoffs around every change of clocks", () => keepsItsPromise(zones))
