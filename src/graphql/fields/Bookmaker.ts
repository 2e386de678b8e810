/** `Bookmaker`: who it is, and how far all of its odds can be trusted now. */
import { Effect } from "effect"
import type { BookmakerId } from "../../domain/Bookmaker.ts"
import { Scraping } from "../../scraping/Scraping.ts"
import type { BookmakerParent } from "../reading/Parents.ts"
import type { Fields, GraphQLContext } from "../Runtime.ts"

export const bookmakerFields = {
  id: ({ bookmaker }) => bookmaker.id,
  name: ({ bookmaker }) => bookmaker.name,
  country: ({ bookmaker }) => bookmaker.country,
  ours: ({ bookmaker }) => bookmaker.ours,
  enabled: ({ enabled }) => enabled,
  paused: ({ paused }) => paused,
  state: ({ standing }) => standing.state,
  since: ({ standing }) => standing.since,
  reason: ({ standing }) => standing.reason,
  lastSuccessAt: ({ lastSuccessAt }) => lastSuccessAt,
  work: ({ bookmaker }, _: unknown, { run }: GraphQLContext) => run(workOf(bookmaker.id))
} satisfies Fields<BookmakerParent>

const workOf = Effect.fnUntraced(function* (id: BookmakerId) {
  const all = yield* (yield* Scraping).work
  return all.find(({ bookmakerId }) => bookmakerId === id)
})
