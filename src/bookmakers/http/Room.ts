/**
 * How much memory all answers together may take while they are read and unpacked.
 *
 * A cap on each answer is not enough: a hundred at once, each within its cap, came to three gigabytes. So whatever is
 * larger than sound payloads are waits for the one place there is, and unpacking for one of as many as there are threads.
 */
import { Effect, Semaphore } from "effect"
import type { Scope } from "effect"

/** Bytes on the wire above which a body is large; the largest recorded travel packed, in some forty thousand. */
export const LARGE_WIRE = 131_072
/** Unpacked bytes above which a body is large; the largest recorded has 332,191, the simulator has some of 576,605. */
export const LARGE_UNPACKED = 786_432
/** The same for one that does not tell its size beforehand, and may be anything. */
export const LARGE_UNTOLD = 393_216

/** What one answer takes of the room. */
export interface Place {
  /** Waits for the place of a large body, once; it is kept until the scope ends. */
  readonly large: Effect.Effect<void, never, Scope.Scope>
  /** Holds a place for unpacking meanwhile; not interrupted, because zlib cannot be, and would outlive its place. */
  readonly unpacking: <A, E>(work: Effect.Effect<A, E>) => Effect.Effect<A, E>
}

const LARGE_AT_ONCE = 1
/** The threads that unpack: more at once only take memory. */
const UNPACKED_AT_ONCE = 4

export const makeRoom = Effect.gen(function* () {
  const large = yield* Semaphore.make(LARGE_AT_ONCE)
  const unpacking = yield* Semaphore.make(UNPACKED_AT_ONCE)
  return (): Place => {
    let isLarge = false
    return {
      large: Effect.suspend(() => {
        if (isLarge) return Effect.void
        isLarge = true
        return Effect.asVoid(Effect.acquireRelease(large.take(1), () => large.release(1), { interruptible: true }))
      }),
      unpacking: (work) => unpacking.withPermits(1)(Effect.uninterruptible(work))
    }
  }
})
