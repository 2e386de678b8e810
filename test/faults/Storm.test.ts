import { describe } from "vitest"
import { storm } from "../../scripts/faults/storm.ts"
import { keepsItsPromise } from "../support/faults.ts"

describe("a storm of faults at one bookmaker", () => keepsItsPromise(storm))
