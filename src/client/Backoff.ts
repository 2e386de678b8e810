/**
 * How long to wait before the next try: doubled by each failure, drawn at random from the upper half of its span, so
 * that a desk full of browsers does not come back in one moment.
 */

export interface Backoff {
  readonly wait: () => number
  /** What was tried has held. */
  readonly reset: () => void
}

export interface BackoffLimits {
  readonly firstMs: number
  readonly mostMs: number
}

export const BACKOFF: BackoffLimits = { firstMs: 250, mostMs: 10_000 }

export const makeBackoff = ({ firstMs, mostMs }: BackoffLimits, random: () => number): Backoff => {
  let failures = 0
  return {
    wait: () => {
      const span = Math.min(mostMs, firstMs * 2 ** failures)
      failures += 1
      return span * (0.5 + random() / 2)
    },
    reset: () => {
      failures = 0
    }
  }
}
