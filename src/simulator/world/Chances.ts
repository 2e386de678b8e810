/**
 * The chance of every outcome, given what is expected of a match.
 *
 * Goals, corners and cards are independent Poisson counts per side and half. Which results settle an
 * outcome how is worked out once per outcome; a chance is then a sum over a list of results, cheap enough
 * to price 1,300 matches within a second or two. Outcomes that depend on the order of goals have formulas.
 */
import { formulaOf } from "./Formulas.ts"
import { verdictOf } from "./Settlement.ts"
import type { Result } from "./Settlement.ts"

/** Expected counts of a match. */
export interface Form {
  readonly homeGoals: number
  readonly awayGoals: number
  readonly corners: number
  readonly cards: number
}

/** How often each result of a space comes about; one per form, shared by all its outcomes. */
export interface Distribution {
  readonly form: Form
  readonly goals: Float64Array
  readonly corners: Float64Array
  readonly cornersFirstHalf: Float64Array
  readonly cards: Float64Array
  readonly cardsFirstHalf: Float64Array
}

type SpaceName = Exclude<keyof Distribution, "form">

/** Chance of an outcome: 1 / fair price, so that a stake given back counts. `undefined`: nobody can tell from the form. */
export type Chance = (distribution: Distribution) => number

const FIRST_HALF_SHARE = 0.45

export const distributionOf = (form: Form): Distribution => {
  const goals = new Float64Array(GOALS.length)
  const home1 = poisson(form.homeGoals * FIRST_HALF_SHARE, 6)
  const home2 = poisson(form.homeGoals * (1 - FIRST_HALF_SHARE), 6)
  const away1 = poisson(form.awayGoals * FIRST_HALF_SHARE, 6)
  const away2 = poisson(form.awayGoals * (1 - FIRST_HALF_SHARE), 6)
  let at = 0
  for (const first of home1)
    for (const second of away1)
      for (const third of home2)
        for (const fourth of away2) {
          goals[at++] = first * second * third * fourth
        }
  // The stronger side has more of the corners and fewer of the cards.
  const share = 0.5 + 0.1 * Math.tanh(form.homeGoals - form.awayGoals)
  const pair = (expected: number, homeShare: number, size: number): Float64Array => {
    const home = poisson(expected * homeShare, size)
    const away = poisson(expected * (1 - homeShare), size)
    return Float64Array.from(
      { length: size * size },
      (_, i) => (home[Math.floor(i / size)] ?? 0) * (away[i % size] ?? 0)
    )
  }
  return {
    form,
    goals,
    corners: pair(form.corners, share, 16),
    cornersFirstHalf: pair(form.corners * 0.47, share, 11),
    cards: pair(form.cards, 1 - share, 11),
    cardsFirstHalf: pair(form.cards * 0.35, 1 - share, 7)
  }
}

/** The chance function of an outcome; the same object for the same outcome. */
export const chanceOf = (canonical: string, outcome: string, line: number | null): Chance | undefined => {
  const name = `${canonical}@${line ?? ""}:${outcome}`
  const known = chances.get(name)
  if (known !== undefined) return known
  const made = summed(canonical, outcome, line) ?? formulaOf(canonical, outcome, line ?? 1, chanceOf)
  if (made !== undefined) chances.set(name, made)
  return made
}

const chances = new Map<string, Chance>()

const summed = (canonical: string, outcome: string, line: number | null): Chance | undefined => {
  const verdict = verdictOf(canonical, outcome, line)
  if (verdict === undefined) return undefined
  const space = spaceOf(canonical)
  const won: number[] = []
  const half: number[] = []
  const back: number[] = []
  RESULTS[space].forEach((result, at) => {
    const verdictHere = verdict(result)
    if (verdictHere === 1) won.push(at)
    if (verdictHere === 0.5) half.push(at)
    if (verdictHere === -1) back.push(at)
    if (verdictHere === 0.5 || verdictHere === -0.5) back.push(-1 - at)
  })
  const sureWins = Uint16Array.from(won)
  const halfWins = Uint16Array.from(half)
  const refunds = Int16Array.from(back)
  return (distribution) => {
    const weights = distribution[space]
    let wins = 0
    let returned = 0
    for (let i = 0; i < sureWins.length; i++) wins += weights[sureWins[i] ?? 0] ?? 0
    for (let i = 0; i < halfWins.length; i++) wins += 0.5 * (weights[halfWins[i] ?? 0] ?? 0)
    for (let i = 0; i < refunds.length; i++) {
      const at = refunds[i] ?? 0
      returned += at >= 0 ? (weights[at] ?? 0) : 0.5 * (weights[-1 - at] ?? 0)
    }
    return returned >= 1 ? 0 : wins / (1 - returned)
  }
}

const spaceOf = (canonical: string): SpaceName => {
  const firstHalf = canonical.endsWith("_1h")
  if (canonical.includes("corner")) return firstHalf ? "cornersFirstHalf" : "corners"
  if (canonical.includes("booking")) return firstHalf ? "cardsFirstHalf" : "cards"
  return "goals"
}

/** The last count stands for itself and everything above. */
const poisson = (expected: number, size: number): Float64Array => {
  const weights = new Float64Array(size)
  let weight = Math.exp(-expected)
  let rest = 1
  for (let count = 0; count < size - 1; count++) {
    weights[count] = weight
    rest -= weight
    weight *= expected / (count + 1)
  }
  weights[size - 1] = Math.max(0, rest)
  return weights
}

const pairs = (size: number, half: 1 | 2): readonly Result[] =>
  Array.from({ length: size * size }, (_, i) => {
    const home = Math.floor(i / size)
    const away = i % size
    return half === 1
      ? { home1: home, away1: away, home2: 0, away2: 0 }
      : { home1: 0, away1: 0, home2: home, away2: away }
  })

const GOALS: readonly Result[] = Array.from({ length: 6 ** 4 }, (_, i) => ({
  home1: Math.floor(i / 216),
  away1: Math.floor(i / 36) % 6,
  home2: Math.floor(i / 6) % 6,
  away2: i % 6
}))

const RESULTS: { readonly [Name in SpaceName]: readonly Result[] } = {
  goals: GOALS,
  corners: pairs(16, 2),
  cornersFirstHalf: pairs(11, 1),
  cards: pairs(11, 2),
  cardsFirstHalf: pairs(7, 1)
}
