/** What one who hears everything has seen of the matches, and two who do not take it as it is told. */
import type { OddsMessage } from "../../../test/support/client.ts"
import type { Ear } from "../drops/Follower.ts"

export interface Witness {
  readonly ear: Ear
  /** `event kickoff`, as told last. */
  readonly matches: () => ReadonlySet<string>
  readonly seen: () => { readonly announced: number; readonly moved: number; readonly evicted: number }
}

export const makeWitness = (): Witness => {
  const kickoffs = new Map<string, string>()
  let [announced, moved, evicted] = [0, 0, 0]
  return {
    ear: (message) => {
      if (message.kind === "SNAPSHOT" && message.page === 0) kickoffs.clear()
      for (const { id, kickoff } of message.events) {
        const before = kickoffs.get(id)
        if (before === undefined) announced++
        else if (before !== kickoff) moved++
        kickoffs.set(id, kickoff)
      }
      for (const id of message.removed) if (kickoffs.delete(id)) evicted++
      return message
    },
    matches: () => new Set([...kickoffs].map(([id, kickoff]) => `${id} ${kickoff}`)),
    seen: () => ({ announced, moved, evicted })
  }
}

/** Holds on to what has left. */
export const forgetsNothing: Ear = (message) => ({ ...message, removed: [] })

/** Believes the first kickoff that it hears of a match. */
export const keepsKickoffs = (): Ear => {
  const first = new Map<string, string>()
  const asFirstHeard = (event: OddsMessage["events"][number]) => {
    const kickoff = first.get(event.id) ?? event.kickoff
    first.set(event.id, kickoff)
    return { ...event, kickoff }
  }
  return (message) => ({ ...message, events: message.events.map(asFirstHeard) })
}
