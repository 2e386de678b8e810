/**
 * One step of the cache: the head and a message give the changes to number and tell. No Effect, no clock.
 *
 * The values in the head are immutable; its maps are written in place by this step and by the caller's fold,
 * because copying a table of thousands for each snapshot would cost more than the diff.
 */
import type { BookmakerId } from "../domain/Bookmaker.ts"
import { EVICT_AFTER_KICKOFF_MS, sameFacts } from "../domain/Event.ts"
import type { EventFacts, EventId, Phase } from "../domain/Event.ts"
import type { Reason, Standing } from "../domain/Freshness.ts"
import { wholeAtOf } from "../domain/Snapshot.ts"
import type { Scope, Snapshot } from "../domain/Snapshot.ts"
import { adopt } from "./Adopt.ts"
import { close, listingChange, overdue, unseenSince, withdrawn } from "./Freshness.ts"
import type { Message } from "./Message.ts"
import { observe } from "./Observe.ts"
import { rebase } from "./Rebase.ts"
import { setBook, sighted } from "./Table.ts"
import type { Change, ConfirmedChange, Sighting, Table, TableEvent } from "./Table.ts"

/** The actor's state: the head table, and what waits for the next tick. */
export interface Head {
  readonly table: Table
  /** Listings seen since the last tick, per bookmaker, the newest sighting of each. */
  readonly seen: Map<BookmakerId, Map<EventId, Seen>>
  /** Why the last refresh of a listing gave nothing: the reason it is shown with once it is overdue. */
  readonly missed: Map<string, Reason>
}

export interface Seen extends Sighting {
  readonly scope: Scope
  readonly phase: Phase
}

export type Told = Exclude<Message, { readonly _tag: "Settle" | "ClockSet" }>

/** Answers no changes where the message cannot apply: its event is unknown, over, or already seen newer. */
export const step = (head: Head, message: Told): readonly Change[] => {
  switch (message._tag) {
    case "Place":
      return place(head.table.events.get(message.facts.id), message.facts, message.at)
    case "Observe":
      return observed(head, message.snapshot)
    case "Gone": {
      const found = find(head.table, message.eventId, message.bookmakerId)
      return found ? withdrawn(found.event.facts, found.book, message.at) : []
    }
    case "Missed":
      return missed(head, message.eventId, message.bookmakerId, message.reason, message.at)
    case "Bookmaker":
      return bookmaker(head.table, message.bookmakerId, message.standing, message.at)
    case "Base":
      return adopt(head.table, message.part, message)
    case "Rebase":
      return rebase(head.table, message.touched, message.at)
    case "Tick":
      return [...head.table.events.values()]
        .flatMap((event) => pass(head, event, message))
        .concat(confirmations(head, message.now))
  }
}

type Tick = Extract<Message, { readonly _tag: "Tick" }>

const place = (known: TableEvent | undefined, facts: EventFacts, at: number): readonly Change[] => {
  if (known !== undefined && sameFacts(known.facts, facts)) return []
  if (facts.kickoff + EVICT_AFTER_KICKOFF_MS <= at) return []
  return [
    {
      _tag: "Event",
      eventId: facts.id,
      facts,
      record: { kind: "EVENT", at, eventId: facts.id, before: known?.facts, after: facts }
    }
  ]
}

const observed = (head: Head, snapshot: Snapshot): readonly Change[] => {
  const event = head.table.events.get(snapshot.eventId)
  if (event === undefined || event.facts.kickoff <= snapshot.observedAt) return []
  const book = event.books.get(snapshot.bookmakerId)
  if (book?.observedAt !== undefined && book.observedAt > snapshot.observedAt) return []
  // A part lies over a whole: alone it would pass for all that the bookmaker offers.
  if (book === undefined && snapshot.scope !== "FULL") return []
  const { change, confirms } = observe(event.facts, book, snapshot)
  if (confirms) see(head, snapshot)
  if (confirms && change === undefined && book !== undefined && snapshot.scope === "FULL") {
    setBook(head.table, sighted(book, { ...snapshot, observedAt: wholeAtOf(snapshot) }))
  }
  return change === undefined ? [] : [change]
}

/** Notes a sighting for the next tick; a whole one is not hidden by a partial one behind it. */
const see = (head: Head, snapshot: Snapshot): void => {
  const { eventId, bookmakerId, requestedAt, publishedAt, scope, phase } = snapshot
  const observedAt = wholeAtOf(snapshot)
  // Why the whole could not be had stays true when a part of it came.
  if (scope === "FULL") head.missed.delete(`${eventId}/${bookmakerId}`)
  let seen = head.seen.get(bookmakerId)
  if (seen === undefined) head.seen.set(bookmakerId, (seen = new Map()))
  if (scope !== "FULL" && seen.get(eventId)?.scope === "FULL") return
  seen.set(eventId, { eventId, requestedAt, observedAt, publishedAt, scope, phase })
}

const missed = (
  head: Head,
  eventId: EventId,
  bookmakerId: BookmakerId,
  reason: Reason,
  at: number
): readonly Change[] => {
  const found = find(head.table, eventId, bookmakerId)
  if (found === undefined) return []
  head.missed.set(`${eventId}/${bookmakerId}`, reason)
  const { listing } = found.book
  // An overdue listing gets the better reason; any other state has one that explains more.
  if (listing.state !== "STALE" || listing.reason?.code !== "OVERDUE") return []
  return listingChange(found.event.facts, found.book, { state: "STALE", since: listing.since, reason }, at)
}

/** One record makes all odds of a bookmaker stale; when it returns, its listings come back one by one as they are seen. */
const bookmaker = (table: Table, id: BookmakerId, standing: Standing, at: number): readonly Change[] => {
  const before = table.bookmakers.get(id)
  if (before === undefined ? standing.state === "CONFIRMED" : sameStanding(before, standing)) return []
  const since = before?.state === standing.state ? before.since : standing.since
  const { reason } = standing
  const told: Change = {
    _tag: "Bookmaker",
    record: { kind: "BOOKMAKER", at, bookmakerId: id, state: standing.state, since, ...(reason && { reason }) }
  }
  if (standing.state !== "CONFIRMED" || before === undefined || before.state === "CONFIRMED") return [told]
  const outage: Standing = { state: "STALE", since: before.since, reason: unseenSince(before.reason) }
  const listings = [...table.events.values()].flatMap((event) => {
    const book = event.books.get(id)
    const unseen = book?.confirmedAt === undefined || book.confirmedAt < before.since
    return book !== undefined && unseen && book.listing.state === "CONFIRMED"
      ? listingChange(event.facts, book, outage, at)
      : []
  })
  return [...listings, told]
}

/** The since-time is left out: it is kept for as long as the state holds. */
const sameStanding = (a: Standing, b: Standing): boolean =>
  a.state === b.state && a.reason?.code === b.reason?.code && a.reason?.until === b.reason?.until

/** What the passing of time does to one event: kickoff, eviction, overdue listings. */
const pass = (head: Head, event: TableEvent, tick: Tick): readonly Change[] => {
  const { facts } = event
  if (facts.kickoff + EVICT_AFTER_KICKOFF_MS <= tick.now) return [evict(head, event, tick.now)]
  const changes: Change[] = []
  for (const book of event.books.values()) {
    if (facts.kickoff <= tick.now) changes.push(...close(facts, book, tick.now))
    else changes.push(...overdue(facts, book, head.missed.get(`${book.eventId}/${book.bookmakerId}`), tick))
  }
  return changes
}

const evict = (head: Head, { facts, books }: TableEvent, at: number): Change => {
  for (const id of books.keys()) head.missed.delete(`${facts.id}/${id}`)
  return {
    _tag: "Event",
    eventId: facts.id,
    facts: undefined,
    record: { kind: "EVENT", at, eventId: facts.id, before: facts, after: undefined }
  }
}

/** At most one record per bookmaker and tick: a tick is a second. */
const confirmations = (head: Head, at: number): readonly ConfirmedChange[] => {
  const changes = [...head.seen].flatMap(([bookmakerId, seen]): ConfirmedChange[] => {
    const sightings = [...seen.values()]
    const listings = sightings.flatMap(({ eventId, observedAt, phase, scope }) => {
      const event = head.table.events.get(eventId)?.facts
      return event === undefined ? [] : [{ event, phase, scope, observedAt }]
    })
    if (listings.length === 0) return []
    // A partial snapshot confirms its scope, not the listing.
    const whole = sightings.filter(({ scope }) => scope === "FULL")
    return [{ _tag: "Confirmed", record: { kind: "CONFIRMED", at, bookmakerId, listings }, sightings: whole }]
  })
  head.seen.clear()
  return changes
}

const find = (table: Table, eventId: EventId, bookmakerId: BookmakerId) => {
  const event = table.events.get(eventId)
  const book = event?.books.get(bookmakerId)
  return event !== undefined && book !== undefined ? { event, book } : undefined
}
