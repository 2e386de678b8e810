/**
 * Bet9ja's market keys and outcome suffixes in terms of the catalogue.
 *
 * Suffixes carry remnants of their market (`1X2` early payout ends in 1 or 2, halves in HT or 2T). Home and away
 * totals share one key and are told apart by suffix. A key with a name and no known suffixes is left unmapped.
 */
import { mapping, tableOf, tokensOf } from "../wire/Mapping.ts"
import type { Mapping, Tokens } from "../wire/Mapping.ts"

export type Markets = ReadonlyMap<string, readonly Mapping[]>

const RESULT: Tokens = { "1": "home", X: "draw", "2": "away" }
const CHANCES: Tokens = { "1X": "home_draw", "12": "home_away", X2: "draw_away" }
const TOTAL: Tokens = { O: "over", U: "under" }
const ANSWER: Tokens = { Y: "yes", N: "no" }
const GOALS: Tokens = { GG: "yes", NG: "no" }
const SIDES: Tokens = { "1": "home", "2": "away" }
const PARITY: Tokens = { OD: "odd", EV: "even" }
const HALF: Tokens = { "1": "first_half", "2": "second_half", E: "equal" }
const NEXT: Tokens = { "1": "home", X: "none", "2": "away" }
const FEW_GOALS: Tokens = { "12": "1-2", "13": "1-3", "23": "2-3" }

const asTheyAre = (key: string): Tokens => tokensOf(key, (outcome) => outcome)
const only = (...outcomes: readonly string[]): Tokens =>
  Object.fromEntries(outcomes.map((outcome) => [outcome, outcome]))
const SCORES = tokensOf("correct_score_ft", (score) => (score === "other" ? "OTH" : score.replace("-", ":")))

/** Suffixes with something before and behind each. */
const around = (before: string, tokens: Tokens, behind: string): Tokens =>
  Object.fromEntries(Object.entries(tokens).map(([token, outcome]) => [before + token + behind, outcome]))

/** Both parts of a combined outcome, with what stands between and behind them. */
const joined = (first: Tokens, second: Tokens, between = "", behind = ""): Tokens =>
  Object.fromEntries(
    Object.entries(first).flatMap(([a, left]) =>
      Object.entries(second).map(([b, right]) => [`${a}${between}${b}${behind}`, `${left}_${right}`])
    )
  )

const HALF_AND_FULL = joined(RESULT, RESULT, "/")

/** `7Corner` … `19Corner`, with what is fewer and what is more. */
const CORNERS: Tokens = {
  LT7Corner: "0-6",
  ...tokensOf("corners_range_ft", (outcome) => (/^\d+$/.test(outcome) ? `${outcome}Corner` : undefined)),
  "20PCorner": "20+"
}

/** Keys, catalogue keys and suffixes. */
export const ROWS: readonly (readonly [id: string, key: string, tokens: Tokens])[] = [
  ["S_1X2", "1x2_ft", RESULT],
  ["S_1X21", "1x2_1up_ft", around("", RESULT, "1")],
  ["S_1X22", "1x2_2up_ft", around("", RESULT, "2")],
  ["S_DC", "double_chance_ft", CHANCES],
  ["S_DC1X21", "double_chance_1up_ft", { "11": "home_draw", "121": "home_away", X1: "draw_away" }],
  ["S_OU", "over_under_ft", TOTAL],
  ["S_OUA", "asian_over_under_ft", TOTAL],
  ["S_GGNG", "btts_ft", ANSWER],
  ["S_DNB", "draw_no_bet_ft", SIDES],
  ["S_AH", "asian_handicap_ft", SIDES],
  ["S_1X2HND", "handicap_3way_ft", around("", RESULT, "H")],
  ["S_OE", "odd_even_ft", PARITY],
  ["S_HTFT", "htft", HALF_AND_FULL],
  ["S_CSFT", "correct_score_ft", SCORES],
  ["S_1STGOAL", "next_goal", NEXT],
  ["S_LASTSCORE", "last_goal_ft", { "1": "home", N: "none", "2": "away" }],
  ["S_SCORET", "which_team_to_score", { NG: "none", "1": "home_only", "2": "away_only", GG: "both" }],
  ["S_HAOU", "home_over_under_ft", around("", TOTAL, "H")],
  ["S_HAOU", "away_over_under_ft", around("", TOTAL, "A")],
  ["S_HTS", "home_to_score_ft", ANSWER],
  ["S_AWAYSCORE", "away_to_score_ft", ANSWER],
  ["S_EXACTGOAL", "exact_goals_ft", only("1", "2", "3", "4", "5", "6")],
  ["S_GOALSHOME", "home_exact_goals_ft", asTheyAre("home_exact_goals_ft")],
  ["S_GOALSAWAY", "away_exact_goals_ft", asTheyAre("away_exact_goals_ft")],
  [
    "S_NGOALS",
    "multigoals_ft",
    tokensOf("multigoals_ft", (outcome) => (/^\d-\d$/.test(outcome) ? outcome : undefined))
  ],
  ["S_TMGHO", "home_multigoals_ft", around("HO", FEW_GOALS, "")],
  ["S_TMGAW", "away_multigoals_ft", around("AW", FEW_GOALS, "")],
  ["S_OEHOME", "home_odd_even_ft", PARITY],
  ["S_OEAWAY", "away_odd_even_ft", PARITY],
  ["S_CLEANSH", "home_clean_sheet_ft", ANSWER],
  ["S_CLEANSA", "away_clean_sheet_ft", ANSWER],
  ["S_HOMEWINNIL", "home_win_to_nil_ft", ANSWER],
  ["S_AWAYWINNIL", "away_win_to_nil_ft", ANSWER],
  ["S_HOMENOBET", "home_no_bet_ft", { X: "draw", "2": "away" }],
  ["S_AWAYNOBET", "away_no_bet_ft", { "1": "home", X: "draw" }],
  [
    "S_WINMARGIN",
    "winning_margin_ft",
    {
      HT1: "home_by_1",
      HT2: "home_by_2",
      "HT>2": "home_by_3+",
      X: "draw",
      AT1: "away_by_1",
      AT2: "away_by_2",
      "AT>2": "away_by_3+"
    }
  ],
  ["S_HIGHHALF", "highest_scoring_half", HALF],
  ["S_HOMEHIGHHALF", "home_highest_scoring_half", HALF],
  ["S_AWAYHIGHHALF", "away_highest_scoring_half", HALF],
  ["S_HOMEWINBOTH", "home_win_both_halves", ANSWER],
  ["S_AWAYWINBOTH", "away_win_both_halves", ANSWER],
  ["S_HOMEWINHALF", "home_win_either_half", ANSWER],
  ["S_AWAYWINHALF", "away_win_either_half", ANSWER],
  ["S_HOMESCOREBOTH", "home_score_both_halves", ANSWER],
  ["S_AWAYSCOREBOTH", "away_score_both_halves", ANSWER],
  ["S_1X2OU", "1x2_over_under_ft", joined(RESULT, TOTAL)],
  ["S_1X2GGNG", "1x2_btts_ft", joined(RESULT, GOALS, "AND")],
  [
    "S_GGNGOU",
    "over_under_btts_ft",
    { GGOVER: "over_yes", GGUNDER: "under_yes", NGOVER: "over_no", NGUNDER: "under_no" }
  ],
  ["S_GGNGOUN", "over_under_btts_ft", { GGO: "over_yes", GGU: "under_yes", NGO: "over_no", NGU: "under_no" }],
  ["S_DCGGNG", "double_chance_btts_ft", joined(CHANCES, GOALS)],
  ["S_DCOU", "double_chance_over_under_ft", joined(CHANCES, TOTAL)],
  ["S_HTFTCS", "htft_correct_score", asTheyAre("htft_correct_score")],
  ["S_HTFTOU", "htft_over_under", joined(HALF_AND_FULL, TOTAL)],
  ["S_1X21ST10MIN", "1x2_10min", RESULT],
  ["S_1X21ST5MIN", "1x2_5min", RESULT],
  ["S_1X21T", "1x2_1h", RESULT],
  ["S_DC1T", "double_chance_1h", CHANCES],
  ["S_OU1T", "over_under_1h", TOTAL],
  ["S_GGNG1T", "btts_1h", ANSWER],
  ["S_DNB1T", "draw_no_bet_1h", SIDES],
  ["S_1X2HNDHT", "handicap_3way_1h", RESULT],
  ["S_CS1T", "correct_score_1h", SCORES],
  ["S_OE1T", "odd_even_1h", PARITY],
  ["S_HA1HOU", "home_over_under_1h", around("H", TOTAL, "")],
  ["S_HA1HOU", "away_over_under_1h", around("A", TOTAL, "")],
  ["S_GOALS1T", "exact_goals_1h", only("1", "2", "3")],
  ["S_MGOAL1T", "multigoals_1h", FEW_GOALS],
  ["S_DCGGNGHT", "double_chance_btts_1h", joined(CHANCES, GOALS, "", "HT")],
  ["S_1X2HTGGNG", "1x2_btts_1h", joined(RESULT, GOALS, "HTAND")],
  ["S_1X2HTOU", "1x2_over_under_1h", joined(RESULT, TOTAL, "", "1T")],
  ["S_GNGFSH", "btts_1h_2h", joined(GOALS, GOALS, "AND")],
  ["S_1X22T", "1x2_2h", RESULT],
  ["S_DC2T", "double_chance_2h", CHANCES],
  ["S_OU2T", "over_under_2h", TOTAL],
  ["S_GGNG2T", "btts_2h", ANSWER],
  ["S_DNB2T", "draw_no_bet_2h", SIDES],
  ["S_1X2HND2TN", "handicap_3way_2h", RESULT],
  ["S_CS2T", "correct_score_2h", SCORES],
  ["S_OE2T", "odd_even_2h", PARITY],
  ["S_HA2HOU", "home_over_under_2h", around("H", TOTAL, "")],
  ["S_HA2HOU", "away_over_under_2h", around("A", TOTAL, "")],
  ["S_GOALS2T", "exact_goals_2h", only("1", "2", "3")],
  ["S_MGOAL2T", "multigoals_2h", FEW_GOALS],
  ["S_DCGGNG2T", "double_chance_btts_2h", joined(CHANCES, GOALS, "", "2T")],
  ["S_2HT1X2GGNG", "1x2_btts_2h", joined(RESULT, GOALS, "2HTAND")],
  ["S_1X22TOU", "1x2_over_under_2h", joined(RESULT, TOTAL, "", "2T")],
  ["S_TEAMCORNER", "corners_1x2_ft", RESULT],
  ["S_OUCORNERS", "corners_over_under_ft", TOTAL],
  ["S_CAH", "corners_handicap_ft", SIDES],
  ["S_OECORNER", "corners_odd_even_ft", PARITY],
  ["S_NCORN", "corners_range_ft", CORNERS],
  ["S_1STCORNER", "first_corner", NEXT],
  ["S_LASTCORNER", "last_corner_ft", NEXT],
  ["S_CORNERSHOMEOU", "home_corners_ft", around("HC", TOTAL, "")],
  ["S_CORNERSAWAYOU", "away_corners_ft", around("AC", TOTAL, "")],
  ["S_TEAMCORNER1T", "corners_1x2_1h", RESULT],
  ["S_C1HTOU", "corners_over_under_1h", TOTAL],
  ["S_CAHH", "corners_handicap_1h", SIDES],
  ["S_OECH", "corners_odd_even_1h", { O: "odd", E: "even" }],
  ["S_LCH", "last_corner_1h", NEXT],
  ["S_1X2BOOK", "bookings_1x2_ft", RESULT],
  ["S_OUBOOK", "bookings_over_under_ft", TOTAL],
  ["S_EXACTBOOK", "bookings_exact_ft", asTheyAre("bookings_exact_ft")],
  ["S_1STBOOK", "first_booking", { "1": "home", N: "none", "2": "away" }],
  ["S_1X2BOOK1T", "bookings_1x2_1h", RESULT],
  ["S_OUBOOK1T", "bookings_over_under_1h", TOTAL],
  ["S_REDCARD", "sending_off_ft", ANSWER],
  ["S_RCH", "home_sending_off_ft", ANSWER],
  ["S_RCA", "away_sending_off_ft", ANSWER],
  ["S_GGNG2PLUS", "btts_2plus_ft", GOALS]
]

/** Markets that are one line of a type and do not say so: the first team to score is goal number 1. */
export const FIXED_LINES: ReadonlyMap<string, number> = new Map([["S_1STGOAL", 1]])

export const MARKETS: Markets = tableOf(
  ROWS.flatMap(([id, key, tokens]) => {
    const row = mapping(key, tokens)
    return row === undefined ? [] : [[id, row] as const]
  })
)
