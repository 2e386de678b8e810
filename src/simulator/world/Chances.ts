/**
 * The chance of every outcome, given what is expected of a match.
 *
 * Goals, corners and cards are independent Poisson counts per side and half. Which results settle an
 * outcome how is worked out once per outcome; a chance is then a sum over a list of results, cheap enough
 * to price 1,300 matches within a second or two. Outcomes that depend on the order of goals have formulas.
 */
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
  const home1 = poisson(form.homeGoals * FIRST_HALF_SHARE, 6), home2 = poisson(form.homeGoals * (1 - FIRST_HALF_SHARE), 6)
  const away1 = poisson(form.awayGoals * FIRST_HALF_SHARE, 6), away2 = poisson(form.awayGoals * (1 - FIRST_HALF_SHARE), 6)
  let at = 0
  for (const first of home1) for (const second of away1) for (const third of home2) for (const fourth of away2) {
    goals[at++] = first * second * third * fourth
  }
  // The stronger side has more of the corners and fewer of the cards.
  const share = 0.5 + 0.1 * Math.tanh(form.homeGoals - form.awayGoals)
  const pair = (expected: number, homeShare: number, size: number): Float64Array => {
    const home = poisson(expected * homeShare, size), away = poisson(expected * (1 - homeShare), size)
    return Float64Array.from({ length: size * size }, (_, i) => (home[Math.floor(i / size)] ?? 0) * (away[i % size] ?? 0))
  }
  return {
    form, goals,
    corners: pair(form.corners, share, 16), cornersFirstHalf: pair(form.corners * 0.47, share, 11),
    cards: pair(form.cards, 1 - share, 11), cardsFirstHalf: pair(form.cards * 0.35, 1 - share, 7)
  }
}

/** The chance function of an outcome; the same object for the same outcome. */
export const chanceOf = (canonical: string, outcome: string, line: number | null): Chance | undefined => {
  const name = `${canonical}@${line ?? ""}:${outcome}`
  const known = chances.get(name)
  if (known !== undefined) return known
  const made = summed(canonical, outcome, line) ?? formulaOf(canonical, outcome, line ?? 1)
  if (made !== undefined) chances.set(name, made)
  return made
}

const chances = new Map<string, Chance>()

const summed = (canonical: string, outcome: string, line: number | null): Chance | undefined => {
  const verdict = verdictOf(canonical, outcome, line)
  if (verdict === undefined) return undefined
  const space = spaceOf(canonical)
  const won: number[] = [], half: number[] = [], back: number[] = []
  RESULTS[space].forEach((result, at) => {
    const verdictHere = verdict(result)
    if (verdictHere === 1) won.push(at)
    if (verdictHere === 0.5) half.push(at)
    if (verdictHere === -1) back.push(at)
    if (verdictHere === 0.5 || verdictHere === -0.5) back.push(-1 - at)
  })
  const sureWins = Uint16Array.from(won), halfWins = Uint16Array.from(half), refunds = Int16Array.from(back)
  return (distribution) => {
    const weights = distribution[space]
    let wins = 0, returned = 0
    for (let i = 0; i < sureWins.length; i++) wins += weights[sureWins[i] ?? 0] ?? 0
    for (let i = 0; i < halfWins.length; i++) wins += 0.5 * (weights[halfWins[i] ?? 0] ?? 0)
    for (let i = 0; i < refunds.length; i++) {
      const at = refunds[i] ?? 0
      returned += at >= 0 ? weights[at] ?? 0 : 0.5 * (weights[-1 - at] ?? 0)
    }
    return returned >= 1 ? 0 : wins / (1 - returned)
  }
}

/** Outcomes that the final counts do not decide. Approximations: the point is that bookmakers agree on them. */
const formulaOf = (canonical: string, outcome: string, number: number): Chance | undefined => {
  const race = (total: (form: Form) => number, before: number): Chance => ({ form }) => {
    const expected = total(form)
    const happens = 1 - poissonBelow(expected, before)
    const share = form.homeGoals / (form.homeGoals + form.awayGoals)
    return outcome === "none" ? 1 - happens : happens * (outcome === "home" ? share : 1 - share)
  }
  const goals = (form: Form): number => form.homeGoals + form.awayGoals
  const after = (minutes: number): Chance => ({ form }) => {
    const home = form.homeGoals * minutes / 90, away = form.awayGoals * minutes / 90
    const quiet = Math.exp(-home - away) + home * away * Math.exp(-home - away)
    return outcome === "draw" ? quiet : (1 - quiet) * (outcome === "home" ? home : away) / (home + away)
  }
  // A lead once held and lost again is paid: some of the matches not won.
  const early = (lead: 1 | 2): Chance | undefined => {
    const plain = chanceOf("1x2_ft", outcome, null)
    if (plain === undefined || outcome === "draw") return plain
    return (distribution) => {
      const { homeGoals, awayGoals } = distribution.form
      const scores = 1 - Math.exp(-(outcome === "home" ? homeGoals : awayGoals))
      const chance = plain(distribution)
      return chance + (1 - chance) * (lead === 1 ? 0.42 * scores : 0.05 * scores * scores)
    }
  }
  switch (canonical) {
    case "next_goal": return race(goals, number)
    case "last_goal_ft": return race(goals, 1)
    case "first_corner": case "last_corner_ft": return race((form) => form.corners, 1)
    case "last_corner_1h": return race((form) => form.corners * 0.47, 1)
    case "first_booking": return race((form) => form.cards, 1)
    case "1x2_1up_ft": return early(1)
    case "1x2_2up_ft": return early(2)
    case "double_chance_1up_ft": return earlyDouble(outcome)
    case "1x2_10min": return after(10)
    case "1x2_5min": return after(5)
    case "sending_off_ft": return ({ form }) => yesOr(outcome, 0.04 * form.cards)
    case "home_sending_off_ft": case "away_sending_off_ft": return ({ form }) => yesOr(outcome, 0.022 * form.cards)
    default: return undefined
  }
}

const earlyDouble = (outcome: string): Chance | undefined => {
  const plain = chanceOf("double_chance_ft", outcome, null)
  return plain === undefined ? undefined : (distribution) => {
    const chance = plain(distribution)
    return chance + (1 - chance) * 0.35
  }
}

const yesOr = (outcome: string, chance: number): number => (outcome === "yes" ? chance : 1 - chance)

const spaceOf = (canonical: string): SpaceName => {
  const firstHalf = canonical.endsWith("_1h")
  if (canonical.includes("corner")) return firstHalf ? "cornersFirstHalf" : "corners"
  if (canonical.includes("booking")) return firstHalf ? "cardsFirstHalf" : "cards"
  return "goals"
}

/** The last count stands for itself and everything above. */
const poisson = (expected: number, size: number): Float64Array => {
  const weights = new Float64Array(size)
  let weight = Math.exp(-expected), rest = 1
  for (let count = 0; count < size - 1; count++) {
    weights[count] = weight
    rest -= weight
    weight *= expected / (count + 1)
  }
  weights[size - 1] = Math.max(0, rest)
  return weights
}

const poissonBelow = (expected: number, count: number): number => {
  let weight = Math.exp(-expected), sum = 0
  for (let at = 0; at < count; at++) {
    sum += weight
    weight *= expected / (at + 1)
  }
  return sum
}

const pairs = (size: number, half: 1 | 2): readonly Result[] =>
  Array.from({ length: size * size }, (_, i) => {
    const home = Math.floor(i / size), away = i % size
    return half === 1 ? { home1: home, away1: away, home2: 0, away2: 0 } : { home1: 0, away1: 0, home2: home, away2: away }
  })

const GOALS: readonly Result[] = Array.from({ length: 6 ** 4 }, (_, i) => ({
  home1: Math.floor(i / 216), away1: Math.floor(i / 36) % 6, home2: Math.floor(i / 6) % 6, away2: i % 6
}))

const RESULTS: { readonly [Name in SpaceName]: readonly Result[] } = {
  goals: GOALS,
  corners: pairs(16, 2), cornersFirstHalf: pairs(11, 1), cards: pairs(11, 2), cardsFirstHalf: pairs(7, 1)
}
