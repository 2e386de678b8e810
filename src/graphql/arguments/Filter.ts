/**
 * `OddsFilter`: a pure predicate on records, and the selection it makes on the board.
 *
 * Bookmakers and markets are checked against what this server knows, because a misspelt one would else mean
 * silence for ever; event and competition ids are not, because they may appear later.
 */
import { Result } from "effect"
import type { Interest } from "../../broadcast/Interest.ts"
import { wantsBookmaker } from "../../broadcast/Interest.ts"
import { BookmakerId } from "../../domain/Bookmaker.ts"
import type { Bookmaker } from "../../domain/Bookmaker.ts"
import { MAIN_MARKETS, parseMarketKey } from "../../domain/Catalogue.ts"
import { CompetitionId } from "../../domain/Competition.ts"
import { EventId } from "../../domain/Event.ts"
import type { EventFacts } from "../../domain/Event.ts"
import { compareMarkets } from "../../domain/Market.ts"
import type { Market } from "../../domain/Market.ts"
import type { OddsBook } from "../../odds/OddsBook.ts"
import type { PublishedEvent } from "../../odds/PublishedBoard.ts"
import { slotOf } from "../../odds/Reading.ts"
import { unknown, unknownMarket } from "./Arguments.ts"
import { filterPart } from "./Cursor.ts"
import { ApiError, badInput } from "../Errors.ts"

/** As GraphQL coerces it; null = absent = any. Times in milliseconds. */
export interface OddsFilterInput {
  readonly events?: readonly string[] | null
  readonly competitions?: readonly string[] | null
  readonly countries?: readonly string[] | null
  readonly bookmakers?: readonly string[] | null
  readonly markets?: readonly string[] | null
  readonly kickoffFrom?: number | null
  readonly kickoffTo?: number | null
}

export interface OddsFilter extends Interest {
  /** Positions of the wanted markets in the book's shape, in catalogue order. */
  readonly slots: (book: OddsBook) => readonly number[]
  /** At most so many outcomes of one listing are wanted; Infinity where every market is. */
  readonly perListing: number
  /** The filter's part of a cursor. */
  readonly part: string
}

/** Every market: too wide for a filter without events or competitions. */
export const EVERY_MARKET = "*"

export const readFilter = (
  input: OddsFilterInput | null | undefined,
  bookmakers: readonly Bookmaker[]
): Result.Result<OddsFilter, ApiError> => {
  const filter = input ?? {}
  const stranger = filter.bookmakers?.find((id) => !bookmakers.some((bookmaker) => bookmaker.id === id))
  if (stranger !== undefined)
    return Result.fail(
      badInput(
        unknown(
          "bookmaker",
          stranger,
          bookmakers.map(({ id }) => id)
        )
      )
    )
  return Result.map(readMarkets(filter), (markets) => makeFilter(filter, markets))
}

/** What a snapshot may hold. */
export const MOST_OUTCOMES = 150_000

/** Counts only where the markets named do not already bound it. */
export const tooWide = (filter: OddsFilter, events: readonly PublishedEvent[], bookmakers: number): boolean =>
  events.length * bookmakers * filter.perListing > MOST_OUTCOMES && countOutcomes(filter, events) > MOST_OUTCOMES

/** How many outcomes a snapshot of this filter would hold. */
export const countOutcomes = (filter: OddsFilter, events: readonly PublishedEvent[]): number => {
  let count = 0
  for (const { facts, books } of events) {
    if (!filter.event(facts)) continue
    for (const book of books.values()) {
      if (!wantsBookmaker(filter, book.bookmakerId)) continue
      const { offsets } = book.shape
      for (const slot of filter.slots(book)) count += (offsets[slot + 1] ?? 0) - (offsets[slot] ?? 0)
    }
  }
  return count
}

/** A few keys are searched for in a book, any number of them is walked through. */
type Wanted = "EVERY" | readonly Market[]

const readMarkets = (input: OddsFilterInput): Result.Result<Wanted, ApiError> => {
  const keys = input.markets
  if (keys === undefined || keys === null) return Result.succeed(MAIN_MARKETS)
  if (keys.includes(EVERY_MARKET)) {
    return given(input.events) || given(input.competitions)
      ? Result.succeed("EVERY")
      : Result.fail(
          new ApiError({
            code: "FILTER_TOO_WIDE",
            message:
              'Every market (`markets: ["*"]`) is too much without `events` or `competitions`: name some, or name the markets.'
          })
        )
  }
  const markets = new Set<Market>()
  for (const key of keys) {
    const market = parseMarketKey(key)
    if (market === undefined) return Result.fail(badInput(unknownMarket(key)))
    markets.add(market)
  }
  return Result.succeed([...markets].sort(compareMarkets))
}

const makeFilter = (input: OddsFilterInput, wanted: Wanted): OddsFilter => {
  const lists = [input.events, input.competitions, input.countries, input.bookmakers, input.markets]
  const events = lists.some((list) => list?.length === 0) ? NOTHING : setOf(input.events, EventId)
  const competitions = setOf(input.competitions, CompetitionId)
  const countries = setOf(input.countries, (code) => code.toUpperCase())
  const bookmakers = setOf(input.bookmakers, BookmakerId)
  const from = input.kickoffFrom ?? -Infinity
  const to = input.kickoffTo ?? Infinity
  const markets = wanted === "EVERY" ? undefined : new Set(wanted)
  const event = (facts: EventFacts): boolean =>
    (events === undefined || events.has(facts.id)) &&
    (competitions === undefined || competitions.has(facts.competition.id)) &&
    (countries === undefined || countries.has(facts.competition.countryCode)) &&
    facts.kickoff >= from &&
    facts.kickoff < to
  return {
    events,
    competitions,
    countries,
    bookmakers,
    event,
    market: (market) => markets === undefined || markets.has(market),
    slots: (book) =>
      wanted === "EVERY"
        ? book.shape.slots.map((_, slot) => slot)
        : wanted.map((market) => slotOf(book, market)).filter((slot) => slot >= 0),
    perListing: wanted === "EVERY" ? Infinity : wanted.reduce((sum, { type }) => sum + type.outcomes.length, 0),
    part: filterPart(
      JSON.stringify([
        sorted(events),
        sorted(competitions),
        sorted(countries),
        sorted(bookmakers),
        wanted === "EVERY" ? EVERY_MARKET : wanted.map(({ key }) => key),
        input.kickoffFrom ?? null,
        input.kickoffTo ?? null
      ])
    )
  }
}

/** One empty list empties the filter, whichever it is: an event of which nothing is wanted is not wanted either. */
const NOTHING: ReadonlySet<EventId> = new Set()

const given = (list: readonly string[] | null | undefined): boolean => list !== undefined && list !== null

const setOf = <A>(
  values: readonly string[] | null | undefined,
  brand: (value: string) => A
): ReadonlySet<A> | undefined => (values === undefined || values === null ? undefined : new Set(values.map(brand)))

const sorted = (values: ReadonlySet<string> | undefined): readonly string[] | null =>
  values === undefined ? null : [...values].sort()
