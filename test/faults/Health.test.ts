import { describe } from "vitest"
import { health } from "../../scripts/faults/health.ts"
import { keepsItsPromise } from "../support/faults.ts"

describe("what a house says of its own state", () => keepsItsPromise(health))
