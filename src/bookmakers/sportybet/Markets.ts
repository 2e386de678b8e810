/**
 * SportyBet's market ids, specifiers and outcomes in terms of the catalogue.
 *
 * Outcome ids are Betradar's and the same everywhere; scores are told by their label, which says what they are.
 * Only what was seen or documented: an id, a variant or an outcome that is not here is counted as unmapped.
 */
import { mapping, tableOf, tokensOf } from "../wire/Mapping.ts"
import type { Mapping, Tokens } from "../wire/Mapping.ts"

/** A line, none, another row's specifier, or one that makes no sense. */
export type Line = number | "none" | "another" | "unreadable"
export type LineReader = (specifier: string | undefined) => Line

export interface Row extends Mapping {
  readonly line: LineReader
  /** What an outcome is recognised by. */
  readonly by: "id" | "label"
}

export type Markets = ReadonlyMap<string, readonly Row[]>

const NUMBER = /^-?\d{1,4}(?:\.\d{1,2})?$/
const SCORE = /^(\d{1,2}):(\d{1,2})$/

const named =
  (name: string): LineReader =>
  (specifier) => {
    const value = specifier?.startsWith(`${name}=`) === true ? specifier.slice(name.length + 1) : ""
    return NUMBER.test(value) ? Number(value) : "unreadable"
  }

const none: LineReader = (specifier) => (specifier === undefined ? "none" : "another")
const exactly =
  (wanted: string): LineReader =>
  (specifier) =>
    specifier === wanted ? "none" : "another"
const variant: LineReader = (specifier) => (specifier?.startsWith("variant=") === true ? "none" : "another")
const total = named("total")
const handicap = named("hcp")
const goal = named("goalnr")

/** `hcp=0:1`: the home side starts one behind, which is a line of −1. */
const headStart: LineReader = (specifier) => {
  const score = SCORE.exec(specifier?.startsWith("hcp=") === true ? specifier.slice(4) : "")
  return score === null ? "unreadable" : Number(score[1]) - Number(score[2])
}

// One id holds both: whole and quarter lines give stakes back and are what others call the Asian total.
const halfTotal: LineReader = (specifier) => {
  const line = total(specifier)
  return typeof line === "number" && !Number.isInteger(line + 0.5) ? "another" : line
}

const RESULT: Tokens = { "1": "home", "2": "draw", "3": "away" }
const CHANCES: Tokens = { "9": "home_draw", "10": "home_away", "11": "draw_away" }
const TOTAL: Tokens = { "12": "over", "13": "under" }
const TOTAL_OWN: Tokens = { "30": "over", "31": "under" }
const ANSWER: Tokens = { "74": "yes", "76": "no" }
const ANSWER_OWN: Tokens = { "39": "yes", "40": "no" }
const PARITY: Tokens = { "70": "odd", "72": "even" }
const SIDES: Tokens = { "4": "home", "5": "away" }
const HANDICAP: Tokens = { "1714": "home", "1715": "away" }
const HANDICAP_3WAY: Tokens = { "1711": "home", "1712": "draw", "1713": "away" }
const NEXT: Tokens = { "6": "home", "7": "none", "8": "away" }
const HALF: Tokens = { "436": "first_half", "438": "second_half", "440": "equal" }
const FEW_GOALS: Tokens = { "1746": "1-2", "1747": "1-3", "1748": "2-3", "1749": "4+", "1805": "none" }

/** Ids that follow one another, in the order of these outcomes. */
const from = (first: number, step: number, ...outcomes: readonly string[]): Tokens =>
  Object.fromEntries(outcomes.map((outcome, i) => [String(first + i * step), outcome]))

const prefixed = (prefix: string, tokens: Tokens): Tokens =>
  Object.fromEntries(Object.entries(tokens).map(([token, outcome]) => [prefix + token, outcome]))

const RESULT_TOTAL = from(794, 2, "home_under", "home_over", "draw_under", "draw_over", "away_under", "away_over")
const RESULT_ANSWER = from(78, 2, "home_yes", "home_no", "draw_yes", "draw_no", "away_yes", "away_no")
const CHANCES_ANSWER = from(
  1718,
  1,
  "home_draw_yes",
  "home_draw_no",
  "home_away_yes",
  "home_away_no",
  "draw_away_yes",
  "draw_away_no"
)
const CHANCES_TOTAL = from(
  1724,
  1,
  "home_draw_under",
  "home_away_under",
  "draw_away_under",
  "home_draw_over",
  "home_away_over",
  "draw_away_over"
)
const HALF_AND_FULL = [
  "home_home",
  "home_draw",
  "home_away",
  "draw_home",
  "draw_draw",
  "draw_away",
  "away_home",
  "away_draw",
  "away_away"
]
const UP_TO_THREE = prefixed("sr:exact_goals:3+:", from(88, 1, "0", "1", "2", "3+"))
const SCORES = tokensOf("correct_score_ft", (score) => (score === "other" ? "Other" : score.replace("-", ":")))

const MULTISCORES: Tokens = from(
  1750,
  1,
  "1-0/2-0/3-0",
  "0-1/0-2/0-3",
  "4-0/5-0/6-0",
  "0-4/0-5/0-6",
  "2-1/3-1/4-1",
  "1-2/1-3/1-4",
  "3-2/4-2/4-3/5-1",
  "2-3/2-4/3-4/1-5",
  "home_other",
  "away_other"
)

const MARGINS = prefixed(
  "sr:winning_margin:3+:",
  from(113, 1, "home_by_1", "home_by_2", "home_by_3+", "away_by_1", "away_by_2", "away_by_3+", "draw")
)

/** Ids, catalogue keys, how the specifier is read, and outcomes by id unless said otherwise. */
export const ROWS: readonly (readonly [id: string, key: string, line: LineReader, tokens: Tokens, by?: "label"])[] = [
  ["1", "1x2_ft", none, RESULT],
  ["60200", "1x2_1up_ft", none, RESULT],
  ["60100", "1x2_2up_ft", none, RESULT],
  ["10", "double_chance_ft", none, CHANCES],
  ["60110", "double_chance_1up_ft", none, CHANCES],
  ["18", "over_under_ft", halfTotal, TOTAL],
  ["18", "asian_over_under_ft", total, TOTAL],
  ["29", "btts_ft", none, ANSWER],
  ["11", "draw_no_bet_ft", none, SIDES],
  ["16", "asian_handicap_ft", handicap, HANDICAP],
  ["14", "handicap_3way_ft", headStart, HANDICAP_3WAY],
  ["26", "odd_even_ft", none, PARITY],
  ["47", "htft", none, from(418, 2, ...HALF_AND_FULL)],
  ["45", "correct_score_ft", none, SCORES, "label"],
  ["8", "next_goal", goal, NEXT],
  ["9", "last_goal_ft", none, NEXT],
  ["30", "which_team_to_score", none, { "784": "none", "788": "home_only", "790": "away_only", "792": "both" }],
  ["19", "home_over_under_ft", total, TOTAL],
  ["20", "away_over_under_ft", total, TOTAL],
  ["900015", "home_to_score_ft", none, ANSWER_OWN],
  ["900014", "away_to_score_ft", none, ANSWER_OWN],
  ["21", "exact_goals_ft", variant, prefixed("sr:exact_goals:6+:", from(68, 1, "0", "1", "2", "3", "4", "5", "6+"))],
  ["23", "home_exact_goals_ft", variant, UP_TO_THREE],
  ["24", "away_exact_goals_ft", variant, UP_TO_THREE],
  [
    "548",
    "multigoals_ft",
    none,
    {
      ...from(
        1730,
        1,
        "1-2",
        "1-3",
        "1-4",
        "1-5",
        "1-6",
        "2-3",
        "2-4",
        "2-5",
        "2-6",
        "3-4",
        "3-5",
        "3-6",
        "4-5",
        "4-6",
        "5-6",
        "7+"
      ),
      "1804": "none"
    }
  ],
  ["549", "home_multigoals_ft", none, FEW_GOALS],
  ["550", "away_multigoals_ft", none, FEW_GOALS],
  ["551", "multiscores_ft", none, { ...MULTISCORES, "1803": "draw" }],
  ["27", "home_odd_even_ft", none, PARITY],
  ["28", "away_odd_even_ft", none, PARITY],
  ["31", "home_clean_sheet_ft", none, ANSWER],
  ["32", "away_clean_sheet_ft", none, ANSWER],
  ["33", "home_win_to_nil_ft", none, ANSWER],
  ["34", "away_win_to_nil_ft", none, ANSWER],
  ["12", "home_no_bet_ft", none, { "776": "draw", "778": "away" }],
  ["13", "away_no_bet_ft", none, { "780": "home", "782": "draw" }],
  ["15", "winning_margin_ft", variant, MARGINS],
  ["52", "highest_scoring_half", none, HALF],
  ["53", "home_highest_scoring_half", none, HALF],
  ["54", "away_highest_scoring_half", none, HALF],
  ["48", "home_win_both_halves", none, ANSWER],
  ["49", "away_win_both_halves", none, ANSWER],
  ["50", "home_win_either_half", none, ANSWER],
  ["51", "away_win_either_half", none, ANSWER],
  ["56", "home_score_both_halves", none, ANSWER],
  ["57", "away_score_both_halves", none, ANSWER],
  ["37", "1x2_over_under_ft", total, RESULT_TOTAL],
  ["35", "1x2_btts_ft", none, RESULT_ANSWER],
  ["36", "over_under_btts_ft", total, { "90": "over_yes", "92": "under_yes", "94": "over_no", "96": "under_no" }],
  ["546", "double_chance_btts_ft", none, CHANCES_ANSWER],
  ["547", "double_chance_over_under_ft", total, CHANCES_TOTAL],
  [
    "46",
    "htft_correct_score",
    none,
    tokensOf("htft_correct_score", (pair) => pair.replaceAll("-", ":").replace("/", " ")),
    "label"
  ],
  [
    "818",
    "htft_over_under",
    total,
    {
      ...from(1836, 1, ...HALF_AND_FULL.map((result) => `${result}_under`)),
      ...from(1845, 1, ...HALF_AND_FULL.map((result) => `${result}_over`))
    }
  ],
  ["58", "both_halves_over", total, ANSWER],
  ["105", "1x2_10min", exactly("from=1|to=10"), RESULT],
  ["900069", "1x2_5min", exactly("minute=5"), RESULT],
  ["60", "1x2_1h", none, RESULT],
  ["63", "double_chance_1h", none, CHANCES],
  ["68", "over_under_1h", total, TOTAL],
  ["75", "btts_1h", none, ANSWER],
  ["64", "draw_no_bet_1h", none, SIDES],
  ["66", "asian_handicap_1h", handicap, HANDICAP],
  ["65", "handicap_3way_1h", headStart, HANDICAP_3WAY],
  ["81", "correct_score_1h", none, SCORES, "label"],
  ["74", "odd_even_1h", none, PARITY],
  ["69", "home_over_under_1h", total, TOTAL],
  ["70", "away_over_under_1h", total, TOTAL],
  ["71", "exact_goals_1h", variant, UP_TO_THREE],
  ["76", "home_clean_sheet_1h", none, ANSWER],
  ["77", "away_clean_sheet_1h", none, ANSWER],
  ["552", "multigoals_1h", none, FEW_GOALS],
  ["542", "double_chance_btts_1h", none, CHANCES_ANSWER],
  ["78", "1x2_btts_1h", none, RESULT_ANSWER],
  ["79", "1x2_over_under_1h", total, RESULT_TOTAL],
  ["55", "btts_1h_2h", none, { "806": "no_no", "808": "yes_no", "810": "yes_yes", "812": "no_yes" }],
  ["83", "1x2_2h", none, RESULT],
  ["85", "double_chance_2h", none, CHANCES],
  ["90", "over_under_2h", total, TOTAL],
  ["95", "btts_2h", none, ANSWER],
  ["86", "draw_no_bet_2h", none, SIDES],
  ["88", "asian_handicap_2h", handicap, HANDICAP],
  ["87", "handicap_3way_2h", headStart, HANDICAP_3WAY],
  ["98", "correct_score_2h", none, SCORES, "label"],
  ["94", "odd_even_2h", none, PARITY],
  ["91", "home_over_under_2h", total, TOTAL],
  ["92", "away_over_under_2h", total, TOTAL],
  ["93", "exact_goals_2h", variant, prefixed("sr:exact_goals:2+:", from(85, 1, "0", "1", "2+"))],
  ["96", "home_clean_sheet_2h", none, ANSWER],
  ["97", "away_clean_sheet_2h", none, ANSWER],
  ["553", "multigoals_2h", none, FEW_GOALS],
  ["545", "double_chance_btts_2h", none, CHANCES_ANSWER],
  ["543", "1x2_btts_2h", none, RESULT_ANSWER],
  ["544", "1x2_over_under_2h", total, RESULT_TOTAL],
  ["162", "corners_1x2_ft", none, RESULT],
  ["166", "corners_over_under_ft", total, TOTAL],
  ["165", "corners_handicap_ft", handicap, HANDICAP],
  ["172", "corners_odd_even_ft", none, PARITY],
  ["169", "corners_range_ft", variant, prefixed("sr:point_range:12+:", from(1141, 1, "0-8", "9-11", "12+"))],
  ["163", "first_corner", exactly("cornernr=1"), NEXT],
  ["164", "last_corner_ft", none, NEXT],
  ["900300", "home_corners_ft", total, TOTAL_OWN],
  ["900301", "away_corners_ft", total, TOTAL_OWN],
  ["173", "corners_1x2_1h", none, RESULT],
  ["177", "corners_over_under_1h", total, TOTAL],
  ["176", "corners_handicap_1h", handicap, HANDICAP],
  ["183", "corners_odd_even_1h", none, PARITY],
  ["182", "corners_range_1h", variant, prefixed("sr:point_range:7+_2:", from(1148, 1, "0-4", "5-6", "7+"))],
  ["175", "last_corner_1h", none, NEXT],
  ["136", "bookings_1x2_ft", none, RESULT],
  ["139", "bookings_over_under_ft", total, TOTAL],
  ["142", "bookings_exact_ft", none, tokensOf("bookings_exact_ft", (outcome) => outcome), "label"],
  ["137", "first_booking", exactly("bookingnr=1"), NEXT],
  ["149", "bookings_1x2_1h", none, RESULT],
  ["152", "bookings_over_under_1h", total, TOTAL],
  ["900304", "home_bookings_ft", total, TOTAL_OWN],
  ["900305", "away_bookings_ft", total, TOTAL_OWN],
  ["146", "sending_off_ft", none, ANSWER],
  ["147", "home_sending_off_ft", none, ANSWER],
  ["148", "away_sending_off_ft", none, ANSWER],
  ["60000", "btts_2plus_ft", none, ANSWER]
]

export const MARKETS: Markets = tableOf(
  ROWS.flatMap(([id, key, line, tokens, by]) => {
    const row = mapping(key, tokens)
    return row === undefined ? [] : [[id, { ...row, line, by: by ?? "id" } as const] as const]
  })
)
