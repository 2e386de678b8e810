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

/** 1X2 alone, where a list is read for its events: pages stay small. */
export const EVENTS_ONLY = ["3743"]

export interface Client {
  /** Events by kickoff from the `skip`th on, each with its markets of these types. */
  readonly list: (skip: number, marketTypes: readonly string[]) => Effect.Effect<Fetched, FetchError>
  readonly event: (bookmakerEventId: string) => Effect.Effect<Fetched, FetchError>
}

export const makeClient = (http: Http["Service"], bookmakerId: BookmakerId, base: URL): Client => {
  const root = `${rootOf(base)}/api/sportsbook/v4/events`
  return {
    list: (skip, marketTypes) =>
      http.get({
        bookmakerId,
        endpoint: "list",
        headers: HEADERS,
        url: new URL(`${root}/lists/by-queries?q=${encodeURIComponent(JSON.stringify(upcoming(skip, marketTypes)))}`)
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

const upcoming = (skip: number, marketTypes: readonly string[]) => ({
  queries: [
    {
      query: { eventType: "UPCOMING", categories: [FOOTBALL], zones: {}, hasOdds: true },
      view: { marketTypes },
      skip,
      take: PAGE,
      sort: { startTime: "ASC" }
    }
  ]
})
