/**
 * Market identity: a type of the catalogue, its period included, plus a line.
 *
 * `marketOf` interns, so two equal markets are one object and compare by reference in the diff.
 * The table at module scope is safe because it is referentially transparent, and it is bounded
 * because lines are multiples of a quarter within ±1 000.
 */
import { Brand } from "effect"

/** `over_under_ft@2.5`; no `@` = no line; line 0 is `@0`. */
export type MarketKey = Brand.Branded<string, "MarketKey">
export const MarketKey = Brand.nominal<MarketKey>()

export interface MarketType {
  /** Position in the catalogue; the sort order of markets everywhere. */
  readonly index: number
  /** `over_under_ft`. */
  readonly key: string
  readonly name: string
  /** `FT`, `1H`, `2H` or `10M` and the like. */
  readonly period: string
  /** Every outcome this type can have, in catalogue order. */
  readonly outcomes: readonly string[]
  readonly hasLine: boolean
  /** False where bookmakers use one name for different granularities: kept, never compared. */
  readonly comparable: boolean
  /** How many outcomes win at once: 1, and 2 for double chance; `undefined` where outcomes overlap, and then there is no margin. */
  readonly winners: 1 | 2 | undefined
}

export interface Market {
  readonly type: MarketType
  /** From the home side's view; 0 and "no line" differ. */
  readonly line: number | undefined
  readonly key: MarketKey
}

/** Returns the one object for this type and line; `undefined` when the line is not a quarter within ±1 000. */
export const marketOf = (type: MarketType, line?: number): Market | undefined => {
  let lines = interned.get(type)
  if (lines === undefined) interned.set(type, (lines = new Map()))
  const normal = line === 0 ? 0 : line // −0 is 0
  const known = lines.get(normal)
  if (known !== undefined) return known
  if (normal !== undefined && !(Math.abs(normal) <= 1_000 && Number.isInteger(normal * 4))) return undefined
  const market = { type, line: normal, key: MarketKey(normal === undefined ? type.key : `${type.key}@${normal}`) }
  lines.set(normal, market)
  return market
}

/** Catalogue order, then no line before lines, then ascending line. */
export const compareMarkets = (a: Market, b: Market): number =>
  a === b ? 0 : a.type.index - b.type.index || (a.line ?? -Infinity) - (b.line ?? -Infinity)

const interned = new Map<MarketType, Map<number | undefined, Market>>()
