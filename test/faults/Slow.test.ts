import { describe } from "vitest"
import { slow } from "../../scripts/faults/slow.ts"
import { keepsItsPromise } from "../support/faults.ts"

describe("readers that stop", () => keepsItsPromise(slow))
