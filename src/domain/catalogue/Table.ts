/**
 * The catalogue's rows: every market type we have a name for, in the order in which markets are shown.
 *
 * Outcome lists are closed. An outcome a bookmaker sends that is not listed here is counted as unmapped,
 * because a price under a guessed name is worse than none. Order and keys are stored: append, never reorder.
 */

/** What sets a type apart from the ordinary one: no line, one winner, the same outcomes at every bookmaker. */
export type Trait =
  /** Its key carries a line. */
  | "line"
  /** Its key may carry a line: some bookmakers offer lines, others ranges under the same name. */
  | "line or range"
  /** Bookmakers cut it differently, so prices are kept and never compared. */
  | "not comparable"
  /** Two outcomes win at once. */
  | "two winners"
  /** Outcomes overlap: how many win depends on the result, so there is no margin. */
  | "overlapping"

export interface Row {
  readonly key: string
  readonly name: string
  readonly period: string
  readonly outcomes: readonly string[]
  readonly traits: readonly Trait[]
}

const row = (
  key: string,
  name: string,
  period: string,
  outcomes: readonly string[],
  ...traits: readonly Trait[]
): Row => ({ key, name, period, outcomes, traits })

/** Every pair of the two lists, the first changing slowest: `home_over`, `home_under`, `draw_over` … */
const pairs = (first: readonly string[], second: readonly string[], between = "_"): readonly string[] =>
  first.flatMap((a) => second.map((b) => `${a}${between}${b}`))

const count = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => String(from + i))

const RESULT = ["home", "draw", "away"]
const CHANCES = ["home_draw", "home_away", "draw_away"]
const SIDES = ["home", "away"]
const TOTAL = ["over", "under"]
const ANSWER = ["yes", "no"]
const PARITY = ["odd", "even"]
const NEXT = ["home", "none", "away"]
const HALF = ["first_half", "second_half", "equal"]
const GOALS_OF_TEAM = ["0", "1", "2", "3+"]
const FEW_GOALS = ["1-2", "1-3", "2-3", "4+", "none"]
const RANGE_OF_CORNERS = [...TOTAL, "0-2", "3-4", "5-6", "7+"]
const RANGE_OF_BOOKINGS = [...TOTAL, "0-1", ...count(2, 12), ...count(2, 12).map((n) => `${n}+`)]

// Ten goals by one side have been seen in no recording; bookmakers name at most eight.
const SCORES = [...pairs(count(0, 9), count(0, 9), "-"), "other"]

const upToThreeGoals = (home: number, away: number): readonly (readonly [number, number])[] =>
  [0, 1, 2, 3]
    .flatMap((h) => [0, 1, 2, 3].map((a) => [h, a] as const))
    .filter(([h, a]) => h + a <= 3 && h >= home && a >= away)

/** Half-time score / final score up to three goals, `4+` beyond: a final score never lies below the half-time one. */
const SCORE_PAIRS = [
  ...upToThreeGoals(0, 0).flatMap(([home, away]) => [
    ...upToThreeGoals(home, away).map(([h, a]) => `${home}-${away}/${h}-${a}`),
    `${home}-${away}/4+`
  ]),
  "4+/4+"
]

const MULTIGOALS = [
  ...count(1, 5).flatMap((low) => count(Number(low) + 1, 6).map((high) => `${low}-${high}`)),
  "7+",
  "none"
]

const MARGINS = ["home_by_1", "home_by_2", "home_by_3+", "draw", "away_by_1", "away_by_2", "away_by_3+"]

const MULTISCORES = [
  "1-0/2-0/3-0",
  "0-1/0-2/0-3",
  "4-0/5-0/6-0",
  "0-4/0-5/0-6",
  "2-1/3-1/4-1",
  "1-2/1-3/1-4",
  "3-2/4-2/4-3/5-1",
  "2-3/2-4/3-4/1-5",
  "home_other",
  "away_other",
  "draw"
]

export const ROWS: readonly Row[] = [
  row("1x2_ft", "1X2", "FT", RESULT),
  row("1x2_1up_ft", "1X2, early payout one goal up", "FT", RESULT),
  row("1x2_2up_ft", "1X2, early payout two goals up", "FT", RESULT),
  row("double_chance_ft", "Double chance", "FT", CHANCES, "two winners"),
  row("double_chance_1up_ft", "Double chance, early payout one goal up", "FT", CHANCES, "two winners"),
  row("over_under_ft", "Total goals over/under", "FT", TOTAL, "line"),
  row("asian_over_under_ft", "Asian total goals over/under", "FT", TOTAL, "line"),
  row("btts_ft", "Both teams to score", "FT", ANSWER),
  row("draw_no_bet_ft", "Draw no bet", "FT", SIDES),
  row("asian_handicap_ft", "Asian handicap", "FT", SIDES, "line"),
  row("handicap_3way_ft", "Handicap 1X2", "FT", RESULT, "line"),
  row("odd_even_ft", "Total goals odd/even", "FT", PARITY),
  row("htft", "Half time / full time", "FT", pairs(RESULT, RESULT)),
  row("correct_score_ft", "Correct score", "FT", SCORES, "not comparable"),
  row("next_goal", "Goal number, which team", "FT", NEXT, "line"),
  row("last_goal_ft", "Last goal", "FT", NEXT),
  row("which_team_to_score", "Which team to score", "FT", ["none", "home_only", "away_only", "both"]),
  row("home_over_under_ft", "Home goals over/under", "FT", TOTAL, "line"),
  row("away_over_under_ft", "Away goals over/under", "FT", TOTAL, "line"),
  row("home_to_score_ft", "Home to score", "FT", ANSWER),
  row("away_to_score_ft", "Away to score", "FT", ANSWER),
  row("exact_goals_ft", "Exact goals", "FT", [...count(0, 6), "6+"], "not comparable"),
  row("home_exact_goals_ft", "Home exact goals", "FT", GOALS_OF_TEAM),
  row("away_exact_goals_ft", "Away exact goals", "FT", GOALS_OF_TEAM),
  row("multigoals_ft", "Multigoals", "FT", MULTIGOALS, "overlapping"),
  row("home_multigoals_ft", "Home multigoals", "FT", FEW_GOALS, "overlapping"),
  row("away_multigoals_ft", "Away multigoals", "FT", FEW_GOALS, "overlapping"),
  row("multiscores_ft", "Multiscores", "FT", MULTISCORES),
  row("home_odd_even_ft", "Home goals odd/even", "FT", PARITY),
  row("away_odd_even_ft", "Away goals odd/even", "FT", PARITY),
  row("home_clean_sheet_ft", "Home clean sheet", "FT", ANSWER),
  row("away_clean_sheet_ft", "Away clean sheet", "FT", ANSWER),
  row("home_win_to_nil_ft", "Home to win to nil", "FT", ANSWER),
  row("away_win_to_nil_ft", "Away to win to nil", "FT", ANSWER),
  row("home_no_bet_ft", "Home no bet", "FT", ["draw", "away"]),
  row("away_no_bet_ft", "Away no bet", "FT", ["home", "draw"]),
  row("winning_margin_ft", "Winning margin", "FT", MARGINS),
  row("highest_scoring_half", "Highest scoring half", "FT", HALF),
  row("home_highest_scoring_half", "Home highest scoring half", "FT", HALF),
  row("away_highest_scoring_half", "Away highest scoring half", "FT", HALF),
  row("home_win_both_halves", "Home to win both halves", "FT", ANSWER),
  row("away_win_both_halves", "Away to win both halves", "FT", ANSWER),
  row("home_win_either_half", "Home to win either half", "FT", ANSWER),
  row("away_win_either_half", "Away to win either half", "FT", ANSWER),
  row("home_score_both_halves", "Home to score in both halves", "FT", ANSWER),
  row("away_score_both_halves", "Away to score in both halves", "FT", ANSWER),
  row("1x2_over_under_ft", "1X2 and total goals", "FT", pairs(RESULT, TOTAL), "line"),
  row("1x2_btts_ft", "1X2 and both teams to score", "FT", pairs(RESULT, ANSWER)),
  row("over_under_btts_ft", "Total goals and both teams to score", "FT", pairs(TOTAL, ANSWER), "line"),
  row("double_chance_btts_ft", "Double chance and both teams to score", "FT", pairs(CHANCES, ANSWER), "two winners"),
  row(
    "double_chance_over_under_ft",
    "Double chance and total goals",
    "FT",
    pairs(CHANCES, TOTAL),
    "line",
    "two winners"
  ),
  row("htft_correct_score", "Half time / full time correct score", "FT", SCORE_PAIRS),
  row("htft_over_under", "Half time / full time and total goals", "FT", pairs(pairs(RESULT, RESULT), TOTAL), "line"),
  row("both_halves_over", "Both halves over", "FT", ANSWER, "line"),
  row("1x2_10min", "1X2 after 10 minutes", "10M", RESULT),
  row("1x2_5min", "1X2 after 5 minutes", "5M", RESULT),
  row("1x2_1h", "1X2, first half", "1H", RESULT),
  row("double_chance_1h", "Double chance, first half", "1H", CHANCES, "two winners"),
  row("over_under_1h", "Total goals over/under, first half", "1H", TOTAL, "line"),
  row("btts_1h", "Both teams to score, first half", "1H", ANSWER),
  row("draw_no_bet_1h", "Draw no bet, first half", "1H", SIDES),
  row("asian_handicap_1h", "Asian handicap, first half", "1H", SIDES, "line"),
  row("handicap_3way_1h", "Handicap 1X2, first half", "1H", RESULT, "line"),
  row("correct_score_1h", "Correct score, first half", "1H", SCORES),
  row("odd_even_1h", "Total goals odd/even, first half", "1H", PARITY),
  row("home_over_under_1h", "Home goals over/under, first half", "1H", TOTAL, "line"),
  row("away_over_under_1h", "Away goals over/under, first half", "1H", TOTAL, "line"),
  row("exact_goals_1h", "Exact goals, first half", "1H", [...count(0, 3), "2+", "3+"], "not comparable"),
  row("home_clean_sheet_1h", "Home clean sheet, first half", "1H", ANSWER),
  row("away_clean_sheet_1h", "Away clean sheet, first half", "1H", ANSWER),
  row("multigoals_1h", "Multigoals, first half", "1H", FEW_GOALS, "overlapping"),
  row(
    "double_chance_btts_1h",
    "Double chance and both teams to score, first half",
    "1H",
    pairs(CHANCES, ANSWER),
    "two winners"
  ),
  row("1x2_btts_1h", "1X2 and both teams to score, first half", "1H", pairs(RESULT, ANSWER)),
  row("1x2_over_under_1h", "1X2 and total goals, first half", "1H", pairs(RESULT, TOTAL), "line"),
  row("btts_1h_2h", "Both teams to score, first half / second half", "FT", pairs(ANSWER, ANSWER)),
  row("1x2_2h", "1X2, second half", "2H", RESULT),
  row("double_chance_2h", "Double chance, second half", "2H", CHANCES, "two winners"),
  row("over_under_2h", "Total goals over/under, second half", "2H", TOTAL, "line"),
  row("btts_2h", "Both teams to score, second half", "2H", ANSWER),
  row("draw_no_bet_2h", "Draw no bet, second half", "2H", SIDES),
  row("asian_handicap_2h", "Asian handicap, second half", "2H", SIDES, "line"),
  row("handicap_3way_2h", "Handicap 1X2, second half", "2H", RESULT, "line"),
  row("correct_score_2h", "Correct score, second half", "2H", SCORES),
  row("odd_even_2h", "Total goals odd/even, second half", "2H", PARITY),
  row("home_over_under_2h", "Home goals over/under, second half", "2H", TOTAL, "line"),
  row("away_over_under_2h", "Away goals over/under, second half", "2H", TOTAL, "line"),
  row("exact_goals_2h", "Exact goals, second half", "2H", [...count(0, 3), "2+", "3+"], "not comparable"),
  row("home_clean_sheet_2h", "Home clean sheet, second half", "2H", ANSWER),
  row("away_clean_sheet_2h", "Away clean sheet, second half", "2H", ANSWER),
  row("multigoals_2h", "Multigoals, second half", "2H", FEW_GOALS, "overlapping"),
  row(
    "double_chance_btts_2h",
    "Double chance and both teams to score, second half",
    "2H",
    pairs(CHANCES, ANSWER),
    "two winners"
  ),
  row("1x2_btts_2h", "1X2 and both teams to score, second half", "2H", pairs(RESULT, ANSWER)),
  row("1x2_over_under_2h", "1X2 and total goals, second half", "2H", pairs(RESULT, TOTAL), "line"),
  row("corners_1x2_ft", "Most corners", "FT", RESULT),
  row("corners_over_under_ft", "Corners over/under", "FT", TOTAL, "line"),
  row("corners_handicap_ft", "Corners handicap", "FT", SIDES, "line"),
  row("corners_odd_even_ft", "Corners odd/even", "FT", PARITY),
  row(
    "corners_range_ft",
    "Number of corners",
    "FT",
    ["0-8", "9-11", "12+", "0-6", ...count(7, 19), "20+"],
    "not comparable"
  ),
  row("first_corner", "First corner", "FT", NEXT),
  row("last_corner_ft", "Last corner", "FT", NEXT),
  row("home_corners_ft", "Home corners", "FT", RANGE_OF_CORNERS, "line or range", "not comparable"),
  row("away_corners_ft", "Away corners", "FT", RANGE_OF_CORNERS, "line or range", "not comparable"),
  row("corners_1x2_1h", "Most corners, first half", "1H", RESULT),
  row("corners_over_under_1h", "Corners over/under, first half", "1H", TOTAL, "line"),
  row("corners_handicap_1h", "Corners handicap, first half", "1H", SIDES, "line"),
  row("corners_odd_even_1h", "Corners odd/even, first half", "1H", PARITY),
  row("corners_range_1h", "Number of corners, first half", "1H", ["0-4", "5-6", "7+"]),
  row("last_corner_1h", "Last corner, first half", "1H", NEXT),
  row("bookings_1x2_ft", "Most bookings", "FT", RESULT),
  row("bookings_over_under_ft", "Bookings over/under", "FT", TOTAL, "line"),
  row("bookings_exact_ft", "Number of bookings", "FT", ["0-3", ...count(4, 11), "12+"]),
  row("first_booking", "First booking", "FT", NEXT),
  row("bookings_1x2_1h", "Most bookings, first half", "1H", RESULT),
  row("bookings_over_under_1h", "Bookings over/under, first half", "1H", TOTAL, "line"),
  row("home_bookings_ft", "Home bookings", "FT", RANGE_OF_BOOKINGS, "line or range", "not comparable"),
  row("away_bookings_ft", "Away bookings", "FT", RANGE_OF_BOOKINGS, "line or range", "not comparable"),
  row("sending_off_ft", "Sending off", "FT", ANSWER),
  row("home_sending_off_ft", "Home sending off", "FT", ANSWER),
  row("away_sending_off_ft", "Away sending off", "FT", ANSWER),
  row("btts_2plus_ft", "Both teams to score two or more", "FT", ANSWER)
]
