/**
 * The state of the broadcaster and its turn: who is subscribed, what is due, who has to catch up.
 *
 * Plain code without Effect, because it runs once per delivery; the time is given to each turn. One turn tells
 * what is due, brings those who are behind one page forward, and writes once to every socket concerned.
 */
import type { NumberedRecord, Position } from "../domain/Record.ts"
import { makeFrame, operationId } from "./Frame.ts"
import { bringForward, dueAt, makeGroup, tell } from "./Group.ts"
import type { Group, Seen } from "./Group.ts"
import type { Joined, Joining } from "./Hub.ts"
import { Outbox } from "./Outbox.ts"
import { makePending, note } from "./Pending.ts"
import { makeReaders } from "./Readers.ts"
import type { Cut } from "./Readers.ts"
import type { Behind, Subscriber, Unanswerable } from "./Subscriber.ts"
import { makeTopic } from "./Topic.ts"
import type { Wire } from "./Wire.ts"

export interface FloorStats {
  readonly connections: number
  readonly subscriptions: number
  readonly groups: number
  /** Subscribers on their way to the live path. */
  readonly behind: number
  readonly queuedBytes: number
  /** Since the start: messages rendered, frames written, slow sockets closed. */
  readonly rendered: number
  readonly delivered: number
  readonly cut: number
}

export interface Floor {
  readonly publish: (records: readonly NumberedRecord[], mark: Position) => void
  readonly connect: (wire: Wire) => Outbox
  readonly disconnect: (outbox: Outbox) => void
  readonly join: (joining: Joining) => Joined
  /** Does what is due; answers the milliseconds until something may be due again, 0 when there is more to do at once. */
  readonly turn: (now: number) => number
  /** Ends the group whose message could not be made; answers of how many subscribers. */
  readonly endCurrent: (refusal: Unanswerable | undefined) => number
  readonly endAll: (refusal: Unanswerable) => void
  readonly depth: () => number
  readonly stats: () => FloorStats
}

/** Tells of every slow reader that it closes. */
export const makeFloor = (clock: () => number, wake: () => void, wasCut: (cut: Cut) => void): Floor => {
  const topic = makeTopic<Group>()
  const groups = new Map<string, Group>()
  /** Groups that something waits for; the others only need a sign of life now and then. */
  const waiting = new Set<Group>()
  const lagging = new Set<Outbox>()
  /** With something to write, each once. */
  const filled: Outbox[] = []
  let mark: Position = { epoch: 0, seq: 0 }
  let current: Group | undefined
  let inspectedAt = 0
  /** Nobody is told anything live before this, so that telling takes a third of the event loop at most. */
  let restsUntil = 0
  let rendered = 0
  let delivered = 0
  let cut = 0
  const readers = makeReaders((one) => {
    cut += 1
    wasCut(one)
  })

  const post = { clock, taken: wake }
  const seen: Seen = {
    filled: (outbox) => void filled.push(outbox),
    behind: (outbox) => void lagging.add(outbox)
  }

  const leave = (subscriber: Subscriber): void => {
    const { group, outbox } = subscriber
    if (!group.subscribers.delete(subscriber)) return
    outbox.subscribers.delete(subscriber)
    if (group.subscribers.size > 0) return
    groups.delete(group.key)
    waiting.delete(group)
    topic.remove(group)
  }

  const end = (group: Group, refusal?: Unanswerable): number => {
    const subscribers = [...group.subscribers]
    for (const subscriber of subscribers) {
      leave(subscriber)
      subscriber.end(refusal)
    }
    return subscribers.length
  }

  const tellDue = (group: Group, now: number): void => {
    if (now < dueAt(group)) return
    current = group
    waiting.delete(group)
    tell(group, mark, now, seen)
    if (group.pending.confirmations.size > 0) waiting.add(group)
    rendered += 1
  }

  /** True when more could be brought forward at once. */
  const catchUp = (): boolean => {
    let budget = BYTES_PER_TURN
    for (const outbox of lagging) {
      if (budget <= 0) return true
      const subscriber = outbox.hasRoom() && !outbox.isPaging() ? firstReady(outbox) : undefined
      if (subscriber === undefined) continue
      current = subscriber.group
      const page = bringForward(subscriber, mark)
      if (page === undefined) continue
      budget -= page.payload.length
      rendered += 1
      if (outbox.putPage(makeFrame(page.payload), subscriber.id)) filled.push(outbox)
    }
    return false
  }

  const flush = (): void => {
    for (const outbox of filled) {
      delivered += outbox.flush()
      if (lagging.size > 0 && firstReady(outbox) === undefined) lagging.delete(outbox)
    }
    filled.length = 0
  }

  /** Once a second: signs of life, and readers who hold too much. */
  const inspect = (now: number): void => {
    inspectedAt = now
    for (const group of topic.all) tellDue(group, now)
    readers.inspect(now)
  }

  return {
    publish: (records, upTo) => {
      mark = upTo
      for (const numbered of records) {
        topic.route(numbered.record, (group) => {
          if (note(group.pending, group.interest, numbered)) waiting.add(group)
        })
      }
      if (waiting.size > 0) wake()
    },
    connect: (wire) => {
      const outbox = new Outbox(wire, post)
      readers.add(outbox)
      return outbox
    },
    disconnect: (outbox) => {
      for (const subscriber of outbox.subscribers) leave(subscriber)
      readers.remove(outbox)
      lagging.delete(outbox)
    },
    join: (joining) => {
      mark = joining.mark
      let group = groups.get(joining.key)
      if (group === undefined) {
        group = makeGroup(joining.key, joining.membership(), mark, clock())
        groups.set(joining.key, group)
        topic.add(group)
      }
      const { outbox } = joining
      const behind: Behind = { pending: makePending(), keys: "KEPT", route: undefined }
      const subscriber: Subscriber = {
        id: operationId(joining.id),
        outbox,
        group,
        end: joining.end,
        behind,
        ahead: undefined
      }
      group.subscribers.add(subscriber)
      outbox.subscribers.add(subscriber)
      const { interest, renderer } = group
      return {
        snapshot: (cause) => renderer.snapshot(cause),
        // What is missed is held by `behind` alone, so that it goes when the subscriber is live.
        open: (route) => {
          if (subscriber.behind === undefined) return
          subscriber.behind.route = route
          lagging.add(outbox)
          wake()
        },
        replay: (records) =>
          records.forEach((numbered) => subscriber.behind && note(subscriber.behind.pending, interest, numbered)),
        leave: () => leave(subscriber)
      }
    },
    turn: (now) => {
      const before = rendered
      if (now >= restsUntil) for (const group of waiting) tellDue(group, now)
      if (now - inspectedAt >= INSPECT_EVERY_MS) inspect(now)
      const hasTold = rendered > before
      const more = catchUp()
      current = undefined
      flush()
      const ended = clock()
      if (hasTold) restsUntil = ended + (ended - now) * REST
      return more ? 0 : Math.max(1, restsUntil - ended, nextDue(waiting, inspectedAt + INSPECT_EVERY_MS) - ended)
    },
    endCurrent: (refusal) => (current === undefined ? 0 : end(current, refusal)),
    endAll: (refusal) => {
      for (const group of topic.all) end(group, refusal)
    },
    depth: () => {
      let keys = 0
      for (const { pending } of waiting) keys += pending.size
      return keys
    },
    stats: () => {
      const subscribers = [...groups.values()].flatMap((group) => [...group.subscribers])
      return {
        connections: readers.all.size,
        subscriptions: subscribers.length,
        groups: groups.size,
        behind: subscribers.filter((subscriber) => subscriber.behind !== undefined).length,
        queuedBytes: readers.queuedBytes(),
        rendered,
        delivered,
        cut
      }
    }
  }
}

const INSPECT_EVERY_MS = 1_000
/** So many times as long as a turn took nobody is told anything: what comes meanwhile makes the next messages. */
const REST = 2
/** About two pages: a storm of newcomers must not hold up those who are live. */
const BYTES_PER_TURN = 384 * 1024

const firstReady = (outbox: Outbox): Subscriber | undefined => {
  for (const subscriber of outbox.subscribers) if (subscriber.behind?.route !== undefined) return subscriber
  return undefined
}

const nextDue = (groups: ReadonlySet<Group>, latest: number): number => {
  let next = latest
  for (const group of groups) next = Math.min(next, dueAt(group))
  return next
}
