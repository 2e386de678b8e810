/** `MarketComparison`, `BestPrice` and `MarketType`: one market and line across bookmakers. */
import type { MarketType } from "../../domain/Market.ts"
import { formatMilli } from "../../domain/Price.ts"
import type { BestPrice } from "../../pricing/BestPrice.ts"
import type { ComparisonParent } from "../reading/Parents.ts"
import type { Fields, GraphQLContext } from "../Runtime.ts"

/** `68995116/over_under_ft@2.5`. */
export const comparisonId = (eventId: string, marketKey: string): string => `${eventId}/${marketKey}`

export const marketComparisonFields = {
  id: ({ eventId, market }) => comparisonId(eventId, market.key),
  eventId: ({ eventId }) => eventId,
  market: ({ market }) => market.type,
  line: ({ market }) => (market.line === undefined ? null : String(market.line)),
  offers: ({ offers }) => offers,
  best: ({ comparison }) => comparison().best,
  skewMs: ({ comparison }) => comparison().skewMs,
  excluded: ({ comparison }) => comparison().excluded
} satisfies Fields<ComparisonParent>

export const bestPriceFields = {
  outcome: ({ outcome }) => outcome,
  price: ({ milli }) => (milli === undefined ? null : formatMilli(milli)),
  milli: ({ milli }) => milli,
  bookmakers: ({ bookmakers }) => bookmakers,
  ourEdge: ({ ourEdge }) => ourEdge
} satisfies Fields<BestPrice>

export const marketTypeFields = {
  id: ({ key }) => key,
  key: ({ key }) => key,
  name: ({ name }) => name,
  period: ({ period }) => period,
  outcomes: ({ outcomes }) => outcomes,
  hasLine: ({ hasLine }) => hasLine,
  mappedAt: ({ key }, _: unknown, { view }: GraphQLContext) =>
    view.roster.flatMap(({ bookmaker }) => (bookmaker.mapped.has(key) ? [bookmaker.id] : [])),
  comparable: ({ comparable }) => comparable
} satisfies Fields<MarketType>
