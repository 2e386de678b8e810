import { describe } from "vitest"
import { single } from "../../scripts/faults/single.ts"
import { keepsItsPromise } from "../support/faults.ts"

describe("a single event asked for", () => keepsItsPromise(single))
