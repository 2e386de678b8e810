/**
 * One operation on one socket: on the live path of its group, or behind with keys of its own.
 *
 * Starting, resuming and falling behind are one thing: a subscriber that is behind keeps what changes as
 * keys, is brought forward page by page as its socket drains, and then joins the live path again.
 */
import { Data } from "effect"
import type { Group, Told } from "./Group.ts"
import type { OperationId } from "./Frame.ts"
import type { Outbox } from "./Outbox.ts"
import type { Pending } from "./Pending.ts"

export interface Page {
  /** A whole execution result as JSON. */
  readonly payload: string
  /** True when the subscriber now knows everything up to the mark it was rendered at. */
  readonly last: boolean
}

/** The way of one subscriber to the live path. */
export interface Route {
  /** Whether a message that ends there would follow on what was told on this way, and leave nothing out. */
  readonly leadsTo: (there: Told, pending: Pending) => boolean
  /** The next message, with the state there. With the last page it has told everything pending. */
  readonly next: (pending: Pending, to: Told) => Page
}

export interface Behind {
  readonly pending: Pending
  keys: Keys
  /** Undefined while it is still being worked out: nothing is sent until then. */
  route: Route | undefined
}

/**
 * What becomes of the keys of one who is behind. KEPT: it is on its way from a cursor or through pages and needs them
 * all; REPLACEABLE: it was live, and a snapshot will do where they are too many; REPLACED: they were, and until the
 * snapshot begins nothing is noted.
 */
export type Keys = "KEPT" | "REPLACEABLE" | "REPLACED"

export interface Subscriber {
  readonly id: OperationId
  readonly outbox: Outbox
  readonly group: Group
  behind: Behind | undefined
  /** Where it stands while that is further than its group was told: the group's next message does not begin there. */
  ahead: Told | undefined
  /** Ends the operation from our side: the library sends `complete`, or the refusal as `error`. */
  readonly end: (refusal: Unanswerable | undefined) => void
}

/** A message that its own document makes impossible: nothing of ours is broken, and whoever shares it is told why. */
export class Unanswerable extends Data.TaggedError("Unanswerable")<{ readonly reason: unknown }> {}
