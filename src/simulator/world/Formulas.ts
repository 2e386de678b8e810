/**
 * Chances of outcomes that the final counts do not decide: who comes next, early payout, a few minutes, red cards.
 *
 * Approximations. What matters here is that the bookmakers agree on them and that they follow the form.
 */
import type { Chance, Form } from "./Chances.ts"

/** Finds the chance of an ordinary outcome. */
export type Plain = (canonical: string, outcome: string, line: null) => Chance | undefined

/** `line` is the number of the goal where it matters. */
export const formulaOf = (canonical: string, outcome: string, line: number, plain: Plain): Chance | undefined => {
  switch (canonical) {
    case "next_goal":
      return race(outcome, goals, line)
    case "last_goal_ft":
      return race(outcome, goals, 1)
    case "first_corner":
    case "last_corner_ft":
      return race(outcome, (form) => form.corners, 1)
    case "last_corner_1h":
      return race(outcome, (form) => form.corners * 0.47, 1)
    case "first_booking":
      return race(outcome, (form) => form.cards, 1)
    case "1x2_1up_ft":
      return earlyPayout(outcome, 0.42, plain("1x2_ft", outcome, null))
    case "1x2_2up_ft":
      return earlyPayout(outcome, 0.05, plain("1x2_ft", outcome, null))
    case "double_chance_1up_ft":
      return raised(0.35, plain("double_chance_ft", outcome, null))
    case "1x2_10min":
      return afterMinutes(outcome, 10)
    case "1x2_5min":
      return afterMinutes(outcome, 5)
    case "sending_off_ft":
      return answer(outcome, 0.04)
    case "home_sending_off_ft":
    case "away_sending_off_ft":
      return answer(outcome, 0.022)
    default:
      return undefined
  }
}

const goals = (form: Form): number => form.homeGoals + form.awayGoals

/** Who has the so-manieth of something, if it comes about at all. */
const race =
  (outcome: string, total: (form: Form) => number, number: number): Chance =>
  ({ form }) => {
    const happens = 1 - poissonBelow(total(form), number)
    const share = form.homeGoals / goals(form)
    return outcome === "none" ? 1 - happens : happens * (outcome === "home" ? share : 1 - share)
  }

/** A lead once held and lost again is paid as well: some of the matches not won. */
const earlyPayout = (outcome: string, paid: number, plain: Chance | undefined): Chance | undefined => {
  if (plain === undefined || outcome === "draw") return plain
  return (distribution) => {
    const { homeGoals, awayGoals } = distribution.form
    const scores = 1 - Math.exp(-(outcome === "home" ? homeGoals : awayGoals))
    const chance = plain(distribution)
    return chance + (1 - chance) * paid * scores
  }
}

const raised = (paid: number, plain: Chance | undefined): Chance | undefined =>
  plain === undefined ? undefined : (distribution) => paid + (1 - paid) * plain(distribution)

/** So early, at most one goal by each side is worth reckoning with. */
const afterMinutes =
  (outcome: string, minutes: number): Chance =>
  ({ form }) => {
    const home = (form.homeGoals * minutes) / 90
    const away = (form.awayGoals * minutes) / 90
    const level = (1 + home * away) * Math.exp(-home - away)
    return outcome === "draw" ? level : ((1 - level) * (outcome === "home" ? home : away)) / (home + away)
  }

const answer =
  (outcome: string, perCard: number): Chance =>
  ({ form }) =>
    outcome === "yes" ? perCard * form.cards : 1 - perCard * form.cards

const poissonBelow = (expected: number, count: number): number => {
  let weight = Math.exp(-expected)
  let sum = 0
  for (let at = 0; at < count; at++) {
    sum += weight
    weight *= expected / (at + 1)
  }
  return sum
}
