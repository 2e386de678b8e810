import { describe } from "vitest"
import { fuzz } from "../../scripts/faults/fuzz.ts"
import { keepsItsPromise } from "../support/faults.ts"

describe("the decoders under damaged payloads", () => keepsItsPromise(fuzz))
