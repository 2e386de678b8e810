/**
 * One feed for all who want the same: kept while somebody holds it, and a moment longer, so that a page which takes
 * a view away and puts it back does not fetch its snapshot twice.
 */
import type { Cancel, Surroundings } from "./Surroundings.ts"

export interface Shared<Feed> {
  /** Answers the feed and how to let go of it. */
  readonly hold: (key: string) => { readonly feed: Feed; readonly release: Cancel }
  readonly all: () => readonly Feed[]
}

export const makeShared = <Feed extends { readonly close: () => void }>(
  make: (key: string) => Feed,
  { after }: Surroundings
): Shared<Feed> => {
  const held = new Map<string, Held<Feed>>()
  return {
    all: () => Array.from(held.values(), ({ feed }) => feed),
    hold: (key) => {
      const entry = held.get(key) ?? { feed: make(key), holders: 0, cancelEnd: () => undefined }
      held.set(key, entry)
      entry.holders += 1
      entry.cancelEnd()
      let released = false
      return {
        feed: entry.feed,
        release: () => {
          if (released) return
          released = true
          entry.holders -= 1
          if (entry.holders > 0) return
          entry.cancelEnd = after(LINGER_MS, () => {
            held.delete(key)
            entry.feed.close()
          })
        }
      }
    }
  }
}

interface Held<Feed> {
  readonly feed: Feed
  holders: number
  cancelEnd: Cancel
}

const LINGER_MS = 2_000
