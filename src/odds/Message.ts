/**
 * What the cache is told: the private messages behind the door of `OddsBooks`, and how they wait there. Every time is in
 * the message.
 */
import type { Deferred } from "effect"
import type { BookmakerId } from "../domain/Bookmaker.ts"
import type { EventFacts, EventId } from "../domain/Event.ts"
import type { CadenceTier, Reason, Standing } from "../domain/Freshness.ts"
import type { Snapshot } from "../domain/Snapshot.ts"
import type { BasePart } from "./Base.ts"
import { conflate } from "./Conflate.ts"

/** What changed while the journal's disk was unusable, as far as it still exists. */
export interface Touched {
  /** With the facts they were last known by: an event that has left meanwhile is closed by them. */
  readonly events: ReadonlyMap<EventId, EventFacts>
  /** Of these, who left in the meantime, and may be back. */
  readonly left: ReadonlySet<EventId>
  /** `event/bookmaker`. */
  readonly listings: ReadonlySet<string>
  readonly bookmakers: ReadonlySet<BookmakerId>
}

/** Answered by the seq that covers all that was told before; undefined while not all that is shown is on disk. */
export type Settling = Deferred.Deferred<number | undefined>

export type Message =
  | { readonly _tag: "Place"; readonly facts: EventFacts; readonly at: number }
  /** `clockSets`: how often the clock was set before it was dated; what one clock has dated is not conflated with another's. */
  | { readonly _tag: "Observe"; readonly snapshot: Snapshot; readonly clockSets?: number }
  | { readonly _tag: "Gone"; readonly bookmakerId: BookmakerId; readonly eventId: EventId; readonly at: number }
  | {
      readonly _tag: "Missed"
      readonly bookmakerId: BookmakerId
      readonly eventId: EventId
      readonly reason: Reason
      readonly at: number
    }
  | { readonly _tag: "Bookmaker"; readonly bookmakerId: BookmakerId; readonly standing: Standing; readonly at: number }
  | { readonly _tag: "Tick"; readonly now: number; readonly tiers: readonly CadenceTier[] }
  /** The host's clock was set by so much. */
  | { readonly _tag: "ClockSet"; readonly by: number; readonly now: number }
  /** What Postgres knew, where the journal has no images. */
  | {
      readonly _tag: "Base"
      readonly part: BasePart
      readonly now: number
      readonly tiers: readonly CadenceTier[]
    }
  /** The journal's disk is back: what was told without it is told again, whole. */
  | { readonly _tag: "Rebase"; readonly touched: Touched; readonly at: number }
  | { readonly _tag: "Settle"; readonly reply: Settling }

/** Names it in logs. */
export const describe = (message: Message): string => {
  switch (message._tag) {
    case "Observe":
      return `snapshot of ${listingOf(message.snapshot)} observed at ${message.snapshot.observedAt}`
    case "Place":
      return `facts of ${message.facts.id}`
    case "Gone":
    case "Missed":
      return `${message._tag} ${message.eventId}/${message.bookmakerId}`
    case "Bookmaker":
      return `${message.bookmakerId} ${message.standing.state}`
    case "Base":
    case "ClockSet":
    case "Rebase":
    case "Tick":
    case "Settle":
      return message._tag
  }
}

/** Only snapshots are conflated, and only those that one clock has dated; everything else keeps its place in line. */
export const mergeKey = (message: Message): string | undefined =>
  message._tag === "Observe" ? `${listingOf(message.snapshot)}/${message.clockSets ?? 0}` : undefined

/** Of two with one key, the one that the actor is to hear. */
export const newer = (waiting: Message, incoming: Message): Message =>
  waiting._tag === "Observe" && incoming._tag === "Observe"
    ? { ...incoming, snapshot: conflate(waiting.snapshot, incoming.snapshot) }
    : incoming

const listingOf = ({ bookmakerId, eventId }: Snapshot): string => `${eventId}/${bookmakerId}`
