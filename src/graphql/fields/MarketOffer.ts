/**
 * `MarketOffer` and `OutcomePrice`: one bookmaker's prices of one market, whole.
 *
 * An outcome is never shown in a better state than its market: an open outcome of a stale market is stale.
 */
import type { OddsState } from "../../domain/Freshness.ts"
import { formatMilli } from "../../domain/Price.ts"
import { marginOf, openPrices } from "../../pricing/Margin.ts"
import type { OfferParent } from "../reading/Parents.ts"
import { outcomeState } from "../reading/Reading.ts"
import type { Fields } from "../Runtime.ts"

/** `68995116/bet9ja-ng/over_under_ft@2.5`. */
export const offerId = (eventId: string, bookmakerId: string, marketKey: string): string =>
  `${eventId}/${bookmakerId}/${marketKey}`

export const marketOfferFields = {
  // A cache files by id: an old offer under the newest one's would be shown in its place.
  id: ({ eventId, bookmaker, market, record }) =>
    offerId(eventId, bookmaker.id, market.key) + (record === undefined ? "" : `#${record}`),
  eventId: ({ eventId }) => eventId,
  bookmakerId: ({ bookmaker }) => bookmaker.id,
  marketKey: ({ market }) => market.key,
  state: ({ standing }) => standing.state,
  since: ({ standing }) => standing.since,
  reason: ({ standing }) => standing.reason,
  changedAt: ({ state }) => state?.changedAt,
  margin: ({ market, state }) => (state === undefined ? null : marginOf(market.type, openPrices(state))),
  outcomes
} satisfies Fields<OfferParent>

interface OutcomeParent {
  readonly outcome: string
  /** Thousandths; undefined = never priced. */
  readonly milli: number | undefined
  readonly previous: number | undefined
  readonly state: OddsState
}

export const outcomePriceFields = {
  outcome: ({ outcome }) => outcome,
  price: ({ milli }) => (milli === undefined ? null : formatMilli(milli)),
  milli: ({ milli }) => milli,
  previousMilli: ({ previous }) => previous,
  state: ({ state }) => state
} satisfies Fields<OutcomeParent>

function outcomes({ standing, state }: OfferParent): readonly OutcomeParent[] {
  if (state === undefined) return []
  return state.layout.outcomes.map((outcome, i) => ({
    outcome,
    milli: priced(state.milli[i]),
    previous: priced(state.previous[i]),
    state: outcomeState(standing, state.states[i])
  }))
}

const priced = (milli: number | undefined): number | undefined =>
  milli === undefined || milli === 0 ? undefined : milli
