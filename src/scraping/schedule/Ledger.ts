/**
 * What is remembered of each listing's fetches: the last success, failures in a row, refusals in a row.
 *
 * It keeps a failing listing from being asked at every turn, and an event from being withdrawn before its bookmaker
 * has said three times that it is gone. It is memory only: after a restart the books' own times speak.
 */
import type { BookmakerId } from "../../domain/Bookmaker.ts"
import type { EventId } from "../../domain/Event.ts"
import type { CadenceTier } from "../../domain/Freshness.ts"
import { retryAfter } from "./Cadence.ts"

export interface Fetches {
  /** Elapsed time, which is compared with when a run began: nobody can set it. */
  readonly askedAt: number | undefined
  readonly observedAt: number | undefined
  readonly failures: number
  readonly gone: number
  readonly retryAt: number | undefined
  /** When that was decided: a clock that shows less was set back since, and the time to come means nothing. */
  readonly failedAt: number | undefined
  readonly kickoff: number
  /** When a list was last asked to tell its main markets, whatever came of it. */
  readonly partAskedAt: number | undefined
}

export interface Answer {
  /** Elapsed time. */
  readonly askedAt: number
  readonly tookMs: number
  readonly observedAt: number
}

export interface Ledger {
  readonly of: (bookmakerId: BookmakerId, eventId: EventId) => Fetches
  readonly succeeded: (bookmakerId: BookmakerId, eventId: EventId, kickoff: number, answer: Answer) => void
  /** A list is being asked for its main markets: no fetch, so when it is due does not move. */
  readonly partAsked: (bookmakerId: BookmakerId, eventId: EventId, kickoff: number, now: number) => void
  /** `notBefore` when the fault itself says how long to wait. */
  readonly failed: (
    bookmakerId: BookmakerId,
    eventId: EventId,
    kickoff: number,
    tiers: readonly CadenceTier[],
    now: number,
    notBefore: number | undefined
  ) => void
  /** True when the bookmaker has said so three times in a row, and does not say so of every other event. */
  readonly gone: (
    bookmakerId: BookmakerId,
    eventId: EventId,
    kickoff: number,
    tiers: readonly CadenceTier[],
    now: number
  ) => boolean
  /** How long a bookmaker's answers take of late, ms. */
  readonly latency: (bookmakerId: BookmakerId) => number
  /** Forgets listings of events long over. */
  readonly tidy: (now: number) => void
}

export const GONE_AFTER = 3
/** Answers looked at before "gone" is believed: when a third of them say so, the address is wrong and not the events. */
const ANSWERS_WATCHED = 50
const LEAST_ANSWERS = 20
const GONE_SHARE = 1 / 3
const KEPT_AFTER_KICKOFF_MS = 3 * 3_600_000
/** What is taken for the latency of a bookmaker that has not answered yet. */
const FIRST_LATENCY_MS = 1_000
/** The weight of one answer in the mean. */
const LATENCY_WEIGHT = 0.05

const NONE: Fetches = {
  askedAt: undefined,
  observedAt: undefined,
  failures: 0,
  gone: 0,
  retryAt: undefined,
  failedAt: undefined,
  kickoff: 0,
  partAskedAt: undefined
}

export const makeLedger = (): Ledger => {
  const entries = new Map<string, Fetches>()
  const answers = new Map<BookmakerId, boolean[]>()
  const latencies = new Map<BookmakerId, number>()
  const keyOf = (bookmakerId: BookmakerId, eventId: EventId): string => `${eventId}/${bookmakerId}`
  const find = (bookmakerId: BookmakerId, eventId: EventId): Fetches => entries.get(keyOf(bookmakerId, eventId)) ?? NONE

  const answered = (bookmakerId: BookmakerId, gone: boolean): readonly boolean[] => {
    const last = answers.get(bookmakerId) ?? []
    last.push(gone)
    if (last.length > ANSWERS_WATCHED) last.shift()
    answers.set(bookmakerId, last)
    return last
  }

  return {
    of: find,
    succeeded: (bookmakerId, eventId, kickoff, { askedAt, observedAt, tookMs }) => {
      answered(bookmakerId, false)
      const mean = latencies.get(bookmakerId)
      const took = Math.max(1, tookMs)
      latencies.set(bookmakerId, mean === undefined ? took : mean + (took - mean) * LATENCY_WEIGHT)
      entries.set(keyOf(bookmakerId, eventId), { ...NONE, kickoff, askedAt, observedAt })
    },
    partAsked: (bookmakerId, eventId, kickoff, now) => {
      entries.set(keyOf(bookmakerId, eventId), { ...find(bookmakerId, eventId), kickoff, partAskedAt: now })
    },
    failed: (bookmakerId, eventId, kickoff, tiers, now, notBefore) => {
      const before = find(bookmakerId, eventId)
      const failures = before.failures + 1
      entries.set(keyOf(bookmakerId, eventId), {
        ...before,
        kickoff,
        failures,
        gone: 0,
        failedAt: now,
        retryAt: Math.max(retryAfter(tiers, kickoff, failures, now), notBefore ?? 0)
      })
    },
    gone: (bookmakerId, eventId, kickoff, tiers, now) => {
      const before = find(bookmakerId, eventId)
      const last = answered(bookmakerId, true)
      const everywhere = last.length >= LEAST_ANSWERS && last.filter(Boolean).length > last.length * GONE_SHARE
      const gone = before.gone + 1
      entries.set(keyOf(bookmakerId, eventId), {
        ...before,
        kickoff,
        gone,
        failedAt: now,
        retryAt: retryAfter(tiers, kickoff, gone, now)
      })
      return gone >= GONE_AFTER && !everywhere
    },
    latency: (bookmakerId) => latencies.get(bookmakerId) ?? FIRST_LATENCY_MS,
    tidy: (now) => {
      for (const [key, { kickoff }] of entries) if (kickoff + KEPT_AFTER_KICKOFF_MS < now) entries.delete(key)
    }
  }
}
