import { describe } from "vitest"
import { clock } from "../../scripts/faults/clock.ts"
import { keepsItsPromise } from "../support/faults.ts"

describe("a clock that is set under a running house", () => keepsItsPromise(clock))
