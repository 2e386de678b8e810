/** `Bookmaker`: who it is, and how far all of its odds can be trusted now. */
import type { BookmakerParent } from "../reading/Parents.ts"
import type { Fields } from "../Runtime.ts"

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
  lastSuccessAt: ({ lastSuccessAt }) => lastSuccessAt
} satisfies Fields<BookmakerParent>
