/**
 * Makes the messages of one filter: deltas, the way back after an absence, and (in `Snapshots.ts`) a new base.
 *
 * Everything is read at the mark it is told at; the cursor of a message is that mark. How a message becomes
 * bytes (which document, which role) is handed in.
 */
import { hasChanges } from "../../broadcast/Pending.ts"
import type { Pending } from "../../broadcast/Pending.ts"
import { isAfter } from "../../broadcast/Group.ts"
import type { Renderer, Told } from "../../broadcast/Group.ts"
import type { Route } from "../../broadcast/Subscriber.ts"
import type { PublishedBoard } from "../../odds/PublishedBoard.ts"
import { formatCursor, formatTold } from "../arguments/Cursor.ts"
import type { OddsFilter } from "../arguments/Filter.ts"
import type { Moment } from "../reading/Moment.ts"
import { readUnits } from "./Contents.ts"
import type { OddsMessageParent } from "./OddsMessage.ts"
import { makeSnapshots } from "./Snapshots.ts"
import { unitsOf } from "./Units.ts"
import type { Scene } from "./Units.ts"

/** Where messages read from; all of it without waiting. */
export interface Sources {
  readonly board: PublishedBoard["Service"]
  readonly moment: () => Moment
  readonly now: () => number
}

export interface Messages extends Renderer {
  /** The client is at `after`, which says `at`, exactly; what changed since is pending. */
  readonly resumed: (after: string, at: Told) => Route
}

export const makeMessages = (
  sources: Sources,
  filter: OddsFilter,
  render: (message: OddsMessageParent) => string
): Messages => {
  const scene = (): Scene => ({ board: sources.board, moment: sources.moment(), filter })

  // A message begins where the one before it ended.
  let last: { readonly told: Told; readonly cursor: string } | undefined
  const cursorOf = (told: Told): string => {
    if (last?.told !== told) last = { told, cursor: formatTold(told, filter.part) }
    return last.cursor
  }
  const pageCursorOf = (told: Told, page: number): string => formatCursor(told, filter.part, page)

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
      durable: pending.durable && sources.board.durable(),
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
            cursor: after,
            durable: pending.durable && sources.board.durable()
          } as const
          return { payload: render({ ...message, serverTime: sources.now() }), last: !missed }
        }
      }
    },
    snapshot: makeSnapshots({ scene, cursorOf, pageCursorOf, render, now: sources.now })
  }
}

const isWaiting = (pending: Pending): boolean => hasChanges(pending) || pending.confirmations.size > 0

const WHOLE_MESSAGE = { reason: null, page: 0, lastPage: true } as const

const kindOf = (pending: Pending): OddsMessageParent["kind"] =>
  hasChanges(pending) ? "DELTA" : pending.confirmations.size > 0 ? "CONFIRMED" : "HEARTBEAT"
