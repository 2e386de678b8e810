/**
 * How a result settles an outcome: the rules of the trade, one per market type.
 *
 * A verdict is 1 (won), 0 (lost), −1 (stake back), 0.5 (half won, half back) or −0.5 (half lost, half back),
 * so prices of all markets follow from one distribution of results and agree with each other.
 */

/** Goals, corners or cards of both sides in both halves. */
export interface Result {
  readonly home1: number
  readonly away1: number
  readonly home2: number
  readonly away2: number
}

export type Verdict = (result: Result) => number

/** `undefined` where the type is not a function of the result (next goal, early payout) or not known. */
export const verdictOf = (canonical: string, outcome: string, line: number | null): Verdict | undefined => {
  const period = canonical.endsWith("_1h") ? "1H" : canonical.endsWith("_2h") ? "2H" : "FT"
  const type = canonical.replace(/^(corners|bookings)_/, "").replace(/_(ft|1h|2h)$/, "")
  const rule = pairRule(type, outcome, line ?? 0)
  if (rule === undefined) return matchRule(canonical, outcome, line ?? 0)
  if (period === "1H") return (result) => rule(result.home1, result.away1)
  if (period === "2H") return (result) => rule(result.home2, result.away2)
  return (result) => rule(result.home1 + result.home2, result.away1 + result.away2)
}

type PairRule = (home: number, away: number) => number

/** Rules that look at one period's score only. */
const pairRule = (type: string, outcome: string, line: number): PairRule | undefined => {
  const side = type.startsWith("home_") ? "home" : type.startsWith("away_") ? "away" : undefined
  const bare = side === undefined ? type : type.slice(5)
  const count: PairRule = side === "home" ? (home) => home : side === "away" ? (_, away) => away : (home, away) => home + away
  switch (bare) {
    case "1x2": return isResult(outcome)
    case "double_chance": return isDouble(outcome)
    case "draw_no_bet": return (home, away) => (home === away ? -1 : won(outcome === "home" ? home > away : away > home))
    case "no_bet": return (home, away) =>
      (side === "home" ? home > away : away > home) ? -1 : isResult(outcome)(home, away)
    case "over_under": case "asian_over_under": case "corners": case "bookings":
      if (outcome !== "over" && outcome !== "under") return inRange(outcome, count)
      return (home, away) => shifted(outcome === "over" ? count(home, away) - line : line - count(home, away))
    case "asian_handicap": case "handicap":
      return (home, away) => shifted(outcome === "home" ? home + line - away : away - home - line)
    case "handicap_3way": return (home, away) => isResult(outcome)(home + line, away)
    case "btts": return (home, away) => won((home > 0 && away > 0) === (outcome === "yes"))
    case "btts_2plus": return (home, away) => won((home > 1 && away > 1) === (outcome === "yes"))
    case "odd_even": return (home, away) => won((count(home, away) % 2 === 1) === (outcome === "odd"))
    case "to_score": return (home, away) => won((count(home, away) > 0) === (outcome === "yes"))
    case "clean_sheet": return (home, away) => won(((side === "home" ? away : home) === 0) === (outcome === "yes"))
    case "win_to_nil": return (home, away) =>
      won((side === "home" ? home > away && away === 0 : away > home && home === 0) === (outcome === "yes"))
    case "exact_goals": case "multigoals": case "range": case "exact": return inRange(outcome, count)
    case "correct_score": return isScore(outcome)
    case "which_team_to_score": return (home, away) =>
      won(outcome === (home > 0 ? (away > 0 ? "both" : "home_only") : away > 0 ? "away_only" : "none"))
    case "winning_margin": return (home, away) => won(outcome === marginKey(home - away))
    case "1x2_over_under": case "1x2_btts": case "double_chance_over_under": case "double_chance_btts": case "over_under_btts":
      return both(bare, outcome, line)
    case "multiscores": return isMultiscore(outcome)
    default: return undefined
  }
}

/** Rules that need both halves. */
const matchRule = (canonical: string, outcome: string, line: number): Verdict | undefined => {
  const team = (half: 1 | 2): ((result: Result) => number) => canonical.startsWith("home_")
    ? (result) => (half === 1 ? result.home1 : result.home2)
    : canonical.startsWith("away_") ? (result) => (half === 1 ? result.away1 : result.away2)
    : (result) => (half === 1 ? result.home1 + result.away1 : result.home2 + result.away2)
  const first = team(1), second = team(2)
  const ahead = (result: Result, half: 1 | 2): boolean => canonical.startsWith("home_")
    ? (half === 1 ? result.home1 > result.away1 : result.home2 > result.away2)
    : (half === 1 ? result.away1 > result.home1 : result.away2 > result.home2)
  const yes = outcome === "yes"
  switch (canonical.replace(/^(home|away)_/, "")) {
    case "highest_scoring_half": return (result) =>
      won(outcome === (first(result) > second(result) ? "first_half" : first(result) < second(result) ? "second_half" : "equal"))
    case "win_both_halves": return (result) => won((ahead(result, 1) && ahead(result, 2)) === yes)
    case "win_either_half": return (result) => won((ahead(result, 1) || ahead(result, 2)) === yes)
    case "score_both_halves": return (result) => won((first(result) > 0 && second(result) > 0) === yes)
    case "both_halves_over": return (result) => won((first(result) > line && second(result) > line) === yes)
    case "htft": return (result) => won(outcome === halfFull(result))
    case "htft_over_under": return (result) => won(outcome === `${halfFull(result)}_${fullGoals(result) > line ? "over" : "under"}`)
    case "btts_1h_2h": return (result) =>
      won(outcome === `${result.home1 > 0 && result.away1 > 0 ? "yes" : "no"}_${result.home2 > 0 && result.away2 > 0 ? "yes" : "no"}`)
    case "htft_correct_score": return (result) => won(outcome === halfFullScore(result))
    default: return undefined
  }
}

const won = (condition: boolean): number => (condition ? 1 : 0)

/** A quarter line is two bets, half on each neighbour. */
const shifted = (difference: number): number =>
  difference >= 0.5 ? 1 : difference === 0.25 ? 0.5 : difference === 0 ? -1 : difference === -0.25 ? -0.5 : 0

const isResult = (outcome: string): PairRule => (home, away) =>
  won(outcome === "home" ? home > away : outcome === "away" ? away > home : home === away)

const isDouble = (outcome: string): PairRule => (home, away) =>
  won(outcome === "home_draw" ? home >= away : outcome === "draw_away" ? away >= home : home !== away)

const both = (type: string, outcome: string, line: number): PairRule => {
  const cut = outcome.lastIndexOf("_")
  const left = outcome.slice(0, cut), right = outcome.slice(cut + 1)
  const first: PairRule = type.startsWith("1x2") ? isResult(left) : type.startsWith("double") ? isDouble(left)
    : (home, away) => won(home + away > line === (left === "over"))
  const second: PairRule = type.endsWith("btts")
    ? (home, away) => won((home > 0 && away > 0) === (right === "yes"))
    : (home, away) => won(home + away > line === (right === "over"))
  return (home, away) => first(home, away) * second(home, away)
}

/** `2`, `3+`, `1-3`, `none`. */
const inRange = (outcome: string, count: PairRule): PairRule => {
  const [, from = "0", plus = "", to = from] = /^(\d+)(\+?)(?:-(\d+))?$/.exec(outcome) ?? []
  const low = Number(from), high = plus === "+" ? Infinity : Number(to)
  return (home, away) => won(count(home, away) >= low && count(home, away) <= high)
}

/** "other" is every score that no bookmaker lists by itself. */
const isScore = (outcome: string): PairRule => (home, away) =>
  won(outcome === "other" ? home > 4 || away > 4 : outcome === `${home}-${away}`)

const marginKey = (difference: number): string => difference === 0 ? "draw"
  : `${difference > 0 ? "home" : "away"}_by_${Math.abs(difference) > 2 ? "3+" : Math.abs(difference)}`

/** `1-0/2-0/3-0`, `home_other`, `draw`. */
const isMultiscore = (outcome: string): PairRule => {
  const scores = new Set(outcome.match(/\d+-\d+/g))
  if (scores.size > 0) return (home, away) => won(scores.has(`${home}-${away}`))
  if (outcome === "home_other") return (home, away) => won(home > away && home > 5)
  if (outcome === "away_other") return (home, away) => won(away > home && away > 5)
  return (home, away) => won(home === away)
}

const sign = (home: number, away: number): string => (home > away ? "home" : home < away ? "away" : "draw")
const fullGoals = (result: Result): number => result.home1 + result.away1 + result.home2 + result.away2
const halfFull = (result: Result): string =>
  `${sign(result.home1, result.away1)}_${sign(result.home1 + result.home2, result.away1 + result.away2)}`

/** A half with more than three goals is the bucket `4+` at all three. */
const halfFullScore = (result: Result): string => {
  const first = result.home1 + result.away1 > 3 ? "4+" : `${result.home1}-${result.away1}`
  return `${first}/${fullGoals(result) > 3 ? "4+" : `${result.home1 + result.home2}-${result.away1 + result.away2}`}`
}
