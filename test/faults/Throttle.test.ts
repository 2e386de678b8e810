import { describe } from "vitest"
import { throttle } from "../../scripts/faults/throttle.ts"
import { keepsItsPromise } from "../support/faults.ts"

describe("a storm of 429s", () => keepsItsPromise(throttle))
