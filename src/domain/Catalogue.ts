/**
 * The catalogue: the 120 market types we have a name for, and how their keys are read.
 *
 * Bookmakers map their own ids onto it; what has no entry here is unmapped, never "not offered".
 */
import { marketOf } from "./Market.ts"
import type { Market, MarketType } from "./Market.ts"
import { ROWS } from "./catalogue/Table.ts"
import type { Row } from "./catalogue/Table.ts"

/** Every market type; `catalogue[type.index] === type`. */
export const catalogue: readonly MarketType[] = ROWS.map((row, index) => ({
  index,
  key: row.key,
  name: row.name,
  period: row.period,
  outcomes: row.outcomes,
  hasLine: row.traits.includes("line") || row.traits.includes("line or range"),
  comparable: !row.traits.includes("not comparable"),
  winners: winnersOf(row)
}))

const byKey: ReadonlyMap<string, MarketType> = new Map(catalogue.map((type) => [type.key, type]))

const PLAIN_LINE = /^-?\d{1,4}(?:\.\d{1,2})?$/

export const marketTypeOf = (key: string): MarketType | undefined => byKey.get(key)

/**
 * Reads `1x2_ft` or `over_under_ft@2.5`; `undefined` when the type is unknown, its line is missing or has no
 * place there, or the line is no multiple of a quarter within ±1 000.
 */
export const parseMarketKey = (text: string): Market | undefined => {
  const at = text.indexOf("@")
  const type = byKey.get(at === -1 ? text : text.slice(0, at))
  if (type === undefined) return undefined
  if (at === -1) return type.hasLine && !offersRanges(type) ? undefined : marketOf(type)
  const line = text.slice(at + 1)
  return type.hasLine && PLAIN_LINE.test(line) ? marketOf(type, Number(line)) : undefined
}

/** What a trader looks at first; what lists show unless asked for others. */
export const MAIN_MARKETS: readonly Market[] = [
  "1x2_ft",
  "double_chance_ft",
  "over_under_ft@2.5",
  "btts_ft",
  "draw_no_bet_ft"
].flatMap((key) => parseMarketKey(key) ?? [])

function offersRanges(type: MarketType): boolean {
  return ROWS[type.index]?.traits.includes("line or range") === true
}

function winnersOf({ traits }: Row): MarketType["winners"] {
  if (traits.includes("overlapping")) return undefined
  return traits.includes("two winners") ? 2 : 1
}
