/** A full disk of the journal, briefly; where none can be mounted its commits are made to fail instead. */
import { describe } from "vitest"
import { disk } from "../../scripts/faults/disk.ts"
import { keepsItsPromise } from "../support/faults.ts"

describe("the journal's disk", () => keepsItsPromise(disk))
