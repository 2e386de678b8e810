/**
 * BetPawa's market types by their id, and its outcome names, in terms of the catalogue.
 *
 * Only ids and names that were seen or documented; a market type with a name and no known outcomes is left unmapped.
 */
import { mapping, tableOf, tokensOf } from "../wire/Mapping.ts"
import type { Mapping, Tokens } from "../wire/Mapping.ts"

export type Markets = ReadonlyMap<string, readonly Mapping[]>

const RESULT: Tokens = { "1": "home", X: "draw", "2": "away" }
const CHANCES: Tokens = { "1X": "home_draw", "12": "home_away", X2: "draw_away" }
const TOTAL: Tokens = { Over: "over", Under: "under" }
const ANSWER: Tokens = { Yes: "yes", No: "no" }
const SIDES: Tokens = { "1": "home", "2": "away" }
const PARITY: Tokens = { Odd: "odd", Even: "even" }
const HALF: Tokens = { "First Half": "first_half", "Second Half": "second_half", Equal: "equal" }
const NEXT: Tokens = { "1": "home", None: "none", "2": "away" }
const LAST_CORNER: Tokens = { "1": "home", "No Corner": "none", "2": "away" }

const asTheyAre = (key: string): Tokens => tokensOf(key, (outcome) => outcome)
const only = (...outcomes: readonly string[]): Tokens =>
  Object.fromEntries(outcomes.map((outcome) => [outcome, outcome]))
const SCORES = tokensOf("correct_score_ft", (score) => (score === "other" ? "Other" : score))
const FEW_GOALS: Tokens = { ...only("1-2", "1-3", "2-3", "4+"), "No goal": "none" }

/** `1X - Yes`, `2 - Over`: both halves of a combined outcome, in BetPawa's own words. */
const joined = (first: Tokens, second: Tokens, between = " - "): Tokens =>
  Object.fromEntries(
    Object.entries(first).flatMap(([a, left]) =>
      Object.entries(second).map(([b, right]) => [`${a}${between}${b}`, `${left}_${right}`])
    )
  )

const HALF_AND_FULL = joined(RESULT, RESULT, "/")

const MARGINS: Tokens = {
  "Home by 1": "home_by_1",
  "Home by 2": "home_by_2",
  "Home by 3+": "home_by_3+",
  Draw: "draw",
  "Away by 1": "away_by_1",
  "Away by 2": "away_by_2",
  "Away by 3+": "away_by_3+"
}

const MULTISCORES: Tokens = {
  "1:0, 2:0 or 3:0": "1-0/2-0/3-0",
  "0:1, 0:2 or 0:3": "0-1/0-2/0-3",
  "4:0, 5:0 or 6:0": "4-0/5-0/6-0",
  "0:4, 0:5 or 0:6": "0-4/0-5/0-6",
  "2:1, 3:1 or 4:1": "2-1/3-1/4-1",
  "1:2, 1:3 or 1:4": "1-2/1-3/1-4",
  "3:2, 4:2, 4:3 or 5:1": "3-2/4-2/4-3/5-1",
  "2:3, 2:4, 3:4 or 1:5": "2-3/2-4/3-4/1-5",
  "Other Home Win": "home_other",
  "Other Away Win": "away_other",
  Draw: "draw"
}

/** Ids, catalogue keys and outcome names. */
export const ROWS: readonly (readonly [id: string, key: string, tokens: Tokens])[] = [
  ["3743", "1x2_ft", RESULT],
  ["28000810", "1x2_1up_ft", RESULT],
  ["28000850", "1x2_2up_ft", RESULT],
  ["4693", "double_chance_ft", CHANCES],
  ["80000", "double_chance_1up_ft", CHANCES],
  ["5000", "over_under_ft", TOTAL],
  ["3795", "btts_ft", ANSWER],
  ["4703", "draw_no_bet_ft", SIDES],
  ["3774", "asian_handicap_ft", SIDES],
  ["4724", "handicap_3way_ft", RESULT],
  ["4833", "odd_even_ft", PARITY],
  ["4706", "htft", HALF_AND_FULL],
  ["4429", "correct_score_ft", SCORES],
  ["28000224", "next_goal", NEXT],
  ["4870", "last_goal_ft", { "1": "home", "No Goal": "none", "2": "away" }],
  ["1096782", "which_team_to_score", { "No Goal": "none", Home: "home_only", Away: "away_only", Both: "both" }],
  ["5006", "home_over_under_ft", TOTAL],
  ["5003", "away_over_under_ft", TOTAL],
  ["4926", "exact_goals_ft", only("0", "1", "2", "3", "4", "5", "6+")],
  ["4942", "home_exact_goals_ft", asTheyAre("home_exact_goals_ft")],
  ["4938", "away_exact_goals_ft", asTheyAre("away_exact_goals_ft")],
  ["28000047", "multigoals_ft", tokensOf("multigoals_ft", (outcome) => (outcome === "none" ? "No goal" : outcome))],
  ["28000077", "home_multigoals_ft", FEW_GOALS],
  ["28000083", "away_multigoals_ft", FEW_GOALS],
  ["28000035", "multiscores_ft", MULTISCORES],
  ["4842", "home_odd_even_ft", PARITY],
  ["4836", "away_odd_even_ft", PARITY],
  ["3816", "home_clean_sheet_ft", ANSWER],
  ["3807", "away_clean_sheet_ft", ANSWER],
  ["5051", "home_win_to_nil_ft", ANSWER],
  ["5042", "away_win_to_nil_ft", ANSWER],
  ["4746", "home_no_bet_ft", { X: "draw", "2": "away" }],
  ["28000209", "winning_margin_ft", MARGINS],
  ["4728", "highest_scoring_half", HALF],
  ["4736", "home_highest_scoring_half", HALF],
  ["4732", "away_highest_scoring_half", HALF],
  ["1096805", "home_win_both_halves", ANSWER],
  ["1096808", "away_win_both_halves", ANSWER],
  ["1096806", "home_win_either_half", ANSWER],
  ["1096809", "away_win_either_half", ANSWER],
  ["1096807", "home_score_both_halves", ANSWER],
  ["1096814", "away_score_both_halves", ANSWER],
  ["1096755", "1x2_over_under_ft", joined(RESULT, TOTAL)],
  ["3591790", "1x2_btts_ft", joined(RESULT, ANSWER)],
  ["28000014", "double_chance_btts_ft", joined(CHANCES, ANSWER)],
  ["28000089", "double_chance_over_under_ft", joined(CHANCES, TOTAL)],
  ["28000228", "htft_correct_score", asTheyAre("htft_correct_score")],
  ["28000279", "htft_over_under", joined(HALF_AND_FULL, TOTAL, " and ")],
  ["28000173", "1x2_10min", RESULT],
  ["3668", "1x2_1h", RESULT],
  ["4673", "double_chance_1h", CHANCES],
  ["4958", "over_under_1h", TOTAL],
  ["3789", "btts_1h", ANSWER],
  ["4697", "draw_no_bet_1h", SIDES],
  ["3747", "asian_handicap_1h", SIDES],
  ["4716", "handicap_3way_1h", RESULT],
  ["3819", "correct_score_1h", SCORES],
  ["4794", "odd_even_1h", PARITY],
  ["4964", "home_over_under_1h", TOTAL],
  ["4961", "away_over_under_1h", TOTAL],
  ["4898", "exact_goals_1h", only("0", "1", "2+")],
  ["3810", "home_clean_sheet_1h", ANSWER],
  ["3801", "away_clean_sheet_1h", ANSWER],
  ["28000065", "multigoals_1h", FEW_GOALS],
  ["28000021", "double_chance_btts_1h", joined(CHANCES, ANSWER)],
  ["3685", "1x2_2h", RESULT],
  ["4681", "double_chance_2h", CHANCES],
  ["4976", "over_under_2h", TOTAL],
  ["3792", "btts_2h", ANSWER],
  ["4700", "draw_no_bet_2h", SIDES],
  ["3756", "asian_handicap_2h", SIDES],
  ["4720", "handicap_3way_2h", RESULT],
  ["4063", "correct_score_2h", SCORES],
  ["4809", "odd_even_2h", PARITY],
  ["4982", "home_over_under_2h", TOTAL],
  ["4979", "away_over_under_2h", TOTAL],
  ["4912", "exact_goals_2h", only("0", "1", "2+")],
  ["3813", "home_clean_sheet_2h", ANSWER],
  ["3804", "away_clean_sheet_2h", ANSWER],
  ["28000071", "multigoals_2h", FEW_GOALS],
  ["28000028", "double_chance_btts_2h", joined(CHANCES, ANSWER)],
  ["28000007", "1x2_btts_2h", joined(RESULT, ANSWER)],
  ["25451920", "1x2_over_under_2h", joined(RESULT, TOTAL)],
  ["1096787", "corners_1x2_ft", RESULT],
  ["1096783", "corners_over_under_ft", TOTAL],
  ["1096785", "corners_handicap_ft", SIDES],
  ["1096789", "corners_odd_even_ft", PARITY],
  ["1096803", "corners_range_ft", only("0-8", "9-11", "12+")],
  ["1096795", "last_corner_ft", LAST_CORNER],
  ["1096793", "home_corners_ft", only("0-2", "3-4", "5-6", "7+")],
  ["1096797", "away_corners_ft", only("0-2", "3-4", "5-6", "7+")],
  ["1096788", "corners_1x2_1h", RESULT],
  ["1096784", "corners_over_under_1h", TOTAL],
  ["1096786", "corners_handicap_1h", SIDES],
  ["1096790", "corners_odd_even_1h", PARITY],
  ["1096804", "corners_range_1h", asTheyAre("corners_range_1h")],
  ["1096796", "last_corner_1h", LAST_CORNER],
  ["1096774", "bookings_1x2_ft", RESULT],
  ["1096764", "bookings_over_under_ft", TOTAL],
  ["1096776", "bookings_exact_ft", asTheyAre("bookings_exact_ft")],
  ["1096775", "bookings_1x2_1h", RESULT],
  ["1096765", "bookings_over_under_1h", TOTAL],
  [
    "1096768",
    "home_bookings_ft",
    tokensOf("home_bookings_ft", (outcome) => (/^\d/.test(outcome) ? outcome : undefined))
  ],
  [
    "1096770",
    "away_bookings_ft",
    tokensOf("away_bookings_ft", (outcome) => (/^\d/.test(outcome) ? outcome : undefined))
  ],
  ["1096766", "sending_off_ft", ANSWER],
  ["1096778", "home_sending_off_ft", ANSWER],
  ["1096780", "away_sending_off_ft", ANSWER]
]

/** What others offer as lines over and under, BetPawa offers as ranges, without a line. */
export const RANGES: ReadonlySet<string> = new Set(["1096793", "1096797", "1096768", "1096770"])

export const MARKETS: Markets = tableOf(
  ROWS.flatMap(([id, key, tokens]) => {
    const row = mapping(key, tokens)
    return row === undefined ? [] : [[id, row] as const]
  })
)
