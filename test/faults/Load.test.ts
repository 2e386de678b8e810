import { describe } from "vitest"
import { load } from "../../scripts/faults/load.ts"
import { keepsItsPromise } from "../support/faults.ts"

describe("a crowd of subscribers", () => keepsItsPromise(load))
