/**
 * Whether a failed request is tried again, and when.
 *
 * Retries are paid from a budget that scheduled requests fill by half a retry each, so that all attempts together
 * stay within 1.5 × what was scheduled, rounded up, also when everything fails. What a repetition cannot mend is not
 * repeated.
 */
import type { FetchError } from "../../bookmakers/FetchError.ts"

export const MAX_ATTEMPTS = 3
/** Waits longer than this are left to the next run; a little above the 30 s of a refusal that names no time. */
export const LONGEST_WAIT_MS = 31_000

const FIRST_BACKOFF_MS = 500
const RETRIES_PER_REQUEST = 0.5
/** Enough for a burst of faults, and no storm of retries saved up over a quiet day. */
const MOST_SAVED = 100

export interface RetryBudget {
  /** A scheduled request is being sent. */
  readonly earn: () => void
  /** Pays for one retry; false when there is nothing left to pay with. */
  readonly spend: () => boolean
  /** How many retries could be paid for now. */
  readonly left: () => number
}

export const makeRetryBudget = (): RetryBudget => {
  // The rounding up: without the list that is asked for first, a bookmaker would be missing until the next run.
  let saved = RETRIES_PER_REQUEST
  return {
    earn: () => {
      saved = Math.min(MOST_SAVED, saved + RETRIES_PER_REQUEST)
    },
    spend: () => {
      if (saved < 1) return false
      saved -= 1
      return true
    },
    left: () => Math.floor(saved)
  }
}

/** Milliseconds until the next attempt, `jitter` in [0, 1) included; undefined when there is to be none. */
export const retryDelay = (error: FetchError, attempt: number, now: number, jitter: number): number | undefined => {
  if (attempt >= MAX_ATTEMPTS) return undefined
  switch (error._tag) {
    case "Unreachable":
    case "TimedOut":
    case "Broken":
      return FIRST_BACKOFF_MS * 2 ** (attempt - 1) * (1 + jitter / 2)
    case "Throttled":
      return error.until - now <= LONGEST_WAIT_MS ? Math.max(0, error.until - now) : undefined
    case "Unreadable":
    case "Blocked":
    case "Gone":
    case "TooLarge":
    case "Held":
      return undefined
  }
}
