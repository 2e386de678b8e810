/**
 * `oddswire/client`: follows odds and runs over one WebSocket, in Node and in browsers.
 *
 * Whoever asks alike shares one subscription. Everything a caller reads is the newest folded state with the time
 * as of which it holds; nothing has to be fetched again after a break.
 */
import type { BackoffLimits } from "./Backoff.ts"
import { makeConnection } from "./Connection.ts"
import type { Connection } from "./Connection.ts"
import type { OddsFilter } from "./generated.ts"
import { webSocketLink } from "./Link.ts"
import type { Greeting, LinkOptions } from "./Link.ts"
import { makeListeners } from "./Listeners.ts"
import { makeOddsFeed } from "./OddsFeed.ts"
import type { OddsFeed, OddsRequest } from "./OddsFeed.ts"
import { makeProgressFeed } from "./ProgressFeed.ts"
import type { ProgressFeed } from "./ProgressFeed.ts"
import { makeShared } from "./Shared.ts"
import { standingOf, weakest } from "./Status.ts"
import type { Standing } from "./Status.ts"
import { surroundings } from "./Surroundings.ts"
import type { Cancel, Surroundings } from "./Surroundings.ts"

export type { OddsMessage } from "./Board.ts"
export type {
  GridBookmaker,
  GridComparison,
  GridEvent,
  GridListing,
  GridOffer,
  OddsFilter,
  OddsState,
  RunProgress
} from "./generated.ts"
export type { OddsFeed, OddsView } from "./OddsFeed.ts"
export type { ProgressFeed, ProgressView } from "./ProgressFeed.ts"
export type { Row } from "./Row.ts"
export type { Standing, Status } from "./Status.ts"
export type { Verification } from "./Verify.ts"

export interface OddswireClient {
  /** The odds of a filter; no filter = the main markets of all events. Close it when it is no longer shown. */
  readonly odds: (filter?: OddsFilter | null, options?: { readonly conflateMs?: number }) => OddsFeed
  /** How a run goes; without an id, whichever run goes. */
  readonly progress: (runId?: string) => ProgressFeed
  /** What the page as a whole may claim. */
  readonly connection: () => ConnectionView
  readonly onConnection: (listener: () => void) => Cancel
  /** The server's time now, ms since 1970, whatever the date of this machine; undefined before the first message. */
  readonly serverNow: () => number | undefined
  /** Ends the connection and everything on it. */
  readonly close: () => void
}

/** The weakest standing of all feeds, and whom we are talking to. */
export interface ConnectionView extends Standing {
  readonly server: Greeting | undefined
}

export interface ClientOptions extends LinkOptions {
  readonly backoff?: BackoffLimits
}

export const createClient = (options: ClientOptions): OddswireClient =>
  clientOver(makeConnection(webSocketLink(options), surroundings, options.backoff), surroundings)

/** The client over any connection: how the scripted one of `oddswire/client/testing` is made. */
export const clientOver = (connection: Connection, place: Surroundings): OddswireClient => {
  const listeners = makeListeners()
  connection.onChange(listeners.tell)
  const odds = makeShared((key) => {
    const feed = makeOddsFeed(JSON.parse(key), connection, place)
    feed.onChange(listeners.tell)
    return feed
  }, place)
  const runs = makeShared((key) => makeProgressFeed(key === "" ? undefined : key, connection, place), place)
  let server: Greeting | undefined
  return {
    odds: (filter, { conflateMs = 0 } = {}) => {
      const { feed, release } = odds.hold(keyOf({ filter: filter ?? null, conflateMs }))
      return { ...feed, close: release }
    },
    progress: (runId = "") => {
      const { feed, release } = runs.hold(runId)
      return { ...feed, close: release }
    },
    connection: () => {
      const state = connection.state()
      if (state.phase === "OPEN") server = state.server
      const own = standingOf({ connection: state, caughtUp: true, failure: undefined, asOf: undefined })
      return { ...(weakest(odds.all().map((feed) => feed.standing())) ?? own), server }
    },
    onConnection: listeners.add,
    serverNow: connection.clock.now,
    close: connection.close
  }
}

/** The same text for filters that are written differently and mean the same: then the server's bytes are shared too. */
const keyOf = ({ filter, conflateMs }: OddsRequest): string => {
  const fields = Object.entries(filter ?? {})
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => [name, Array.isArray(value) ? value.toSorted(byText) : value] as const)
    .sort(([one], [other]) => byText(one, other))
  return JSON.stringify({ filter: fields.length === 0 ? null : Object.fromEntries(fields), conflateMs })
}

const byText = (one: string, other: string): number => (one < other ? -1 : one === other ? 0 : 1)
