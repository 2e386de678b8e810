/**
 * The requests BetPawa is sent: paths, queries and headers of its v4 API.
 *
 * Without `accept: application/json` version 4 answers protobuf; the brand header has to match the host's country.
 */
import type { Effect } from "effect"
import type { BookmakerId } from "../../domain/Bookmaker.ts"
import type { FetchError } from "../FetchError.ts"
import type { Fetched, Http } from "../Http.ts"
import { rootOf, USER_AGENT } from "../Identity.ts"

/** The most events a page may have: 200 is answered with BAD_REQUEST. */
export const PAGE = 100

export interface Client {
  readonly list: (skip: number) => Effect.Effect<Fetched, FetchError>
  readonly event: (bookmakerEventId: string) => Effect.Effect<Fetched, FetchError>
}

export const makeClient = (http: Http["Service"], bookmakerId: BookmakerId, base: URL): Client => {
  const root = `${rootOf(base)}/api/sportsbook/v4/events`
  return {
    list: (skip) =>
      http.get({
        bookmakerId,
        endpoint: "list",
        headers: HEADERS,
        url: new URL(`${root}/lists/by-queries?q=${encodeURIComponent(JSON.stringify(upcoming(skip)))}`)
      }),
    event: (id) =>
      http.get({ bookmakerId, endpoint: "event", headers: HEADERS, url: new URL(`${root}/${encodeURIComponent(id)}`) })
  }
}

const HEADERS = {
  accept: "application/json",
  "x-pawa-brand": "betpawa-nigeria",
  devicetype: "web",
  "x-pawa-language": "en",
  "accept-language": "en",
  "user-agent": USER_AGENT
}

const FOOTBALL = "2"
const RESULT_FULL_TIME = "3743"

// Only 1X2 comes with the list: the rest is in the detail, and pages stay small.
const upcoming = (skip: number) => ({
  queries: [
    {
      query: { eventType: "UPCOMING", categories: [FOOTBALL], zones: {}, hasOdds: true },
      view: { marketTypes: [RESULT_FULL_TIME] },
      skip,
      take: PAGE,
      sort: { startTime: "ASC" }
    }
  ]
})
