/**
 * From chances to a bookmaker's prices: its margin, its rounding, its noise, its suspensions.
 *
 * Noise depends on how often the market has moved, and changes sign with every move: a move is a move.
 * A line nobody would bet on (one side all but certain) is not offered, as on the real sites.
 */
import { hash, uniform } from "../Hashing.ts"
import type { Template } from "../catalogue/Template.ts"
import { chanceOf } from "./Chances.ts"
import type { Chance, Distribution } from "./Chances.ts"

export interface Margin {
  /** Of two- and three-way markets; long lists carry more. */
  readonly main: number
  readonly long: number
  readonly longest: number
  /** From this price on the bookmaker prices in quarters. */
  readonly quartersFrom: number
}

export interface Moved {
  readonly word: number
  readonly generation: number
}

const MARKET_ABSENT = 0.006
const MARKET_SUSPENDED = 0.008
const OUTCOME_SUSPENDED = 0.004
const LOWEST = 1_010

/** Prices of all lines of a market in thousandths: 0 = not offered, negative = suspended. */
export const pricesOf = (
  template: Template,
  distribution: Distribution,
  margin: Margin,
  moved: Moved
): readonly number[] => {
  const { lines, outcomes } = template
  const width = outcomes.length
  const prices = new Array<number>(lines.length * width).fill(0)
  const fate = uniform(moved.word, moved.generation, 31)
  if (fate < MARKET_ABSENT) return prices
  const marketSuspended = fate < MARKET_ABSENT + MARKET_SUSPENDED
  const chances = chancesOf(template)
  const wobble = (0.006 + 0.012 * uniform(moved.word, moved.generation, 32)) * (moved.generation % 2 === 0 ? 1 : -1)
  const overround = 1 + (width <= 3 ? margin.main : margin.long)
  for (let line = 0; line < lines.length; line++) {
    for (let outcome = 0; outcome < width; outcome++) {
      const at = line * width + outcome
      const chance = chances[at]?.(distribution) ?? invented(moved, line, outcome, width)
      const shown = Math.min(0.995, chance * (outcome % 2 === 0 ? 1 + wobble : 1 - wobble))
      if (lines.length > 1 && (chance > 0.985 || chance < 0.012) && width <= 3) {
        prices.fill(0, line * width, (line + 1) * width)
        break
      }
      const price = rounded(1000 / Math.max(shown * overround, 1e-6), margin)
      const suspended =
        marketSuspended || price < LOWEST || uniform(moved.word, moved.generation, 33, at) < OUTCOME_SUSPENDED
      prices[at] = suspended ? -Math.max(price, LOWEST) : price
    }
  }
  return prices
}

const rounded = (price: number, margin: Margin): number => {
  const capped = Math.min(price, margin.longest)
  const tick = capped >= margin.quartersFrom ? 250 : 10
  return Math.round(capped / tick) * tick
}

/** A market we have no model for: shares that belong to the match, so that its prices stay near each other over time. */
const invented = (moved: Moved, line: number, outcome: number, width: number): number => {
  if (width === 1) return 0.3
  const weight = (of: number): number => 0.4 + uniform(moved.word, 34, line, of)
  if (width <= 3) {
    let sum = 0
    for (let of = 0; of < width; of++) sum += weight(of)
    return weight(outcome) / sum
  }
  return weight(outcome) / (0.9 * width)
}

/** One function per price, or `undefined` where there is no model. */
const chancesOf = (template: Template): readonly (Chance | undefined)[] => {
  const known = modelled.get(template)
  if (known !== undefined) return known
  const { canonical } = template
  const made = template.lines.flatMap((line) =>
    template.outcomes.map((outcome) => (canonical === null ? undefined : chanceOf(canonical, outcome.key, line.value)))
  )
  modelled.set(template, made)
  return made
}

const modelled = new WeakMap<Template, readonly (Chance | undefined)[]>()

/** How many markets of its table a bookmaker offers on a match of that standing. */
export const marketCount = (sizes: readonly [number, number, number], standing: 1 | 2 | 3, word: number): number =>
  Math.round((sizes[standing - 1] ?? 0) * (0.9 + (0.2 * (hash(word, 35) % 1000)) / 1000))
