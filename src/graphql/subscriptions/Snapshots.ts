/**
 * Snapshots of one filter in pages, made one after the other as a socket drains, each read when its turn comes.
 *
 * Who takes the same step from the same page at the same position gets the same page: a thousand clients that return
 * together cost one snapshot. A page is only shared for a moment, because it tells the server's clock, and is kept by
 * those who are at it alone.
 */
import { clear } from "../../broadcast/Pending.ts"
import type { Pending } from "../../broadcast/Pending.ts"
import { isAfter } from "../../broadcast/Group.ts"
import type { Told } from "../../broadcast/Group.ts"
import type { Page, Route } from "../../broadcast/Subscriber.ts"
import type { EventId } from "../../domain/Event.ts"
import { readUnits } from "./Contents.ts"
import type { OddsMessageParent, SnapshotReason } from "./OddsMessage.ts"
import { bookmakersOf, unitsOf, wholeEvent } from "./Units.ts"
import type { Scene, Unit } from "./Units.ts"

export interface SnapshotSources {
  readonly scene: () => Scene
  readonly cursorOf: (told: Told) => string
  readonly pageCursorOf: (told: Told, page: number) => string
  readonly render: (message: OddsMessageParent) => string
  readonly now: () => number
}

export const makeSnapshots = (sources: SnapshotSources): ((reason: SnapshotReason) => Route) => {
  const firstPages = new Map<SnapshotReason, WeakRef<Step>>()
  return (reason) => {
    let step: Step | undefined
    return {
      leadsTo: (there) => step === undefined || !isAfter(step.at, there),
      next: (pending, to) => {
        const from = step
        const made = (from === undefined ? firstPages.get(reason) : from.next)?.deref()
        step = made !== undefined && isShared(made, to, sources.now()) ? made : take(sources, reason, from, pending, to)
        if (step !== made) {
          if (from === undefined) firstPages.set(reason, new WeakRef(step))
          else from.next = new WeakRef(step)
        }
        // All pages are planned: what changed meanwhile completes the base, and is part of them.
        if (step.isPlanned) clear(pending)
        return step.page
      }
    }
  }
}

/** One page and what is left after it. */
interface Step {
  readonly page: Page
  readonly number: number
  readonly at: Told
  readonly madeAt: number
  readonly cursor: string
  /** Events of which nothing is planned yet, from here on. */
  readonly events: readonly EventId[]
  readonly planned: readonly Unit[]
  readonly isPlanned: boolean
  /** How many pieces fill a page, going by this one. */
  readonly size: number
  next: WeakRef<Step> | undefined
}

const isShared = ({ at, madeAt }: Step, to: Told, now: number): boolean =>
  !isAfter(at, to) && !isAfter(to, at) && now - madeAt <= SHARED_FOR_MS

const take = (
  sources: SnapshotSources,
  reason: SnapshotReason,
  from: Step | undefined,
  pending: Pending,
  at: Told
): Step => {
  const scene = sources.scene()
  const madeAt = sources.now()
  const number = from === undefined ? 0 : from.number + 1
  const size = from?.size ?? FIRST_PAGE_UNITS
  const { events, units } = plan(scene, from, size, pending)
  const cursorOf = (last: boolean): string => (last ? sources.cursorOf(at) : sources.pageCursorOf(at, number))
  const isLast = (count: number): boolean => events.length === 0 && count >= units.length
  const make = (count: number): string =>
    sources.render({
      ...readUnits(scene, units.slice(0, count)),
      kind: "SNAPSHOT",
      reason,
      page: number,
      lastPage: isLast(count),
      cursor: cursorOf(isLast(count)),
      previousCursor: from?.cursor ?? null,
      serverTime: madeAt,
      durable: pending.durable && scene.board.kept()
    })
  let count = Math.min(size, units.length)
  let payload = make(count)
  while (payload.length > PAGE_LIMIT && count > 1) {
    count = Math.ceil((count * PAGE_TARGET) / payload.length / 1.2)
    payload = make(count)
  }
  return {
    page: { payload, last: isLast(count) },
    number,
    at,
    madeAt,
    cursor: cursorOf(isLast(count)),
    events,
    planned: units.slice(count),
    isPlanned: events.length === 0,
    size: count > 0 ? Math.max(1, Math.round((count * PAGE_TARGET) / payload.length)) : size,
    next: undefined
  }
}

/** Enough pieces for a page; once there are no more events, also what changed since their pages were made. */
const plan = (scene: Scene, from: Step | undefined, size: number, pending: Pending) => {
  const units: Unit[] =
    from === undefined
      ? bookmakersOf(scene.moment.view, scene.filter).map((bookmaker): Unit => ({ kind: "BOOKMAKER", bookmaker }))
      : [...from.planned]
  const events = from === undefined ? wantedEvents(scene) : from.events
  let planned = 0
  while (units.length < size && planned < events.length) {
    const id = events[planned++]
    if (id !== undefined) units.push(...wholeEvent(scene, id))
  }
  const left = planned === 0 ? events : events.slice(planned)
  if (left.length === 0) units.push(...unitsOf(scene, pending))
  return { events: left, units }
}

const wantedEvents = ({ board, filter }: Scene): readonly EventId[] =>
  board
    .events()
    .filter(({ facts }) => filter.event(facts))
    .map(({ facts }) => facts.id)

const SHARED_FOR_MS = 250

/** Bytes; the target leaves room for markets that are longer than those before. */
const PAGE_LIMIT = 256 * 1024
const PAGE_TARGET = 160 * 1024
const FIRST_PAGE_UNITS = 400
