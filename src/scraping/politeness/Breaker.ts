/**
 * A circuit breaker as a pure step: what came back, and whether the next request may go.
 *
 * It counts in buckets of five seconds and tells transport from content: `Answered` says that a reply came, `Read`
 * that it could be understood, so replies nobody can read still open it. While open, only its probe's outcome
 * counts: what was already under way when it opened says nothing about now.
 */
import type { ReasonCode } from "../../domain/Freshness.ts"

export type CircuitPhase = "CLOSED" | "OPEN" | "HALF_OPEN"

export interface Circuit {
  readonly phase: CircuitPhase
  /** When this phase began. */
  readonly since: number
  /** No request before, while OPEN. */
  readonly until: number
  /** Why it opened last. */
  readonly cause: ReasonCode
  /** Openings since it was last closed. */
  readonly openings: number
  readonly probing: boolean
  /** Successful probes since it was last open. */
  readonly passed: number
  /** Weighed failures since the last answer. */
  readonly inARow: number
  readonly unreadable: number
  readonly recent: readonly Bucket[]
}

interface Bucket {
  readonly from: number
  readonly total: number
  readonly bad: number
}

export type Outcome =
  | { readonly _tag: "Answered"; readonly at: number; readonly probe: boolean }
  /**
   * `weight` 1, or less for what is only suspicious. `repeated`: the same request failed before, which says nothing new
   * of the others, so it does not lengthen the row.
   */
  | {
      readonly _tag: "Failed"
      readonly at: number
      readonly probe: boolean
      readonly cause: ReasonCode
      readonly weight: number
      readonly repeated: boolean
    }
  | { readonly _tag: "Unreadable"; readonly at: number }
  | { readonly _tag: "Read" }
  /** A refusal: opens at once. */
  | { readonly _tag: "Refused"; readonly at: number; readonly probe: boolean }
  /** The probe ended without an outcome. */
  | { readonly _tag: "Abandoned" }

/** How long a circuit stays open: `firstMs` doubled with each opening, `longestMs` at most. */
export interface Patience {
  readonly firstMs: number
  readonly longestMs: number
}

export const FAULT_PATIENCE: Patience = { firstMs: 15_000, longestMs: 300_000 }

export const FAILURES_IN_A_ROW = 5
export const UNREADABLE_IN_A_ROW = 3
const WINDOW_MS = 60_000
const BUCKET_MS = 5_000
const LEAST_IN_WINDOW = 20
const PROBES_TO_CLOSE = 2

export const closedCircuit: Circuit = {
  phase: "CLOSED",
  since: 0,
  until: 0,
  cause: "OTHER",
  openings: 0,
  probing: false,
  passed: 0,
  inARow: 0,
  unreadable: 0,
  recent: []
}

/** What a restart makes of a refusal or outage that was announced before it. */
export const openCircuit = (cause: ReasonCode, since: number, until: number): Circuit => ({
  ...closedCircuit,
  phase: "OPEN",
  since,
  until,
  cause,
  openings: 1
})

/** PASS as usual, PROBE as the one request that decides, or HOLD: no request now. */
export const admission = (circuit: Circuit, now: number): "PASS" | "PROBE" | "HOLD" => {
  if (circuit.phase === "CLOSED") return "PASS"
  if (circuit.phase === "OPEN") return now >= circuit.until ? "PROBE" : "HOLD"
  return circuit.probing ? "HOLD" : "PROBE"
}

/** The circuit once its probe has left. */
export const probed = (circuit: Circuit, now: number): Circuit =>
  circuit.phase === "OPEN"
    ? { ...circuit, phase: "HALF_OPEN", since: now, probing: true, passed: 0 }
    : { ...circuit, probing: true }

export const step = (circuit: Circuit, outcome: Outcome, patience: Patience): Circuit => {
  switch (circuit.phase) {
    case "CLOSED":
      return whileClosed(circuit, outcome, patience)
    case "OPEN":
      return outcome._tag === "Read" ? { ...circuit, unreadable: 0 } : circuit
    case "HALF_OPEN":
      return whileHalfOpen(circuit, outcome, patience)
  }
}

const whileClosed = (circuit: Circuit, outcome: Outcome, patience: Patience): Circuit => {
  switch (outcome._tag) {
    case "Answered":
      return { ...circuit, inARow: 0, recent: counted(circuit.recent, outcome.at, 0) }
    case "Failed": {
      const recent = counted(circuit.recent, outcome.at, outcome.weight)
      const inARow = circuit.inARow + (outcome.repeated ? 0 : outcome.weight)
      const failing = { ...circuit, recent, inARow }
      return inARow >= FAILURES_IN_A_ROW || mostlyBad(recent)
        ? opened(failing, outcome.cause, outcome.at, patience)
        : failing
    }
    case "Unreadable": {
      const failing = { ...circuit, unreadable: circuit.unreadable + 1, recent: counted(circuit.recent, outcome.at, 1) }
      return failing.unreadable >= UNREADABLE_IN_A_ROW ? opened(failing, "UNREADABLE", outcome.at, patience) : failing
    }
    case "Refused":
      return opened(circuit, "BLOCKED", outcome.at, patience)
    case "Read":
      return circuit.unreadable === 0 ? circuit : { ...circuit, unreadable: 0 }
    case "Abandoned":
      return circuit
  }
}

const whileHalfOpen = (circuit: Circuit, outcome: Outcome, patience: Patience): Circuit => {
  switch (outcome._tag) {
    case "Answered": {
      if (!outcome.probe) return circuit
      const passed = circuit.passed + 1
      // What could not be read stays counted: a reply that came is no proof that it can be read again.
      return passed < PROBES_TO_CLOSE
        ? { ...circuit, probing: false, passed }
        : { ...closedCircuit, since: outcome.at, unreadable: circuit.unreadable }
    }
    case "Failed":
      return outcome.probe ? opened(circuit, outcome.cause, outcome.at, patience) : circuit
    case "Refused":
      return outcome.probe ? opened(circuit, "BLOCKED", outcome.at, patience) : circuit
    case "Unreadable":
      return opened({ ...circuit, unreadable: circuit.unreadable + 1 }, "UNREADABLE", outcome.at, patience)
    case "Read":
      return { ...circuit, unreadable: 0 }
    case "Abandoned":
      return { ...circuit, probing: false }
  }
}

const opened = (circuit: Circuit, cause: ReasonCode, at: number, { firstMs, longestMs }: Patience): Circuit => ({
  ...circuit,
  phase: "OPEN",
  since: at,
  cause,
  openings: circuit.openings + 1,
  probing: false,
  passed: 0,
  inARow: 0,
  recent: [],
  until: at + Math.min(longestMs, firstMs * 2 ** circuit.openings)
})

const counted = (recent: readonly Bucket[], at: number, bad: number): readonly Bucket[] => {
  const from = Math.floor(at / BUCKET_MS) * BUCKET_MS
  const last = recent.at(-1)
  if (last?.from === from) return recent.with(-1, { from, total: last.total + 1, bad: last.bad + bad })
  return [...recent.filter((bucket) => bucket.from > at - WINDOW_MS), { from, total: 1, bad }]
}

const mostlyBad = (recent: readonly Bucket[]): boolean => {
  const total = recent.reduce((sum, bucket) => sum + bucket.total, 0)
  return total >= LEAST_IN_WINDOW && recent.reduce((sum, bucket) => sum + bucket.bad, 0) * 2 >= total
}
