/**
 * The three circuits of one bookmaker: its list, its events, and its refusals. Pure.
 *
 * A refusal speaks for the whole bookmaker, so it closes both endpoints and asks for one probe, not two.
 */
import type { Endpoint, FetchError } from "../../bookmakers/FetchError.ts"
import type { ReasonCode, Standing } from "../../domain/Freshness.ts"
import { FAULT_PATIENCE, admission, closedCircuit, openCircuit, probed, step } from "./Breaker.ts"
import type { Circuit, Outcome, Patience } from "./Breaker.ts"
import type { Pause } from "./Pauses.ts"

export interface Circuits {
  readonly list: Circuit
  readonly event: Circuit
  readonly refusal: Circuit
}

/** A request on its way; which circuits it probes. */
export interface Pass {
  readonly endpoint: Endpoint
  readonly probesEndpoint: boolean
  readonly probesRefusal: boolean
  /** 1 for the first time this request is sent. */
  readonly attempt: number
}

export const allClosed: Circuits = { list: closedCircuit, event: closedCircuit, refusal: closedCircuit }

/**
 * A refusal or outage announced before a restart is obeyed after it. A refusal until the later of what was told and what
 * was kept, also where the standing tells of something else, e.g. that it is switched off. Neither is believed beyond
 * the longest wait there is: the clock may have been set back since.
 */
export const fromBefore = (
  { since, reason }: Standing,
  { refusedUntil }: Pause,
  afterRefusal: Patience,
  now: number
): Circuits => {
  const told = reason?.until ?? now
  const wasRefused = reason?.code === "BLOCKED"
  const refused = Math.min(wasRefused ? Math.max(told, refusedUntil) : refusedUntil, now + afterRefusal.longestMs)
  const broken = Math.min(told, now + FAULT_PATIENCE.longestMs)
  return {
    ...allClosed,
    event: reason?.code === "BREAKER_OPEN" ? openCircuit("BREAKER_OPEN", since, broken) : closedCircuit,
    refusal: wasRefused || refused > now ? openCircuit("BLOCKED", wasRefused ? since : now, refused) : closedCircuit
  }
}

/** The circuit that holds requests of this endpoint back now, if one does. */
export const heldBy = (circuits: Circuits, endpoint: Endpoint, now: number): Circuit | undefined =>
  [circuits.refusal, circuits[endpoint]].find((circuit) => admission(circuit, now) === "HOLD")

/** Sends a request through, which `heldBy` does not hold: the circuits after it, and its pass. */
export const enter = (
  circuits: Circuits,
  endpoint: Endpoint,
  attempt: number,
  now: number
): readonly [Circuits, Pass] => {
  const probesEndpoint = admission(circuits[endpoint], now) === "PROBE"
  const probesRefusal = admission(circuits.refusal, now) === "PROBE"
  if (!probesEndpoint && !probesRefusal) return [circuits, { endpoint, probesEndpoint, probesRefusal, attempt }]
  return [
    {
      ...circuits,
      [endpoint]: probesEndpoint ? probed(circuits[endpoint], now) : circuits[endpoint],
      refusal: probesRefusal ? probed(circuits.refusal, now) : circuits.refusal
    },
    { endpoint, probesEndpoint, probesRefusal, attempt }
  ]
}

/**
 * What a request came back with; `undefined` = an answer, "ABANDONED" = nobody waited for it. `afterRefusal` is how long
 * a refusal is obeyed.
 */
export const leave = (
  circuits: Circuits,
  pass: Pass,
  at: number,
  came: FetchError | "ABANDONED" | undefined,
  afterRefusal: Patience
): Circuits => {
  const { endpoint } = pass
  const outcome = endpointOutcome(pass, at, came)
  const refusal = refusalOutcome(pass, at, came)
  return {
    ...circuits,
    [endpoint]: outcome === undefined ? circuits[endpoint] : step(circuits[endpoint], outcome, FAULT_PATIENCE),
    refusal: refusal === undefined ? circuits.refusal : step(circuits.refusal, refusal, afterRefusal)
  }
}

/** What became of the content after the request had ended well. */
export const content = (circuits: Circuits, endpoint: Endpoint, outcome: Outcome): Circuits => ({
  ...circuits,
  [endpoint]: step(circuits[endpoint], outcome, FAULT_PATIENCE)
})

/** The same circuits by another clock. */
export const translated = ({ event, list, refusal }: Circuits, to: (at: number) => number): Circuits => ({
  event: { ...event, since: to(event.since), until: to(event.until) },
  list: { ...list, since: to(list.since), until: to(list.until) },
  refusal: { ...refusal, since: to(refusal.since), until: to(refusal.until) }
})

/**
 * What its circuits say of a bookmaker's prices. The list's circuit says nothing of them: events already known
 * are refreshed without it.
 */
export const standingOf = ({ refusal, event }: Circuits, name: string): Standing | undefined => {
  if (refusal.phase !== "CLOSED") {
    return {
      state: "STALE",
      since: refusal.since,
      reason: {
        code: "BLOCKED",
        until: refusal.until,
        text: `${name} refuses our requests; none is sent before the announced time.`
      }
    }
  }
  if (event.phase !== "CLOSED") {
    return {
      state: "STALE",
      since: event.since,
      reason: {
        code: "BREAKER_OPEN",
        until: event.until,
        text: `Requests to ${name} kept failing (${event.cause}); the next one is a probe at the announced time.`
      }
    }
  }
  return undefined
}

/** The reason a trader is shown for an error. */
export const reasonCodeOf = (error: FetchError): ReasonCode => {
  switch (error._tag) {
    case "Unreachable":
      return "UNREACHABLE"
    case "TimedOut":
      return "TIMED_OUT"
    case "Throttled":
      return "THROTTLED"
    case "Broken":
      return "BROKEN"
    case "Blocked":
      return "BLOCKED"
    case "Gone":
      return "GONE"
    case "TooLarge":
      return "TOO_LARGE"
    case "Unreadable":
      return "UNREADABLE"
    case "Held":
      return error.code
  }
}

/** Undefined where it says nothing: `Abandoned` of a request that probed nothing must not free a probe under way. */
const endpointOutcome = (pass: Pass, at: number, came: FetchError | "ABANDONED" | undefined): Outcome | undefined => {
  const probe = pass.probesEndpoint
  const repeated = pass.attempt > 1
  if (came === undefined) return { _tag: "Answered", at, probe }
  const silent: Outcome | undefined = probe ? { _tag: "Abandoned" } : undefined
  if (came === "ABANDONED") return silent
  switch (came._tag) {
    case "Gone":
      return { _tag: "Answered", at, probe }
    case "Unreadable":
      return { _tag: "Unreadable", at }
    case "Blocked":
    case "Held":
      return silent
    case "Throttled":
      return came.status === 429 ? silent : { _tag: "Failed", at, probe, cause: "THROTTLED", weight: 1, repeated }
    case "Unreachable":
    case "TimedOut":
    case "Broken":
    case "TooLarge":
      return { _tag: "Failed", at, probe, cause: reasonCodeOf(came), weight: 1, repeated }
  }
}

/** Only an answer or another refusal moves it: a probe that was cut off proves neither. */
const refusalOutcome = (pass: Pass, at: number, came: FetchError | "ABANDONED" | undefined): Outcome | undefined => {
  const probe = pass.probesRefusal
  if (came === undefined || (came !== "ABANDONED" && came._tag === "Gone"))
    return probe ? { _tag: "Answered", at, probe } : undefined
  if (came !== "ABANDONED" && came._tag === "Blocked") return { _tag: "Refused", at, probe }
  return probe ? { _tag: "Abandoned" } : undefined
}
