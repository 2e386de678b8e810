/**
 * The socket as the outbox sees it: bytes in, how much still waits, and how to end it.
 *
 * An interface of our own, because frames go straight to the TCP socket and tests want a reader that stops.
 */
export interface Wire {
  /** Hands one turn's bytes over. They may be changed again as soon as nothing is queued, which is mostly at once. */
  readonly write: (bytes: Uint8Array) => void
  /** Bytes handed over which the kernel has not taken. */
  readonly queued: () => number
  /** Calls back in a later turn, once the kernel has taken what is queued now. */
  readonly whenTaken: (taken: () => void) => void
  readonly close: (code: number, reason: string) => void
  /** Ends the connection without another byte. */
  readonly destroy: () => void
}
