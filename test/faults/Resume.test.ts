import { describe } from "vitest"
import { resume } from "../../scripts/faults/resume.ts"
import { keepsItsPromise } from "../support/faults.ts"

describe("a house killed in a run", () => keepsItsPromise(resume))
