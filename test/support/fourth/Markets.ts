/** Fourth's market kinds and picks in terms of the catalogue. */
import { mapping, tableOf } from "../../../src/bookmakers/wire/Mapping.ts"
import type { Mapping, Tokens } from "../../../src/bookmakers/wire/Mapping.ts"

export type Markets = ReadonlyMap<string, readonly Mapping[]>

const ROWS: readonly (readonly [kind: string, key: string, tokens: Tokens])[] = [
  ["RESULT", "1x2_ft", { H: "home", D: "draw", A: "away" }],
  ["GOALS", "over_under_ft", { O: "over", U: "under" }]
]

export const MARKETS: Markets = tableOf(
  ROWS.flatMap(([kind, key, tokens]) => {
    const row = mapping(key, tokens)
    return row === undefined ? [] : [[kind, row] as const]
  })
)
