/** Fourth's JSON: everything is there and nothing is left out, so a schema reads it all. */
import { Result, Schema } from "effect"
import { reader } from "../../../src/bookmakers/wire/Reading.ts"
import type { Read } from "../../../src/bookmakers/wire/Reading.ts"

export type WireMatch = (typeof Match)["Type"]
export type WireMarket = (typeof Market)["Type"]
export type WireDetail = (typeof Detail)["Type"]

/** A row that cannot be read costs itself only. */
export const readList = (json: unknown): Read<readonly Read<WireMatch>[]> =>
  Result.map(list(json), ({ matches }) => matches.map(readMatch))

const Match = Schema.Struct({
  ref: Schema.String,
  sportradar: Schema.String,
  home: Schema.String,
  away: Schema.String,
  starts: Schema.String,
  league: Schema.Struct({ ref: Schema.String, name: Schema.String, country: Schema.String })
})

const Market = Schema.Struct({
  kind: Schema.String,
  line: Schema.NullOr(Schema.Finite),
  prices: Schema.Array(Schema.Struct({ pick: Schema.String, odds: Schema.String, open: Schema.Boolean }))
})

const Detail = Schema.Struct({ match: Match, markets: Schema.Array(Market) })

export const readDetail = reader(Detail)

const readMatch = reader(Match)

const list = reader(Schema.Struct({ matches: Schema.Array(Schema.Unknown) }))
