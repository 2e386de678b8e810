import { describe } from "vitest"
import { corpus } from "../../scripts/faults/corpus.ts"
import { keepsItsPromise } from "../support/faults.ts"

describe("npm run faults corpus", () => keepsItsPromise(corpus))
