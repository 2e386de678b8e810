/** `Event`: its facts, its listings, and its markets across bookmakers. */
import { Effect } from "effect"
import { MAIN_MARKETS } from "../../domain/Catalogue.ts"
import { EVICT_AFTER_KICKOFF_MS, eventName } from "../../domain/Event.ts"
import type { Market } from "../../domain/Market.ts"
import { bookmakersOf, marketsNamed, sizeOf } from "../arguments/Arguments.ts"
import type { Maybe } from "../arguments/Arguments.ts"
import type { EventParent } from "../reading/Parents.ts"
import { comparisonOf, listingsOf, marketsOf } from "../reading/Reading.ts"
import type { Fields, GraphQLContext } from "../Runtime.ts"

export const eventFields = {
  id: ({ facts }) => facts.id,
  name: ({ facts }) => eventName(facts),
  home: ({ facts }) => facts.home,
  away: ({ facts }) => facts.away,
  kickoff: ({ facts }) => facts.kickoff,
  status: ({ facts, view }) => statusOf(facts.kickoff, view.at),
  competition: ({ facts }) => facts.competition,
  skewMs,
  listings,
  comparisons
} satisfies Fields<EventParent>

/** From the clock, not from a scoreboard: nobody here watches the match. */
export const statusOf = (kickoff: number, at: number): "UPCOMING" | "STARTED" | "CLOSED" =>
  at < kickoff ? "UPCOMING" : at < kickoff + EVICT_AFTER_KICKOFF_MS ? "STARTED" : "CLOSED"

function skewMs({ books, view }: EventParent): number | null {
  const asked = view.bookmakers.flatMap(({ id }) => books.get(id)?.requestedAt ?? [])
  return asked.length < 2 ? null : Math.max(...asked) - Math.min(...asked)
}

function listings(
  event: EventParent,
  args: { readonly bookmakers?: Maybe<readonly string[]> },
  context: GraphQLContext
) {
  const all = listingsOf(event)
  if (args.bookmakers === null || args.bookmakers === undefined) return all
  return context.run(
    Effect.map(bookmakersOf(args.bookmakers, context.view.roster), (ids) =>
      all.filter(({ bookmaker }) => ids?.includes(bookmaker.id))
    )
  )
}

interface ComparisonsArgs {
  readonly markets?: Maybe<readonly string[]>
  readonly first: number
}

function comparisons(event: EventParent, args: ComparisonsArgs, context: GraphQLContext) {
  // A plain answer where the argument is the usual one, because a grid asks this of every event.
  const usual = mainMarkets(args)
  if (usual !== undefined) return usual.map((market) => comparisonOf(event, market))
  return context.run(
    Effect.gen(function* () {
      const first = yield* sizeOf(args.first)
      const named = yield* marketsNamed(args.markets)
      const markets = named ?? marketsOf(event).filter(({ type }) => type.comparable)
      return markets.slice(0, first).map((market) => comparisonOf(event, market))
    })
  )
}

/** By its arguments, which are one object for all events of an answer. */
const mainMarkets = (args: ComparisonsArgs): readonly Market[] | undefined => {
  if (!known.has(args)) known.set(args, mainMarketsOf(args))
  return known.get(args)
}

const known = new WeakMap<ComparisonsArgs, readonly Market[] | undefined>()

const mainMarketsOf = ({ markets, first }: ComparisonsArgs): readonly Market[] | undefined => {
  if (markets === null || markets === undefined || markets.length > first) return undefined
  const found = markets.flatMap((key) => MAIN_MARKETS.find((market) => market.key === key) ?? [])
  return found.length === markets.length ? found : undefined
}
