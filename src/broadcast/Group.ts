/**
 * Subscribers who get the same bytes: same document, variables (but the cursor) and role.
 *
 * One message is rendered per flush, however many they are. How it is rendered is handed in, so this room
 * knows no GraphQL.
 */
import type { Position } from "../domain/Record.ts"
import { makeFrame } from "./Frame.ts"
import type { Frame } from "./Frame.ts"
import type { Interest } from "./Interest.ts"
import type { Outbox } from "./Outbox.ts"
import { clear, hasChanges, makePending, merge } from "./Pending.ts"
import type { Pending } from "./Pending.ts"
import type { Behind, Page, Route, Subscriber } from "./Subscriber.ts"

/** Why somebody needs a snapshot, as clients are told; GAP and SLOW are asked for by the broadcaster itself. */
export type Cause = "FIRST" | "EPOCH_CHANGED" | "TOO_OLD" | "FILTER_CHANGED" | "INVALID_CURSOR" | "GAP" | "SLOW"

/** How far somebody was told: every change up to `seq`, and confirmations up to `confirmedTo`, as they wait for their second. */
export interface Told extends Position {
  readonly confirmedTo: number
}

export interface Renderer {
  /** One message with the state at `to` of everything pending, or a sign of life when nothing is. A whole execution result as JSON. */
  readonly message: (pending: Pending, from: Told, to: Told) => string
  readonly snapshot: (cause: Cause) => Route
}

export interface Membership {
  readonly interest: Interest
  /** Least time between two messages; more is merged meanwhile. */
  readonly conflateMs: number
  readonly renderer: Renderer
}

export interface Group extends Membership {
  readonly key: string
  readonly subscribers: Set<Subscriber>
  /** Since `told`; the live subscribers do not know it yet. */
  pending: Pending
  told: Told
  toldAt: number
  confirmedAt: number
}

export const makeGroup = (key: string, membership: Membership, mark: Position, now: number): Group => ({
  ...membership,
  key,
  subscribers: new Set(),
  pending: makePending(),
  told: wholly(mark),
  toldAt: now,
  confirmedAt: 0
})

/** When this group is next to be told something; a sign of life after a silence of five seconds. */
export const dueAt = (group: Group): number => {
  const free = group.toldAt + group.conflateMs
  if (hasChanges(group.pending)) return free
  return group.pending.confirmations.size > 0
    ? Math.max(free, group.confirmedAt + CONFIRM_EVERY_MS)
    : group.toldAt + Math.max(SILENCE_MS, group.conflateMs)
}

/**
 * Puts one shared message into the outbox of everybody on the live path; whoever has no room leaves it.
 */
export const tell = (group: Group, mark: Position, now: number, seen: Seen): void => {
  const told = take(group, now)
  const from = group.told
  // A change must not carry the position past confirmations that are still to come: they would be taken for known.
  group.told = group.pending.confirmations.size > 0 ? { ...mark, confirmedTo: from.confirmedTo } : wholly(mark)
  group.toldAt = now
  // Rendered for the first who is live; it may be that nobody is.
  let frame: Frame | undefined
  for (const subscriber of group.subscribers) {
    const { ahead, behind, id, outbox } = subscriber
    if (behind === undefined && ahead === undefined && !told.gap && outbox.hasRoom()) {
      frame ??= makeFrame(group.renderer.message(told, from, group.told))
      if (outbox.put(frame, id)) seen.filled(outbox)
      continue
    }
    if (behind !== undefined) hold(subscriber, behind, told)
    else if (ahead !== undefined) catchUpWith(subscriber, ahead, told)
    else fallBehind(subscriber, told, from)
    if (subscriber.behind !== undefined) seen.behind(outbox)
  }
}

/** Hears which outboxes have something to write, and which have a subscriber to bring forward. */
export interface Seen {
  readonly filled: (outbox: Outbox) => void
  readonly behind: (outbox: Outbox) => void
}

/** The next message for a subscriber that is behind; undefined while its way is still being worked out. */
export const bringForward = (subscriber: Subscriber, mark: Position): Page | undefined => {
  const { behind, group } = subscriber
  if (behind?.route === undefined) return undefined
  if (behind.keys === "REPLACED") behind.route = group.renderer.snapshot("SLOW")
  behind.keys = "KEPT"
  // Where the group was told, so that the next message of all begins where this way ends.
  const meets = !hasChanges(group.pending) && behind.route.leadsTo(group.told, behind.pending)
  const to = meets ? group.told : wholly(mark)
  if (!meets) merge(behind.pending, group.pending)
  // Whatever it was on the way to, numbers that are in no journal can only be bridged by a new base.
  if (behind.pending.gap) {
    clear(behind.pending)
    behind.route = group.renderer.snapshot("GAP")
  }
  const page = behind.route.next(behind.pending, to)
  if (page.last) {
    subscriber.behind = undefined
    subscriber.ahead = meets ? undefined : to
  }
  return page
}

/** The group comes up with one who was ahead of it: what that one lacks begins in the middle of what all are told. */
const catchUpWith = (subscriber: Subscriber, ahead: Told, told: Pending): void => {
  if (isAfter(ahead, subscriber.group.told)) return
  subscriber.ahead = undefined
  if (isAfter(subscriber.group.told, ahead)) fallBehind(subscriber, told, ahead)
}

export const isAfter = (a: Told, b: Told): boolean =>
  a.seq > b.seq || (a.seq === b.seq && a.confirmedTo > b.confirmedTo)

/**
 * Beyond this many keys of one socket a snapshot in pages is kinder to both sides: a key takes about 400 bytes, and
 * nobody who stops reading may cost more than 1.5 MB.
 */
export const MOST_KEYS_OF_A_SOCKET = 2_000

const CONFIRM_EVERY_MS = 1_000
const SILENCE_MS = 5_000

const wholly = (mark: Position): Told => ({ ...mark, confirmedTo: mark.seq })

/** What is to be told now: everything, confirmations only when their second is over. */
const take = (group: Group, now: number): Pending => {
  const taken = group.pending
  group.pending = makePending()
  if (taken.confirmations.size === 0) return taken
  if (now - group.confirmedAt >= CONFIRM_EVERY_MS) {
    group.confirmedAt = now
    return taken
  }
  group.pending = { ...group.pending, confirmations: taken.confirmations }
  return { ...taken, confirmations: new Map() }
}

const fallBehind = (subscriber: Subscriber, told: Pending, from: Told): void => {
  const route = catchingUp(subscriber.group.renderer, from)
  subscriber.behind = { pending: makePending(), keys: "REPLACEABLE", route }
  hold(subscriber, subscriber.behind, told)
}

/** Notes what one who is behind has yet to be told, as long as that is less than its share of what a socket may hold. */
const hold = ({ outbox }: Subscriber, behind: Behind, told: Pending): void => {
  if (behind.keys === "REPLACED") return
  merge(behind.pending, told)
  if (behind.keys === "KEPT" || behind.pending.size * outbox.subscribers.size <= MOST_KEYS_OF_A_SOCKET) return
  behind.keys = "REPLACED"
  clear(behind.pending)
}

/** Everything pending in one message. */
const catchingUp = (renderer: Renderer, from: Told): Route => ({
  leadsTo: (there) => isAfter(there, from),
  next: (pending, to) => ({ payload: renderer.message(pending, from, to), last: true })
})
