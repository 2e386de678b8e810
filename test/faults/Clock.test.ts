import { describe } from "vitest"
import { clock } from "../../scripts/faults/clock.ts"
import { keepsItsPromise } from "../support/faults.ts"

// Not kept yet: a step that meets answers under way can leave the whole board stale; `npm run faults clock` shows it.
describe.skip("a clock that is set under a running house", () => keepsItsPromise(clock))
