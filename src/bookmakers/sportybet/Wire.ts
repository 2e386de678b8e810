/**
 * SportyBet's JSON as far as we use it: an envelope with `bizCode`, events, markets and outcomes.
 *
 * Markets are read by plain code, because they are nearly all of a payload; the rest by a schema, which names the
 * path of a fault. A market or outcome whose own state cannot be read is told as such, never taken for suspended.
 */
import { Result, Schema } from "effect"
import { fault, hasSwitchOn, idOf, isDictionary, reader } from "../wire/Reading.ts"
import type { Dictionary, Read } from "../wire/Reading.ts"

export type WireEvent = (typeof Event)["Type"]

export interface WireList {
  readonly totalNum: number | undefined
  readonly rows: readonly Read<WireEvent>[]
}

export interface WireDetail {
  readonly event: WireEvent
  readonly markets: readonly WireMarket[]
  /** Members of `markets` that are no markets at all. */
  readonly unkeyed: number
}

export interface WireMarket {
  readonly id: string
  readonly name: string
  readonly specifier: string | undefined
  readonly state: State
  readonly outcomes: readonly WireOutcome[]
  readonly changedAt: number | undefined
}

export interface WireOutcome {
  /** Empty where it could not be read, as is the label. */
  readonly id: string
  readonly label: string
  readonly state: State
  readonly odds: unknown
}

export type State = "open" | "suspended" | "unreadable"

/** What the envelope says: data, or that SportyBet knows no such thing. */
export type Envelope = { readonly known: true; readonly data: unknown } | { readonly known: false }

export const readEnvelope = (json: unknown): Read<Envelope> => {
  const read = envelope(json)
  if (Result.isFailure(read)) return Result.fail(read.failure)
  const { bizCode, message, data } = read.success
  if (bizCode === SUCCESS) return Result.succeed({ known: true, data })
  return bizCode === INVALID ? Result.succeed({ known: false }) : fault("$.bizCode", `${bizCode} ${message ?? ""}`)
}

/** One page; a tournament may come on several. */
export const readList = (data: unknown): Read<WireList> =>
  Result.map(list(data), (page) => ({
    totalNum: page.totalNum ?? undefined,
    rows: rowsOf(page).map(readEvent)
  }))

/** The rows of a page with the markets that it shows of them, which may be none. */
export const readOdds = (data: unknown): Read<readonly Read<WireDetail>[]> =>
  Result.map(list(data), (page) =>
    rowsOf(page).map((row) =>
      Result.map(readEvent(row), (event) => {
        const raw = isDictionary(row) ? row["markets"] : undefined
        return detail(event, Array.isArray(raw) ? raw : [])
      })
    )
  )

export const readDetail = (data: unknown): Read<WireDetail> => {
  const event = readEvent(data)
  if (Result.isFailure(event)) return Result.fail(event.failure)
  const raw = isDictionary(data) ? data["markets"] : undefined
  if (!Array.isArray(raw)) return fault("$.data.markets", "Expected array")
  return Result.succeed(detail(event.success, raw))
}

const SUCCESS = 10_000
const INVALID = 19_000

const envelope = reader(
  Schema.Struct({
    bizCode: Schema.Finite,
    message: Schema.optional(Schema.NullOr(Schema.String)),
    data: Schema.optional(Schema.Unknown)
  })
)

const Event = Schema.Struct({
  eventId: Schema.NonEmptyString,
  estimateStartTime: Schema.Finite,
  homeTeamName: Schema.String,
  awayTeamName: Schema.String,
  banned: Schema.optional(Schema.NullOr(Schema.Boolean)),
  sport: Schema.Struct({
    id: Schema.String,
    category: Schema.Struct({
      name: Schema.String,
      tournament: Schema.Struct({ id: Schema.String, name: Schema.String })
    })
  })
})

const readEvent = reader(Event)

const Page = Schema.Struct({
  totalNum: Schema.optional(Schema.NullOr(Schema.Finite)),
  tournaments: Schema.optional(
    Schema.NullOr(Schema.Array(Schema.Struct({ events: Schema.optional(Schema.NullOr(Schema.Array(Schema.Unknown))) })))
  )
})

const list = reader(Page)

const rowsOf = ({ tournaments }: (typeof Page)["Type"]): readonly unknown[] =>
  (tournaments ?? []).flatMap(({ events }) => events ?? [])

const detail = (event: WireEvent, raw: readonly unknown[]): WireDetail => {
  const markets = raw.flatMap((market) => readMarket(market) ?? [])
  return { event, markets, unkeyed: raw.length - markets.length }
}

const readMarket = (raw: unknown): WireMarket | undefined => {
  if (!isDictionary(raw) || !Array.isArray(raw["outcomes"])) return undefined
  const id = idOf(raw["id"])
  if (id === undefined) return undefined
  const { name, desc, specifier, lastOddsChangeTime } = raw
  return {
    id,
    name: firstText(name, desc) ?? id,
    specifier: typeof specifier === "string" && specifier !== "" ? specifier : undefined,
    state: marketState(raw),
    outcomes: raw["outcomes"].map(readOutcome),
    changedAt: typeof lastOddsChangeTime === "number" ? lastOddsChangeTime : undefined
  }
}

// Some markets have an empty name, and say what they are in their description.
const firstText = (...texts: readonly unknown[]): string | undefined =>
  texts.find((text): text is string => typeof text === "string" && text.trim() !== "")

const readOutcome = (raw: unknown): WireOutcome => {
  if (!isDictionary(raw)) return { id: "", label: "", state: "unreadable", odds: undefined }
  const { desc, odds } = raw
  return { id: idOf(raw["id"]) ?? "", label: typeof desc === "string" ? desc : "", state: outcomeState(raw), odds }
}

// Status 1 and 2 both occur on markets whose outcomes are still active: only 0 is open.
const marketState = (raw: Dictionary): State => {
  const { status, banned } = raw
  if (typeof status !== "number") return "unreadable"
  if (status !== 0 || banned === true) return "suspended"
  if (banned === false) return "open"
  return (banned === undefined || banned === null) && !hasSwitchOn(raw) ? "open" : "unreadable"
}

const outcomeState = ({ isActive, odds }: Dictionary): State => {
  if (isActive !== 0 && isActive !== 1) return "unreadable"
  return isActive === 1 && odds !== "0.00" ? "open" : "suspended"
}
