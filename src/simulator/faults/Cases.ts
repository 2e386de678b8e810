/**
 * Every fault that can be ordered, by its name or by its id in the corpus of bad input.
 *
 * `slow` and `gone` are not here: the site itself knows how to be slow, and how it says that an event is not there.
 */
import { DRIFT } from "./corpus/Drift.ts"
import { ENCODINGS } from "./corpus/Encodings.ts"
import type { Fault } from "./Fault.ts"
import { IDENTITY } from "./corpus/Identity.ts"
import { JSON_FORM } from "./corpus/JsonForm.ts"
import { NAMED } from "./Named.ts"
import { ODDS } from "./corpus/OddsSemantics.ts"
import { STATUSES } from "./corpus/Statuses.ts"
import { WIRE } from "./corpus/Wire.ts"

export const CASES: ReadonlyMap<string, Fault> = new Map(
  [NAMED, WIRE, STATUSES, ENCODINGS, JSON_FORM, ODDS, IDENTITY, DRIFT].flatMap((faults) => Object.entries(faults))
)

export const FAULT_KINDS: readonly string[] = ["slow", "gone", ...CASES.keys()]
