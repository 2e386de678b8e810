/** `oddsHistory`: every change of the markets named, when somebody looked, and whom one could trust. From Postgres. */
import { Effect } from "effect"
import { BookmakerId, Bookmakers } from "../../domain/Bookmaker.ts"
import type { Bookmaker } from "../../domain/Bookmaker.ts"
import { EventId } from "../../domain/Event.ts"
import { History } from "../../storage/History.ts"
import type { HistoryRow } from "../../storage/History.ts"
import { bookmakersOf, listOf, marketsNamed, sizeOf } from "../arguments/Arguments.ts"
import type { Maybe } from "../arguments/Arguments.ts"
import { badInput } from "../Errors.ts"
import { listingId } from "../fields/Listing.ts"
import { pageKey, readPageKey } from "../arguments/PageKey.ts"
import type { OfferParent } from "../reading/Parents.ts"
import type { GraphQLContext } from "../Runtime.ts"

interface HistoryArgs {
  readonly filter: {
    readonly events?: Maybe<readonly string[]>
    readonly competitions?: Maybe<readonly string[]>
    readonly bookmakers?: Maybe<readonly string[]>
    readonly markets: readonly string[]
    readonly from: number
    readonly to: number
  }
  readonly first: number
  readonly after?: Maybe<string>
}

export const oddsHistory = Effect.fnUntraced(function* ({ filter, ...args }: HistoryArgs, { view }: GraphQLContext) {
  const first = yield* sizeOf(args.first, 500)
  if (filter.from >= filter.to) {
    return yield* Effect.fail(badInput("filter.from is not before filter.to: name a span of time that is not empty."))
  }
  const key = yield* readPageKey("oddsHistory", ["integer", "integer", "integer"], args.after)
  const query = {
    events: (yield* listOf("event", filter.events))?.map((id) => EventId(id)),
    competitions: yield* listOf("competition", filter.competitions),
    bookmakers: yield* bookmakersOf(filter.bookmakers, view.roster),
    markets: ((yield* marketsNamed(filter.markets)) ?? []).map((market) => market.key),
    from: filter.from,
    to: filter.to
  }
  const [epoch, seq, position] = key ?? []
  const page = yield* (yield* History).rows(
    query,
    first,
    key === undefined ? undefined : { epoch: Number(epoch), seq: Number(seq), position: Number(position) }
  )
  const last = page.rows[page.rows.length - 1]
  const { all } = yield* Bookmakers
  return {
    nodes: page.rows.map((row) => ({
      seq: String(row.seq),
      at: row.at,
      publishedAt: row.publishedAt,
      runId: row.runId,
      offer: offerThen(row, all)
    })),
    checks: page.checks.map((span) => ({ ...span, listingId: listingId(span.eventId, span.bookmakerId) })),
    standings: page.standings.map(({ standing, ...of }) => ({ ...of, ...standing })),
    pageInfo: {
      hasNextPage: page.hasNextPage,
      endCursor: last === undefined ? null : pageKey("oddsHistory", [last.epoch, last.seq, last.position])
    }
  }
})

const offerThen = (
  { eventId, bookmakerId, state, epoch, seq }: HistoryRow,
  all: readonly Bookmaker[]
): OfferParent => ({
  eventId,
  bookmaker: all.find(({ id }) => id === bookmakerId) ?? formerBookmaker(bookmakerId),
  market: state.market,
  standing: state,
  state,
  capturedAt: undefined,
  record: `${epoch}.${seq}`
})

/** History outlives the roster: a bookmaker that is no longer scraped keeps its id. */
const formerBookmaker = (id: string): Bookmaker => ({
  id: BookmakerId(id),
  name: id,
  country: "ZZ",
  ours: false,
  mapped: new Set()
})
