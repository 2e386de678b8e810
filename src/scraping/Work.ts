/**
 * What is going on with one bookmaker, for whoever asks why its prices are late: how fast it is asked, what holds
 * requests back and since when, what repetitions are left, and how much of its payloads could not be read.
 *
 * Read from the gate at the moment of asking and kept nowhere, so it cannot disagree with what the gate does.
 */
import type { Endpoint } from "../bookmakers/FetchError.ts"
import type { BookmakerId } from "../domain/Bookmaker.ts"
import type { ReasonCode } from "../domain/Freshness.ts"
import type { BookmakerScraper } from "./BookmakerScraper.ts"
import type { DriftCount } from "./Quarantine.ts"

export interface BookmakerWork {
  readonly bookmakerId: BookmakerId
  /** Requests under way, and the limit in force after any slowing down. */
  readonly active: number
  readonly limit: number
  /** True while paused, or slower than its pace allows. */
  readonly slowed: boolean
  /** No request before, because it asked for fewer. */
  readonly pausedUntil: number | undefined
  /** Repetitions that could be paid for now. */
  readonly retriesLeft: number
  readonly breakers: readonly BreakerState[]
  readonly drift: readonly DriftCount[]
  readonly lastSuccessAt: number | undefined
}

/** The refusal's circuit speaks for both endpoints. */
export interface BreakerState {
  readonly endpoint: Endpoint | "refusal"
  readonly state: "CLOSED" | "OPEN" | "HALF_OPEN"
  /** When this state began; undefined while CLOSED. */
  readonly since: number | undefined
  /** When the next probe is due, while OPEN. */
  readonly until: number | undefined
  /** What opened it; undefined while CLOSED. */
  readonly reason: ReasonCode | undefined
  /** How often it has opened since it was last closed: each time it stays open for twice as long. */
  readonly openings: number
}

export const workOf = ({ bookmaker, gate }: BookmakerScraper, drift: readonly DriftCount[]): BookmakerWork => {
  const circuits = gate.circuits()
  return {
    bookmakerId: bookmaker.id,
    active: gate.throttle.active(),
    limit: gate.throttle.limit(),
    slowed: gate.throttle.slowed(),
    pausedUntil: gate.pausedUntil(),
    retriesLeft: gate.retriesLeft(),
    breakers: (["list", "event", "refusal"] as const).map((endpoint): BreakerState => {
      const { phase, since, until, cause, openings } = circuits[endpoint]
      const closed = phase === "CLOSED"
      return {
        endpoint,
        state: phase,
        since: closed ? undefined : since,
        until: phase === "OPEN" ? until : undefined,
        reason: closed ? undefined : cause,
        openings
      }
    }),
    drift,
    lastSuccessAt: gate.lastSuccessAt()
  }
}
