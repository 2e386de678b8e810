/**
 * What is shown and on no disk: what was told while nothing could be kept, until it is told again, whole.
 *
 * A gap is closed a moment before that, and whoever is shown everything in between must not take it for kept.
 */
import type { Change, ConfirmedChange } from "./Table.ts"

export interface Unkept {
  readonly told: (changes: readonly Change[], durable: boolean) => void
  readonly isEmpty: () => boolean
}

export const makeUnkept = (): Unkept => {
  const keys = new Set<string>()
  return {
    told: (changes, durable) => {
      if (durable && keys.size === 0) return
      for (const change of changes) {
        // When something was seen is no value: it is not told again.
        if (change._tag === "Confirmed") continue
        if (!durable) keys.add(keyOf(change))
        else if (isWhole(change)) keys.delete(keyOf(change))
        if (change._tag !== "Event" || change.facts !== undefined) continue
        for (const key of keys) if (key.startsWith(`${change.eventId}/`)) keys.delete(key)
      }
    },
    isEmpty: () => keys.size === 0
  }
}

const keyOf = (change: Exclude<Change, ConfirmedChange>): string => {
  switch (change._tag) {
    case "Book":
      return `${change.book.eventId}/${change.book.bookmakerId}`
    case "Event":
      return change.eventId
    case "Bookmaker":
      return change.record.bookmakerId
  }
}

/** One market of a listing says nothing of the others. */
const isWhole = (change: Change): boolean =>
  change._tag !== "Book" || change.records.some(({ kind }) => kind === "BASE")
