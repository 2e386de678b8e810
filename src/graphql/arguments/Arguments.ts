/**
 * Arguments as users write them become values of the domain: known ids, markets, sizes and times, or a sentence.
 *
 * An unknown name is never ignored: a filter that silently lost a word would answer more than was asked for.
 */
import { Effect } from "effect"
import type { Bookmaker, BookmakerId } from "../../domain/Bookmaker.ts"
import { catalogue, marketTypeOf, parseMarketKey } from "../../domain/Catalogue.ts"
import type { Market, MarketType } from "../../domain/Market.ts"
import { nearest } from "../../domain/Nearest.ts"
import { badInput } from "../Errors.ts"
import type { ApiError } from "../Errors.ts"
import type { BookmakerParent } from "../reading/Parents.ts"

/** An argument that may be left out or null. */
export type Maybe<A> = A | null | undefined

/** Longest list an argument may hold. */
const LONGEST = 1_000

/** `first` within 0 and `most`. */
export const sizeOf = (first: number, most = 200): Effect.Effect<number, ApiError> =>
  first >= 0 && first <= most
    ? Effect.succeed(first)
    : Effect.fail(badInput(`first: ${first} is outside 0 to ${most}; ask for the next page with after.`))

export const bookmakersOf = (
  ids: Maybe<readonly string[]>,
  roster: readonly BookmakerParent[]
): Effect.Effect<readonly BookmakerId[] | undefined, ApiError> =>
  eachOf(
    "bookmaker",
    ids,
    (id) => findBookmaker(roster, id)?.id,
    (id) =>
      unknown(
        "bookmaker",
        id,
        roster.map(({ bookmaker }) => bookmaker.id)
      )
  )

export const marketsNamed = (keys: Maybe<readonly string[]>): Effect.Effect<readonly Market[] | undefined, ApiError> =>
  eachOf("market", keys, parseMarketKey, unknownMarket)

export const listOf = (
  what: string,
  values: Maybe<readonly string[]>
): Effect.Effect<readonly string[] | undefined, ApiError> =>
  eachOf(
    what,
    values,
    (value) => value,
    (value) => unknown(what, value, [])
  )

const findBookmaker = (roster: readonly BookmakerParent[], id: string): Bookmaker | undefined =>
  roster.find(({ bookmaker }) => bookmaker.id === id)?.bookmaker

/** Undefined stays undefined (any); an empty list stays empty (nothing). */
const eachOf = <A>(
  what: string,
  texts: Maybe<readonly string[]>,
  read: (text: string) => A | undefined,
  fault: (text: string) => string
): Effect.Effect<readonly A[] | undefined, ApiError> => {
  if (texts === null || texts === undefined) return Effect.succeed(undefined)
  if (texts.length > LONGEST)
    return Effect.fail(badInput(`${texts.length} ${what} values are named; at most ${LONGEST} may be.`))
  const values: A[] = []
  for (const text of texts) {
    const value = read(text)
    if (value === undefined) return Effect.fail(badInput(fault(text)))
    values.push(value)
  }
  return Effect.succeed(values)
}

/** `Unknown bookmaker "bet9ja"; nearest known: bet9ja-ng.` */
export const unknown = (what: string, text: string, known: readonly string[]): string => {
  const near = nearest(text, known)
  return `Unknown ${what} ${quoted(text)}; ${near.length === 0 ? `known ones: ${known.slice(0, 5).join(", ")}` : `nearest known: ${near.join(", ")}`}.`
}

/** Of a type that is known it is the line that is wrong. */
export const unknownMarket = (key: string): string => {
  const type = marketTypeOf(key.split("@", 1)[0] ?? key)
  if (type === undefined) return unknown("market", key, catalogue.map(exampleKey))
  return type.hasLine
    ? `Market ${quoted(key)} needs a line that is a multiple of a quarter within ±1 000, such as ${exampleKey(type)}.`
    : `Market ${quoted(key)} has no lines: ask for ${type.key}.`
}

const exampleKey = (type: MarketType): string => (type.hasLine ? `${type.key}@2.5` : type.key)

// Long values are cut: an error must not be a way to make the server send much.
const quoted = (text: string): string => JSON.stringify(text.slice(0, 64))
