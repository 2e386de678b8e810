import { describe } from "vitest"
import { day } from "../../scripts/faults/day.ts"
import { keepsItsPromise } from "../support/faults.ts"

describe("a day", () => keepsItsPromise(day))
