/**
 * Which events a filter means, and in which order: pure functions of what is published.
 *
 * Lists are ORed inside, fields ANDed; null = any, an empty list = nothing.
 */
import { Effect } from "effect"
import type { BookmakerId } from "../../domain/Bookmaker.ts"
import { MAIN_MARKETS, parseMarketKey } from "../../domain/Catalogue.ts"
import type { EventFacts } from "../../domain/Event.ts"
import type { OddsState } from "../../domain/Freshness.ts"
import { marginOf, openPrices } from "../../pricing/Margin.ts"
import { bookmakersOf, listOf } from "../arguments/Arguments.ts"
import type { Maybe } from "../arguments/Arguments.ts"
import { statusOf } from "../fields/Event.ts"
import { compareKeys } from "../arguments/PageKey.ts"
import type { EventParent, View } from "../reading/Parents.ts"
import { comparisonOf, listingOf, listingsOf, offerOf } from "../reading/Reading.ts"

export interface EventFilterInput {
  readonly text?: Maybe<string>
  readonly competitions?: Maybe<readonly string[]>
  readonly countries?: Maybe<readonly string[]>
  readonly missingAt?: Maybe<readonly string[]>
  readonly status?: Maybe<readonly ("UPCOMING" | "STARTED" | "CLOSED")[]>
  readonly kickoffFrom?: Maybe<number>
  readonly kickoffTo?: Maybe<number>
  readonly edgeAtLeast?: Maybe<number>
  readonly states?: Maybe<readonly OddsState[]>
}

export type EventSort = "KICKOFF_ASC" | "EDGE_DESC" | "MARGIN_DESC" | "AGE_DESC"

export type EventTest = (event: EventParent) => boolean

/** The filter as a predicate; fails where it names a bookmaker nobody knows. */
export const eventTest = Effect.fnUntraced(function* (input: Maybe<EventFilterInput>, view: View) {
  const filter = input ?? {}
  const missingAt = yield* bookmakersOf(filter.missingAt, view.roster)
  const competitions = setOf(yield* listOf("competition", filter.competitions))
  const countries = setOf((yield* listOf("country", filter.countries))?.map((code) => code.toUpperCase()))
  const words = fold((filter.text ?? "").slice(0, 200))
    .split(/\s+/)
    .filter((word) => word !== "")
  const from = filter.kickoffFrom ?? -Infinity
  const to = filter.kickoffTo ?? Infinity
  const { status, states, edgeAtLeast } = filter
  const test: EventTest = (event) => {
    const { facts } = event
    return (
      facts.kickoff >= from &&
      facts.kickoff < to &&
      (competitions === undefined || competitions.has(facts.competition.id)) &&
      (countries === undefined || countries.has(facts.competition.countryCode)) &&
      (status === null || status === undefined || status.includes(statusOf(facts.kickoff, event.view.at))) &&
      words.every((word) => searchText(facts).includes(word)) &&
      (missingAt === undefined || missingAt.some((id) => isMissing(event, id))) &&
      (states === null ||
        states === undefined ||
        listingsOf(event).some(({ standing }) => states.includes(standing.state))) &&
      (edgeAtLeast === null || edgeAtLeast === undefined || bestEdge(event) >= edgeAtLeast)
    )
  }
  return test
})

export type SortKey = readonly [rank: number, kickoff: number, id: string]

export interface Ranked {
  readonly event: EventParent
  readonly key: SortKey
}

/** Events with their sort keys, in order. `events` come by kickoff, then id. */
export const ranked = (events: readonly EventParent[], sort: EventSort): readonly Ranked[] => {
  const rank = RANKS[sort]
  const rows = events.map((event): Ranked => ({ event, key: [rank(event), event.facts.kickoff, event.facts.id] }))
  return sort === "KICKOFF_ASC" ? rows : rows.sort((a, b) => compareKeys(a.key, b.key))
}

/** Never listed, or withdrawn as a whole. */
export const isMissing = (event: EventParent, id: BookmakerId): boolean => {
  const bookmaker = event.view.bookmakers.find((known) => known.id === id)
  if (bookmaker === undefined) return false
  const { state } = listingOf(event, bookmaker).standing
  return state === "NEVER_OFFERED" || state === "WITHDRAWN"
}

/** Lower comes first; a finite number, because it is part of a page key. */
const RANKS: Readonly<Record<EventSort, (event: EventParent) => number>> = {
  KICKOFF_ASC: () => 0,
  EDGE_DESC: (event) => finite(-bestEdge(event)),
  MARGIN_DESC: (event) => finite(-ourMargin(event)),
  AGE_DESC: (event) => finite(oldestConfirmation(event))
}

const LAST = Number.MAX_SAFE_INTEGER

const finite = (value: number): number => (Number.isFinite(value) ? value : LAST)

/** Our best edge on any outcome of the main markets; −Infinity = none. */
const bestEdge = (event: EventParent): number => {
  let best = -Infinity
  for (const market of MAIN_MARKETS) {
    for (const { ourEdge } of comparisonOf(event, market).comparison().best) {
      if (ourEdge !== undefined && ourEdge > best) best = ourEdge
    }
  }
  return best
}

const RESULT = parseMarketKey("1x2_ft")

const ourMargin = (event: EventParent): number => {
  const ours = event.view.bookmakers.find((bookmaker) => bookmaker.ours)
  if (ours === undefined || RESULT === undefined) return -Infinity
  const { state } = offerOf(event, ours, RESULT)
  return state === undefined ? -Infinity : (marginOf(RESULT.type, openPrices(state)) ?? -Infinity)
}

const oldestConfirmation = ({ books, view }: EventParent): number =>
  Math.min(...view.bookmakers.flatMap(({ id }) => books.get(id)?.confirmedAt ?? []))

const setOf = (values: readonly string[] | undefined): ReadonlySet<string> | undefined =>
  values === undefined ? undefined : new Set(values)

/** Lower case without accents, so that "sao paulo" finds São Paulo. */
const fold = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase()

const searchText = (facts: EventFacts): string => {
  let text = searchTexts.get(facts)
  if (text === undefined) {
    const { competition } = facts
    text = fold([facts.home, facts.away, competition.name, competition.countryName, facts.id].join(" "))
    searchTexts.set(facts, text)
  }
  return text
}

// Facts are immutable, and folding 1,300 names for every keystroke of a search would be felt.
const searchTexts = new WeakMap<EventFacts, string>()
