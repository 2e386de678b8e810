import { describe } from "vitest"
import { supervision } from "../../scripts/faults/supervision.ts"
import { keepsItsPromise } from "../support/faults.ts"

describe("actors under a storm of crashes", () => keepsItsPromise(supervision))
