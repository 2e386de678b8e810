/**
 * Bet9ja's JSON as far as we use it: an envelope with `R` and `D`, groups, events, and one flat dictionary of odds.
 *
 * Collections come as lists or as dictionaries keyed by slot, whichever it likes. Prematch odds are strings,
 * live ones `{"v":1}`. Dates carry no zone and are UTC.
 */
import { Result, Schema } from "effect"
import { MOST_UNREAD } from "../../domain/Snapshot.ts"
import { fault, idOf, isDictionary, listOf, reader } from "../wire/Reading.ts"
import type { Dictionary, Read } from "../wire/Reading.ts"

export type WireEvent = (typeof Event)["Type"]

export interface WireGroup {
  readonly id: string
  readonly name: string
  readonly country: string
}

export interface WireGroups {
  readonly groups: readonly WireGroup[]
  /** Groups that have no id to ask for. */
  readonly nameless: number
}

export interface WireDetail {
  readonly event: WireEvent
  readonly markets: readonly WireMarket[]
  /** Bet9ja's own names of its markets by id, as far as the payload tells them. */
  readonly names: ReadonlyMap<string, string>
  /** Keys that do not follow the grammar. */
  readonly strangers: readonly string[]
}

export interface WireMarket {
  /** `S_OU`. */
  readonly id: string
  readonly line: string | undefined
  readonly prices: readonly WirePrice[]
}

export interface WirePrice {
  /** `O`. */
  readonly token: string
  readonly value: unknown
}

/** What the envelope says: data, or that Bet9ja knows no such thing. */
export type Envelope = { readonly known: true; readonly data: Dictionary } | { readonly known: false }

export const readEnvelope = (json: unknown): Read<Envelope> => {
  if (!isDictionary(json)) return fault("$", "Expected object")
  const { R: result, D: data } = json
  if (result === "E" || (result === "OK" && data === false)) return Result.succeed({ known: false })
  if (result !== "OK" && result !== "D") return fault("$.R", `Expected "OK", got ${String(result).slice(0, 20)}`)
  return isDictionary(data) ? Result.succeed({ known: true, data }) : fault("$.D", "Expected object")
}

/** The football groups that have events. */
export const readGroups = (data: Dictionary): Read<WireGroups> => {
  const sports = data["PAL"]
  const football = isDictionary(sports)
    ? sports["1"]
    : listOf(sports)?.find((sport) => isDictionary(sport) && sport["S_DESC"] === "Soccer")
  if (!isDictionary(football)) return fault("$.D.PAL.1", "Expected object")
  const countries = membersOf(football["SG"])
  if (countries === undefined) return fault("$.D.PAL.1.SG", "Expected object or array")
  const all = countries.flatMap(([, country]) =>
    (membersOf(country["G"]) ?? [])
      .filter(([, group]) => group["NUM"] !== 0)
      .map(([key, group]) => ({
        id: idOf(key ?? group["GID"] ?? group["ID"]),
        name: textOf(group["G_DESC"]),
        country: textOf(country["SG_DESC"])
      }))
  )
  const groups = all.flatMap(({ id, name, country }) => (id === undefined ? [] : [{ id, name, country }]))
  return Result.succeed({ groups, nameless: all.length - groups.length })
}

/** The events of a group; none when it has just run out of them. */
export const readGroup = (data: Dictionary): Read<readonly Read<WireEvent>[]> => rowsOf(data, readEvent)

/** The same with the odds that it shows of them, which may be none. */
export const readOdds = (data: Dictionary): Read<readonly Read<WireDetail>[]> =>
  rowsOf(data, (row) => (isDictionary(row) ? readDetail({ ...row, O: row["O"] ?? {} }) : fault("$", "Expected object")))

/** What rows that do not name their group take from it. */
export const readGroupItself = (id: string, { GN: name, SG: country }: Dictionary): WireGroup => ({
  id,
  name: textOf(name),
  country: textOf(country)
})

const rowsOf = <A>({ E: events }: Dictionary, read: (row: unknown) => Read<A>): Read<readonly Read<A>[]> => {
  if (events === undefined || events === null) return Result.succeed([])
  const rows = listOf(events)
  return rows === undefined ? fault("$.D.E", "Expected object or array") : Result.succeed(rows.map(read))
}

/** A live event keeps its header under `AA` and its clock and ids under `A`. */
export const readDetail = (data: Dictionary): Read<WireDetail> => {
  const { A: clock, AA: header, O: odds } = data
  const event = readEvent(
    isDictionary(header) ? { ...(isDictionary(clock) ? { EXTID: clock["EXTID"] } : {}), ...header } : data
  )
  if (Result.isFailure(event)) return Result.fail(event.failure)
  if (!isDictionary(odds)) return fault("$.D.O", "Expected object")
  const read = marketsOf(odds)
  const [stranger] = read.strangers
  return stranger !== undefined && read.strangers.length > MOST_UNREAD * Object.keys(odds).length
    ? fault("$.D.O", `${read.strangers.length} keys are like "${stranger.slice(0, 40)}"`)
    : Result.succeed({ event: event.success, names: namesOf(data["MK"]), ...read })
}

/** Groups the keys `<PREFIX>_<MARKET>[@<LINE>]_<OUTCOME>`, which come in any order; an outcome may contain what it likes. */
const marketsOf = (odds: Dictionary): Pick<WireDetail, "markets" | "strangers"> => {
  const markets = new Map<
    string,
    { readonly id: string; readonly line: string | undefined; readonly prices: WirePrice[] }
  >()
  const strangers: string[] = []
  let last: { readonly name: string; readonly prices: WirePrice[] } | undefined
  for (const key of Object.keys(odds)) {
    // Keys of a market mostly follow one another: then there is nothing to cut and to look up.
    if (last !== undefined && key.length > last.name.length + 1 && key.startsWith(`${last.name}_`)) {
      last.prices.push({ token: key.slice(last.name.length + 1), value: plain(odds[key]) })
      continue
    }
    const start = key.indexOf("_")
    const end = key.indexOf("_", start + 1)
    if (start < 1 || end <= start + 1 || end === key.length - 1) {
      strangers.push(key)
      continue
    }
    const name = key.slice(0, end)
    let market = markets.get(name)
    if (market === undefined) markets.set(name, (market = { ...nameParts(name), prices: [] }))
    market.prices.push({ token: key.slice(end + 1), value: plain(odds[key]) })
    last = { name, prices: market.prices }
  }
  return { markets: [...markets.values()], strangers }
}

const nameParts = (name: string): { readonly id: string; readonly line: string | undefined } => {
  const at = name.indexOf("@")
  return at === -1 ? { id: name, line: undefined } : { id: name.slice(0, at), line: name.slice(at + 1) }
}

const Maybe = <S extends Schema.Top>(schema: S) => Schema.optional(Schema.NullOr(schema))
const Id = Schema.Union([Schema.String, Schema.Finite])

const Event = Schema.Struct({
  ID: Id,
  EXTID: Maybe(Id),
  DS: Schema.String,
  STARTDATE: Maybe(Schema.String),
  STARTDATEUTC: Maybe(Schema.String),
  GID: Maybe(Id),
  GN: Maybe(Schema.String),
  SG: Maybe(Schema.String)
})

const readEvent = reader(Event)

const plain = (value: unknown): unknown => (isDictionary(value) ? value["v"] : value)

const textOf = (value: unknown): string => (typeof value === "string" ? value : "")

const membersOf = (value: unknown): readonly (readonly [string | undefined, Dictionary])[] | undefined => {
  const entries = Array.isArray(value)
    ? value.map((member: unknown) => [undefined, member] as const)
    : isDictionary(value)
      ? Object.entries(value)
      : undefined
  return entries?.flatMap(([key, member]) => (isDictionary(member) ? [[key, member] as const] : []))
}

const namesOf = (markets: unknown): ReadonlyMap<string, string> =>
  new Map(
    (listOf(markets) ?? []).flatMap((market) =>
      isDictionary(market) && typeof market["ID"] === "string" && typeof market["DS"] === "string"
        ? [[market["ID"], market["DS"]] as const]
        : []
    )
  )
