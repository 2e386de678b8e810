/**
 * Makes the messages of one filter: deltas, snapshots in pages, and the way back after an absence.
 *
 * Everything is read at the mark it is told at; the cursor of a message is that mark. How a message becomes
 * bytes (which document, which role) is handed in.
 */
import { clear, hasChanges } from "../../broadcast/Pending.ts"
import type { Pending } from "../../broadcast/Pending.ts"
import { isAfter } from "../../broadcast/Group.ts"
import type { Renderer, Told } from "../../broadcast/Group.ts"
import type { Route } from "../../broadcast/Subscriber.ts"
import type { PublishedBoard } from "../../odds/PublishedBoard.ts"
import { formatCursor, formatTold } from "../arguments/Cursor.ts"
import type { OddsFilter } from "../arguments/Filter.ts"
import type { View } from "../reading/Parents.ts"
import { readUnits } from "./Contents.ts"
import type { OddsMessageParent, SnapshotReason } from "./OddsMessage.ts"
import { bookmakersOf, unitsOf, wholeEvent } from "./Units.ts"
import type { Scene, Unit } from "./Units.ts"

/** Where messages read from; all of it without waiting. */
export interface Sources {
  readonly board: PublishedBoard["Service"]
  readonly view: () => View
  readonly now: () => number
}

export interface Messages extends Renderer {
  readonly snapshot: (reason: SnapshotReason) => Route
  /** The client is at `after`, which says `at`, exactly; what changed since is pending. */
  readonly resumed: (after: string, at: Told) => Route
}

export const makeMessages = (
  sources: Sources,
  filter: OddsFilter,
  render: (message: OddsMessageParent) => string
): Messages => {
  const scene = (): Scene => ({ board: sources.board, view: sources.view(), filter })

  const cursorOf = (told: Told): string => formatTold(told, filter.part)

  const change = (
    pending: Pending,
    previousCursor: string,
    cursor: string,
    kind: OddsMessageParent["kind"]
  ): string => {
    const now = scene()
    return render({
      ...WHOLE_MESSAGE,
      kind,
      previousCursor,
      cursor,
      serverTime: sources.now(),
      durable: pending.durable,
      ...readUnits(now, unitsOf(now, pending))
    })
  }

  return {
    message: (pending, from, to) => change(pending, cursorOf(from), cursorOf(to), kindOf(pending)),
    resumed: (after, at) => {
      let said = false
      return {
        leadsTo: (there, pending) => isAfter(there, at) || (!isAfter(at, there) && !isWaiting(pending)),
        next: (pending, to) => {
          if (said) return { payload: change(pending, after, cursorOf(to), "DELTA"), last: true }
          said = true
          const nothing = readUnits(scene(), [])
          const missed = isWaiting(pending) || after !== cursorOf(to)
          const message = {
            ...WHOLE_MESSAGE,
            ...nothing,
            kind: "RESUMED",
            lastPage: !missed,
            previousCursor: null,
            cursor: after
          } as const
          return { payload: render({ ...message, serverTime: sources.now(), durable: pending.durable }), last: !missed }
        }
      }
    },
    snapshot: (reason) => {
      const waiting = sources.board
        .events()
        .filter((event) => filter.event(event.facts))
        .map(({ facts }) => facts.id)
        .reverse()
      let units: Unit[] = bookmakersOf(scene()).map((bookmaker) => ({ kind: "BOOKMAKER", bookmaker }))
      let page = 0
      let previousCursor: string | null = null
      let reached: Told | undefined
      let size = FIRST_PAGE_UNITS

      const fill = (now: Scene, pending: Pending): void => {
        while (units.length < size) {
          const next = waiting.pop()
          if (next === undefined) break
          units.push(...wholeEvent(now, next))
        }
        if (waiting.length > 0) return
        // All planned pages are made: what changed meanwhile completes the base.
        units.push(...unitsOf(now, pending))
        clear(pending)
      }

      const cursorAt = (to: Told, last: boolean): string => (last ? cursorOf(to) : formatCursor(to, filter.part, page))

      const make = (now: Scene, count: number, to: Told, durable: boolean): string => {
        const last = waiting.length === 0 && count >= units.length
        const contents = readUnits(now, units.slice(0, count))
        return render({
          ...contents,
          kind: "SNAPSHOT",
          reason,
          page,
          lastPage: last,
          cursor: cursorAt(to, last),
          previousCursor,
          serverTime: sources.now(),
          durable
        })
      }

      return {
        leadsTo: (there) => reached === undefined || !isAfter(reached, there),
        next: (pending, to) => {
          const now = scene()
          const { durable } = pending
          fill(now, pending)
          let count = Math.min(size, units.length)
          let payload = make(now, count, to, durable)
          while (payload.length > PAGE_LIMIT && count > 1) {
            count = Math.ceil((count * PAGE_TARGET) / payload.length / 1.2)
            payload = make(now, count, to, durable)
          }
          const last = waiting.length === 0 && count >= units.length
          previousCursor = cursorAt(to, last)
          reached = to
          if (count > 0) size = Math.max(1, Math.round((count * PAGE_TARGET) / payload.length))
          units = units.slice(count)
          page += 1
          return { payload, last }
        }
      }
    }
  }
}

const isWaiting = (pending: Pending): boolean => hasChanges(pending) || pending.confirmations.size > 0

const WHOLE_MESSAGE = { reason: null, page: 0, lastPage: true } as const

/** Bytes; the target leaves room for markets that are longer than those before. */
const PAGE_LIMIT = 256 * 1024
const PAGE_TARGET = 160 * 1024
const FIRST_PAGE_UNITS = 400

const kindOf = (pending: Pending): OddsMessageParent["kind"] =>
  hasChanges(pending) ? "DELTA" : pending.confirmations.size > 0 ? "CONFIRMED" : "HEARTBEAT"
