/**
 * What one bookmaker can offer: its own market ids, names, lines and outcome tokens.
 *
 * The three tables beside this file were read off WIRE.md, the market map and the recordings, not off
 * the adapters: one misreading must not pass on both sides. A row without a canonical key is a market
 * the catalogue has no name for, or (Bet9ja's cards by team) one whose outcome tokens nobody has recorded;
 * the statistics markets at the tables' ends are invented to reach the number of markets a top match has.
 */
import bet9jaRows from "./bet9ja.json" with { type: "json" }
import betpawaRows from "./betpawa.json" with { type: "json" }
import sportybetRows from "./sportybet.json" with { type: "json" }

export type BookmakerName = "betpawa" | "sportybet" | "bet9ja"
export const BOOKMAKERS: readonly BookmakerName[] = ["betpawa", "sportybet", "bet9ja"]

export interface Outcome {
  /** The canonical outcome key; the bookmaker's own token where the market has no canonical key. */
  readonly key: string
  readonly token: string
  readonly label: string
  /** BetPawa's stable outcome id; empty elsewhere. */
  readonly typeId: string
}

export interface Line {
  /** As the wire writes it: `2.5`, `total=2.5`, `hcp=0:1`; empty for none. */
  readonly text: string
  /** From the home side's view; `null` where the market has no line. */
  readonly value: number | null
}

export interface Template {
  /** Position in the bookmaker's table, which is its order of popularity. */
  readonly index: number
  readonly id: string
  readonly canonical: string | null
  readonly lines: readonly Line[]
  readonly outcomes: readonly Outcome[]
}

export interface BetpawaTemplate extends Template {
  readonly name: string
  readonly label: string
  readonly priority: number
  readonly tabs: readonly string[]
  readonly handicapType: string
  readonly rowSize: number
  readonly columns: readonly string[]
  readonly up: readonly string[]
  readonly cashout: boolean
}

export interface SportybetTemplate extends Template {
  readonly name: string
  readonly desc: string
  readonly title: string
  readonly group: string
  readonly groupId: string
  readonly source: string
  readonly mode: string
  readonly parameters: readonly string[]
}

export interface Bet9jaTemplate extends Template {
  readonly name: string
  readonly priority: number
  readonly view: string
  readonly category: string
  readonly marketId: string
  readonly count: string
  readonly countLabel: string
}

const NO_LINE: readonly Line[] = [{ text: "", value: null }]

const outcomesOf = (rows: readonly (readonly string[])[]): readonly Outcome[] =>
  rows.map(([key = "", token = "", label = "", typeId = ""]) => ({ key, token, label, typeId }))

const numberLines = (lines: readonly number[]): readonly Line[] =>
  lines.length === 0 ? NO_LINE : lines.map((value) => ({ text: String(value), value }))

/** `hcp=0:1` starts the away side one goal up: −1 for the home side. */
const specifierLine = (text: string): Line => {
  const [, home, away] = /hcp=(\d+):(\d+)/.exec(text) ?? []
  if (home !== undefined && away !== undefined) return { text, value: Number(home) - Number(away) }
  const [, value] = /(?:total|hcp|goalnr)=(-?[\d.]+)/.exec(text) ?? []
  return { text, value: value === undefined ? null : Number(value) }
}

export const betpawaCatalogue: readonly BetpawaTemplate[] = betpawaRows.map((row, index) => ({
  ...row,
  index,
  lines: numberLines(row.lines),
  outcomes: outcomesOf(row.outcomes)
}))

export const sportybetCatalogue: readonly SportybetTemplate[] = sportybetRows.map((row, index) => ({
  ...row,
  index,
  lines: row.specifiers.length === 0 ? NO_LINE : row.specifiers.map(specifierLine),
  outcomes: outcomesOf(row.outcomes)
}))

export const bet9jaCatalogue: readonly Bet9jaTemplate[] = bet9jaRows.map((row, index) => ({
  // The first goal is a market of its own there; elsewhere it is line 1 of "next goal".
  ...row,
  index,
  lines: row.canonical === "next_goal" ? [{ text: "", value: 1 }] : numberLines(row.lines),
  outcomes: outcomesOf(row.outcomes)
}))

export const catalogueOf = (bookmaker: BookmakerName): readonly Template[] =>
  bookmaker === "betpawa" ? betpawaCatalogue : bookmaker === "sportybet" ? sportybetCatalogue : bet9jaCatalogue
