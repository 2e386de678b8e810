/** The requests Fourth is sent: one list without pages, and one document per match. */
import type { Effect } from "effect"
import type { FetchError } from "../../../src/bookmakers/FetchError.ts"
import type { Fetched, Http } from "../../../src/bookmakers/Http.ts"
import { rootOf, USER_AGENT } from "../../../src/bookmakers/Identity.ts"
import type { BookmakerId } from "../../../src/domain/Bookmaker.ts"

export interface Client {
  readonly list: Effect.Effect<Fetched, FetchError>
  readonly event: (bookmakerEventId: string) => Effect.Effect<Fetched, FetchError>
}

export const makeClient = (http: Http["Service"], bookmakerId: BookmakerId, base: URL): Client => {
  const root = `${rootOf(base)}/matches`
  return {
    list: http.get({ bookmakerId, endpoint: "list", headers: HEADERS, url: new URL(root) }),
    event: (id) =>
      http.get({ bookmakerId, endpoint: "event", headers: HEADERS, url: new URL(`${root}/${encodeURIComponent(id)}`) })
  }
}

const HEADERS = { accept: "application/json", "user-agent": USER_AGENT }
