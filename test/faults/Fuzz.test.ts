import { describe } from "vitest"
import { fuzz } from "../../scripts/faults/fuzz.ts"
import { keepsItsPromise } from "../support/faults.ts"
import { hasRecordings } from "../support/recordings.ts"

// The judge needs the market map that lies beside the recordings.
describe.skipIf(!hasRecordings)("the decoders under damaged payloads", () => keepsItsPromise(fuzz))
