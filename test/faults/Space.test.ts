import { describe } from "vitest"
import { space } from "../../scripts/faults/space.ts"
import { keepsItsPromise } from "../support/faults.ts"

describe("the disk after many days", () => keepsItsPromise(space))
