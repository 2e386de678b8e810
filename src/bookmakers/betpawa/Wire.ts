/**
 * BetPawa's JSON as far as we use it, version 4 and the version 3 of older recordings.
 *
 * Version 4 leaves out what is null, false or empty, so absence is read as that. Markets are read by plain code,
 * because they are nearly all of a payload; the rest by a schema, which names the path of a fault.
 */
import { Result, Schema } from "effect"
import { fault, hasSwitchOn, idOf, isDictionary, reader } from "../wire/Reading.ts"
import type { Dictionary, Read } from "../wire/Reading.ts"

export type WireEvent = (typeof Event)["Type"]

export interface WireDetail {
  readonly event: WireEvent
  readonly markets: readonly WireMarket[]
  /** Members of `markets` that are no markets at all. */
  readonly unkeyed: number
}

export interface WireMarket {
  readonly id: string
  readonly name: string
  readonly rows: readonly WireRow[]
}

export interface WireRow {
  /** The line in quarters; absent where the market has none. */
  readonly handicap: unknown
  readonly prices: readonly WirePrice[]
}

export interface WirePrice {
  /** Empty where it could not be read. */
  readonly token: string
  readonly state: "open" | "suspended" | "unreadable"
  readonly odds: unknown
}

/** The rows of a list page; a page past the end has none. */
export const readList = (json: unknown): Read<readonly Read<WireEvent>[]> => rowsOf(json, readEvent)

/** The rows of a list page with the markets that it shows of them, which may be none. */
export const readOdds = (json: unknown): Read<readonly Read<WireDetail>[]> =>
  rowsOf(json, (row) =>
    Result.map(readEvent(row), (event) => {
      const raw = isDictionary(row) ? row["markets"] : undefined
      return detail(event, Array.isArray(raw) ? raw : [])
    })
  )

const rowsOf = <A>(json: unknown, read: (row: unknown) => Read<A>): Read<readonly Read<A>[]> =>
  Result.map(list(json), ({ responses }) => (responses[0]?.responses ?? []).map(read))

export const readDetail = (json: unknown): Read<WireDetail> => {
  const event = readEvent(json)
  if (Result.isFailure(event)) return Result.fail(event.failure)
  const raw = isDictionary(json) ? json["markets"] : undefined
  if (Array.isArray(raw)) return Result.succeed(detail(event.success, raw))
  return (raw === undefined || raw === null) && Number(event.success.totalMarketCount ?? 0) === 0
    ? Result.succeed(detail(event.success, []))
    : fault("$.markets", "Expected array")
}

const Named = Schema.Struct({ id: Schema.String, name: Schema.String })
const Maybe = <S extends Schema.Top>(schema: S) => Schema.optional(Schema.NullOr(schema))

const Event = Schema.Struct({
  id: Schema.NonEmptyString,
  name: Maybe(Schema.String),
  participants: Maybe(Schema.Array(Schema.Struct({ name: Schema.String, position: Maybe(Schema.Finite) }))),
  startTime: Schema.String,
  widgets: Maybe(Schema.Array(Schema.Struct({ id: Schema.Unknown, type: Schema.String }))),
  region: Maybe(Named),
  competition: Named,
  totalMarketCount: Schema.optional(Schema.Unknown)
})

const readEvent = reader(Event)

const list = reader(
  Schema.Struct({
    responses: Schema.Array(Schema.Struct({ responses: Maybe(Schema.Array(Schema.Unknown)) }))
  })
)

const detail = (event: WireEvent, raw: readonly unknown[]): WireDetail => {
  const markets = raw.flatMap((market) => readMarket(market) ?? [])
  return { event, markets, unkeyed: raw.length - markets.length }
}

const readMarket = (raw: unknown): WireMarket | undefined => {
  if (!isDictionary(raw) || !isDictionary(raw["marketType"]) || !Array.isArray(raw["row"])) return undefined
  const id = idOf(raw["marketType"]["id"])
  if (id === undefined) return undefined
  const name = raw["marketType"]["name"]
  return { id, name: typeof name === "string" ? name : id, rows: raw["row"].map(readRow) }
}

const readRow = (raw: unknown): WireRow => {
  if (!isDictionary(raw) || !Array.isArray(raw["prices"])) return { handicap: undefined, prices: [] }
  return {
    handicap: raw["handicap"] ?? quarters(raw["specifier"]),
    prices: raw["prices"].map(readPrice)
  }
}

// Version 4 may leave out a handicap of nought, as it leaves out what is false or empty; its specifier still tells it.
const quarters = (specifier: unknown): unknown => {
  if (!isDictionary(specifier)) return undefined
  const line = specifier["hcp"] ?? specifier["total"]
  return typeof line === "string" && /^-?\d+(?:\.\d+)?$/.test(line) ? Number(line) * 4 : undefined
}

const readPrice = (raw: unknown): WirePrice => {
  if (!isDictionary(raw)) return { token: "", state: "unreadable", odds: undefined }
  const { name, odds, price } = raw
  return { token: typeof name === "string" ? name : "", state: priceState(raw), odds: odds ?? price }
}

const priceState = (raw: Dictionary): WirePrice["state"] => {
  const { suspended } = raw
  if (suspended === true) return "suspended"
  if (suspended === false) return "open"
  return (suspended === undefined || suspended === null) && !hasSwitchOn(raw) ? "open" : "unreadable"
}
