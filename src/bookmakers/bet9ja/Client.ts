/**
 * The requests Bet9ja is sent: paths, queries and headers of its desktop site's feed.
 *
 * The feed is said to refuse a request without a referer, so it is told the site that we read for.
 * `v_cache_version` only keys a cache; any value works.
 */
import { Effect } from "effect"
import type { BookmakerId } from "../../domain/Bookmaker.ts"
import type { Endpoint, FetchError } from "../FetchError.ts"
import type { Fetched, Http } from "../Http.ts"
import { rootOf, USER_AGENT } from "../Identity.ts"

export interface Client {
  /** The tree of sports, countries and groups. */
  readonly sports: Effect.Effect<Fetched, FetchError>
  /** The upcoming events of one group. */
  readonly group: (groupId: string) => Effect.Effect<Fetched, FetchError>
  readonly event: (bookmakerEventId: string) => Effect.Effect<Fetched, FetchError>
}

export const makeClient = (http: Http["Service"], bookmakerId: BookmakerId, base: URL): Client => {
  const root = `${rootOf(base)}/desktop/feapi/PalimpsestAjax`
  const headers = { ...HEADERS, referer: `${base.origin}/` }
  const get = (endpoint: Endpoint, path: string) =>
    http.get({ bookmakerId, endpoint, headers, url: new URL(`${root}/${path}&v_cache_version=${CACHE_VERSION}`) })
  return {
    sports: Effect.suspend(() => get("list", "GetSports?DISP=0&SPORTID=1")),
    group: (id) => get("list", `GetEventsInGroup?GROUPID=${encodeURIComponent(id)}&DISP=0`),
    event: (id) => get("event", `GetEvent?EVENTID=${encodeURIComponent(id)}`)
  }
}

const CACHE_VERSION = "1.318.4.243"

const HEADERS = { accept: "application/json, */*", "accept-language": "en", "user-agent": USER_AGENT }
