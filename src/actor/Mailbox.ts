/**
 * A bounded mailbox that names what happens when it is full: wait, conflate by key, or refuse.
 *
 * It is made outside the supervised loop, so a restart keeps what is waiting. Once its actor has FAILED
 * it fails callers instead of blocking them.
 */
import { Data } from "effect"
import type { Effect } from "effect"

/** The actor behind this mailbox has given up; `message` names it and its last error. */
export class ActorDown extends Data.TaggedError("ActorDown")<{ readonly actor: string; readonly message: string }> {}

/** A refusing mailbox had no room. */
export class MailboxFull extends Data.TaggedError("MailboxFull")<{ readonly actor: string; readonly message: string }> {}

export interface Mailbox<M, E = ActorDown> {
  readonly offer: (message: M) => Effect.Effect<void, E>
  /** The oldest message, waiting for one; it is gone from the box. */
  readonly take: Effect.Effect<M, ActorDown>
  /** Everything that waits, at least one message, oldest first. */
  readonly takeAll: Effect.Effect<readonly M[], ActorDown>
  /** The oldest message, left in the box until `drop`: a message that kills its actor is then still there. */
  readonly peek: Effect.Effect<M, ActorDown>
  readonly drop: Effect.Effect<void>
  readonly depth: () => number
  readonly fail: (down: ActorDown) => Effect.Effect<void>
}
