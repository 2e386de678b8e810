/**
 * How a result settles an outcome: the rules of the trade, one per market type.
 *
 * A verdict is 1 (won), 0 (lost), −1 (stake back), 0.5 (half won, half back) or −0.5 (half lost, half back),
 * so prices of all markets follow from one distribution of results and agree with each other.
 */
import { periodRule, won } from "./PeriodRules.ts"

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
  const rule = periodRule(type, outcome, line ?? 0)
  if (rule === undefined) return matchRule(canonical, outcome, line ?? 0)
  if (period === "1H") return (result) => rule(result.home1, result.away1)
  if (period === "2H") return (result) => rule(result.home2, result.away2)
  return (result) => rule(result.home1 + result.home2, result.away1 + result.away2)
}

/** Rules that need both halves. */
const matchRule = (canonical: string, outcome: string, line: number): Verdict | undefined => {
  const team = (half: 1 | 2): ((result: Result) => number) =>
    canonical.startsWith("home_")
      ? (result) => (half === 1 ? result.home1 : result.home2)
      : canonical.startsWith("away_")
        ? (result) => (half === 1 ? result.away1 : result.away2)
        : (result) => (half === 1 ? result.home1 + result.away1 : result.home2 + result.away2)
  const first = team(1)
  const second = team(2)
  const ahead = (result: Result, half: 1 | 2): boolean =>
    canonical.startsWith("home_")
      ? half === 1
        ? result.home1 > result.away1
        : result.home2 > result.away2
      : half === 1
        ? result.away1 > result.home1
        : result.away2 > result.home2
  const yes = outcome === "yes"
  switch (canonical.replace(/^(home|away)_/, "")) {
    case "highest_scoring_half":
      return (result) =>
        won(
          outcome ===
            (first(result) > second(result) ? "first_half" : first(result) < second(result) ? "second_half" : "equal")
        )
    case "win_both_halves":
      return (result) => won((ahead(result, 1) && ahead(result, 2)) === yes)
    case "win_either_half":
      return (result) => won((ahead(result, 1) || ahead(result, 2)) === yes)
    case "score_both_halves":
      return (result) => won((first(result) > 0 && second(result) > 0) === yes)
    case "both_halves_over":
      return (result) => won((first(result) > line && second(result) > line) === yes)
    case "htft":
      return (result) => won(outcome === halfFull(result))
    case "htft_over_under":
      return (result) => won(outcome === `${halfFull(result)}_${fullGoals(result) > line ? "over" : "under"}`)
    case "btts_1h_2h":
      return (result) =>
        won(
          outcome ===
            `${result.home1 > 0 && result.away1 > 0 ? "yes" : "no"}_${result.home2 > 0 && result.away2 > 0 ? "yes" : "no"}`
        )
    case "htft_correct_score":
      return (result) => won(outcome === halfFullScore(result))
    default:
      return undefined
  }
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
