/**
 * The requests SportyBet is sent: paths, queries and headers of its web site's API for Nigeria.
 *
 * `_t` only keeps caches from answering.
 */
import { Clock, Effect } from "effect"
import type { BookmakerId } from "../../domain/Bookmaker.ts"
import type { Endpoint, FetchError } from "../FetchError.ts"
import type { Fetched, Http } from "../Http.ts"
import { rootOf, USER_AGENT } from "../Identity.ts"

export const PAGE = 100

/** 1X2 alone, where a list is read for its events: pages stay small. */
export const EVENTS_ONLY = ["1"]

export interface Client {
  /** Pages count from 1; each event with its markets of these ids. */
  readonly list: (page: number, marketIds: readonly string[]) => Effect.Effect<Fetched, FetchError>
  readonly event: (bookmakerEventId: string) => Effect.Effect<Fetched, FetchError>
}

export const makeClient = (http: Http["Service"], bookmakerId: BookmakerId, base: URL): Client => {
  const root = `${rootOf(base)}/api/ng/factsCenter`
  const get = (endpoint: Endpoint, path: string) =>
    Clock.currentTimeMillis.pipe(
      Effect.flatMap((now) =>
        http.get({ bookmakerId, endpoint, headers: HEADERS, url: new URL(`${root}/${path}&_t=${now}`) })
      )
    )
  return {
    list: (page, marketIds) =>
      get(
        "list",
        `pcUpcomingEvents?sportId=sr:sport:1&marketId=${marketIds.join()}&pageSize=${PAGE}&pageNum=${page}&option=1&todayGames=false`
      ),
    event: (id) => get("event", `event?eventId=${encodeURIComponent(id)}&productId=${PREMATCH}`)
  }
}

const PREMATCH = 3

const HEADERS = {
  accept: "application/json",
  clientid: "web",
  operid: "2",
  platform: "web",
  "accept-language": "en",
  "user-agent": USER_AGENT
}
