/**
 * Settlement within one period: rules that look at two counts and nothing else.
 */

/** A verdict (see Settlement) from the counts of both sides. */
export type PeriodRule = (home: number, away: number) => number

/** The rule of a market type without its period; `undefined` where it needs more than one period. */
export const periodRule = (type: string, outcome: string, line: number): PeriodRule | undefined => {
  const side = type.startsWith("home_") ? "home" : type.startsWith("away_") ? "away" : undefined
  const bare = side === undefined ? type : type.slice(5)
  const count: PeriodRule =
    side === "home" ? (home) => home : side === "away" ? (_, away) => away : (home, away) => home + away
  switch (bare) {
    case "1x2":
      return isResult(outcome)
    case "double_chance":
      return isDouble(outcome)
    case "draw_no_bet":
      return (home, away) => (home === away ? -1 : won(outcome === "home" ? home > away : away > home))
    case "no_bet":
      return (home, away) => ((side === "home" ? home > away : away > home) ? -1 : isResult(outcome)(home, away))
    case "over_under":
    case "asian_over_under":
    case "corners":
    case "bookings":
      if (outcome !== "over" && outcome !== "under") return inRange(outcome, count)
      return (home, away) => shifted(outcome === "over" ? count(home, away) - line : line - count(home, away))
    case "asian_handicap":
    case "handicap":
      return (home, away) => shifted(outcome === "home" ? home + line - away : away - home - line)
    case "handicap_3way":
      return (home, away) => isResult(outcome)(home + line, away)
    case "btts":
      return (home, away) => won((home > 0 && away > 0) === (outcome === "yes"))
    case "btts_2plus":
      return (home, away) => won((home > 1 && away > 1) === (outcome === "yes"))
    case "odd_even":
      return (home, away) => won((count(home, away) % 2 === 1) === (outcome === "odd"))
    case "to_score":
      return (home, away) => won(count(home, away) > 0 === (outcome === "yes"))
    case "clean_sheet":
      return (home, away) => won(((side === "home" ? away : home) === 0) === (outcome === "yes"))
    case "win_to_nil":
      return (home, away) =>
        won((side === "home" ? home > away && away === 0 : away > home && home === 0) === (outcome === "yes"))
    case "exact_goals":
    case "multigoals":
    case "range":
    case "exact":
      return inRange(outcome, count)
    case "correct_score":
      return isScore(outcome)
    case "which_team_to_score":
      return (home, away) =>
        won(outcome === (home > 0 ? (away > 0 ? "both" : "home_only") : away > 0 ? "away_only" : "none"))
    case "winning_margin":
      return (home, away) => won(outcome === marginKey(home - away))
    case "1x2_over_under":
    case "1x2_btts":
    case "double_chance_over_under":
    case "double_chance_btts":
    case "over_under_btts":
      return both(bare, outcome, line)
    case "multiscores":
      return isMultiscore(outcome)
    default:
      return undefined
  }
}

export const won = (condition: boolean): number => (condition ? 1 : 0)

/** A quarter line is two bets, half on each neighbour. */
const shifted = (difference: number): number =>
  difference >= 0.5 ? 1 : difference === 0.25 ? 0.5 : difference === 0 ? -1 : difference === -0.25 ? -0.5 : 0

const isResult =
  (outcome: string): PeriodRule =>
  (home, away) =>
    won(outcome === "home" ? home > away : outcome === "away" ? away > home : home === away)

const isDouble =
  (outcome: string): PeriodRule =>
  (home, away) =>
    won(outcome === "home_draw" ? home >= away : outcome === "draw_away" ? away >= home : home !== away)

const both = (type: string, outcome: string, line: number): PeriodRule => {
  const cut = outcome.lastIndexOf("_")
  const left = outcome.slice(0, cut)
  const right = outcome.slice(cut + 1)
  const first: PeriodRule = type.startsWith("1x2")
    ? isResult(left)
    : type.startsWith("double")
      ? isDouble(left)
      : (home, away) => won(home + away > line === (left === "over"))
  const second: PeriodRule = type.endsWith("btts")
    ? (home, away) => won((home > 0 && away > 0) === (right === "yes"))
    : (home, away) => won(home + away > line === (right === "over"))
  return (home, away) => first(home, away) * second(home, away)
}

/** `2`, `3+`, `1-3`, `none`. */
const inRange = (outcome: string, count: PeriodRule): PeriodRule => {
  const [, from = "0", plus = "", to = from] = /^(\d+)(\+?)(?:-(\d+))?$/.exec(outcome) ?? []
  const low = Number(from)
  const high = plus === "+" ? Infinity : Number(to)
  return (home, away) => won(count(home, away) >= low && count(home, away) <= high)
}

/** "other" is every score that no bookmaker lists by itself. */
const isScore =
  (outcome: string): PeriodRule =>
  (home, away) =>
    won(outcome === "other" ? home > 4 || away > 4 : outcome === `${home}-${away}`)

const marginKey = (difference: number): string =>
  difference === 0
    ? "draw"
    : `${difference > 0 ? "home" : "away"}_by_${Math.abs(difference) > 2 ? "3+" : Math.abs(difference)}`

/** `1-0/2-0/3-0`, `home_other`, `draw`. */
const isMultiscore = (outcome: string): PeriodRule => {
  const scores = new Set(outcome.match(/\d+-\d+/g))
  if (scores.size > 0) return (home, away) => won(scores.has(`${home}-${away}`))
  if (outcome === "home_other") return (home, away) => won(home > away && home > 5)
  if (outcome === "away_other") return (home, away) => won(away > home && away > 5)
  return (home, away) => won(home === away)
}
