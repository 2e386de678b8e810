/** Commits whose answer is cut off, briefly. */
import { describe } from "vitest"
import { commits } from "../../scripts/faults/commits.ts"
import { keepsItsPromise } from "../support/faults.ts"

describe("commits", () => {
  keepsItsPromise(commits)
})
