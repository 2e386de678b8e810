/** `events`, `competitions` and `coverage`: lists over what memory holds, each read at one published mark. */
import { Effect } from "effect"
import type { Competition } from "../../domain/Competition.ts"
import { PublishedBoard } from "../../odds/PublishedBoard.ts"
import { sizeOf } from "../arguments/Arguments.ts"
import type { Maybe } from "../arguments/Arguments.ts"
import { formatCursor } from "../arguments/Cursor.ts"
import { compareKeys, pageOf, readPageKey } from "../arguments/PageKey.ts"
import { listingsOf } from "../reading/Reading.ts"
import type { GraphQLContext } from "../Runtime.ts"
import { eventTest, isMissing, ranked } from "./EventSelection.ts"
import type { EventFilterInput, EventSort } from "./EventSelection.ts"

interface ListArgs {
  readonly filter?: Maybe<EventFilterInput>
  readonly first: number
  readonly after?: Maybe<string>
}

export const events = Effect.fnUntraced(function* (
  args: ListArgs & { readonly sort: EventSort },
  { view }: GraphQLContext
) {
  const first = yield* sizeOf(args.first)
  const list = `events ${args.sort}`
  const after = yield* readPageKey(list, ["number", "number", "string"], args.after)
  const board = yield* PublishedBoard
  const rows = ranked(yield* selected(args.filter, view), args.sort)
  const page = pageOf(list, rows, ({ key }) => key, first, after)
  return { ...page, nodes: page.nodes.map(({ event }) => event), cursor: formatCursor(board.mark(), "") }
})

export const competitions = Effect.fnUntraced(function* (args: ListArgs, { view }: GraphQLContext) {
  const first = yield* sizeOf(args.first)
  const after = yield* readPageKey("competitions", ["string", "string", "string"], args.after)
  const found = new Map(
    (yield* selected(args.filter, view)).map(({ facts }) => [facts.competition.id, facts.competition])
  )
  const rows = [...found.values()].sort((a, b) => compareKeys(competitionKey(a), competitionKey(b)))
  return pageOf("competitions", rows, competitionKey, first, after)
})

export const coverage = Effect.fnUntraced(function* (args: ListArgs, { view }: GraphQLContext) {
  const first = yield* sizeOf(args.first)
  const after = yield* readPageKey("coverage", ["number", "string", "number"], args.after)
  const rows = (yield* selected(args.filter, view)).flatMap((event) =>
    listingsOf(event).map(({ bookmaker, book }, position) => ({
      competition: event.facts.competition,
      event,
      bookmakerId: bookmaker.id,
      missing: isMissing(event, bookmaker.id),
      mapped: book?.listing.mappedCount ?? 0,
      unmapped: book?.listing.unmapped.length ?? 0,
      key: [event.facts.kickoff, event.facts.id, position] as const
    }))
  )
  return pageOf("coverage", rows, ({ key }) => key, first, after)
})

const selected = Effect.fnUntraced(function* (filter: Maybe<EventFilterInput>, view: GraphQLContext["view"]) {
  const board = yield* PublishedBoard
  const test = yield* eventTest(filter, view)
  return board
    .events()
    .map(({ facts, books }) => ({ facts, books, view }))
    .filter(test)
})

const competitionKey = ({ countryName, name, id }: Competition): readonly [string, string, string] => [
  countryName,
  name,
  id
]
