/**
 * From Bet9ja's words to ours: which event it is, and the board of its odds. Pure.
 *
 * Bet9ja has no flag for suspension: a price that is withdrawn stays in its place as "1", "-" or "".
 */
import { Result } from "effect"
import { EventId } from "../../domain/Event.ts"
import type { ListedEvent } from "../../domain/Event.ts"
import { marketOf } from "../../domain/Market.ts"
import type { Market, MarketType } from "../../domain/Market.ts"
import { makeDraft } from "../wire/Draft.ts"
import type { Draft, Drafted } from "../wire/Draft.ts"
import type { Mapping } from "../wire/Mapping.ts"
import { cleanName, fault, idOf, instantOf, sportradarId } from "../wire/Reading.ts"
import type { Read } from "../wire/Reading.ts"
import { FIXED_LINES } from "./Markets.ts"
import type { Markets } from "./Markets.ts"
import type { WireDetail, WireEvent, WireGroup, WireMarket } from "./Wire.ts"

/** `undefined` for what is no match between two teams. A row of a list takes what it lacks from its group. */
export const listedEvent = (event: WireEvent, group: WireGroup | undefined): Read<ListedEvent | undefined> => {
  const [home = "", ...rest] = event.DS.split(" - ")
  const away = cleanName(rest.join(" - "))
  const id = idOf(event.ID)
  if (cleanName(home) === "" || away === "") return Result.succeed(undefined)
  if (id === undefined) return fault("$.ID", `${event.ID} is no id`)
  const kickoff = kickoffOf(event)
  if (kickoff === undefined)
    return fault("$.STARTDATE", `"${event.STARTDATEUTC ?? event.STARTDATE ?? ""}" of event ${id} is no instant`)
  const eventId = sportradarId(event.EXTID)
  return Result.succeed({
    bookmakerEventId: id,
    eventId: eventId === undefined ? undefined : EventId(eventId),
    home: cleanName(home),
    away,
    kickoff,
    competition: {
      nativeId: idOf(event.GID) ?? group?.id ?? "",
      name: cleanName(event.GN ?? group?.name ?? ""),
      country: cleanName(event.SG ?? group?.country ?? "")
    }
  })
}

export const normalize = ({ markets, names, strangers }: WireDetail, known: Markets): Drafted => {
  const draft = makeDraft()
  for (const key of strangers) draft.unmapped(key, cleanName(key), 1)
  if (strangers.length > 0) draft.reject(undefined)
  for (const market of markets) {
    const rows = known.get(market.id)
    const name = names.get(market.id) ?? market.id
    if (rows === undefined) {
      draft.unmapped(market.id, cleanName(name), market.prices.length)
      if (!MARKET_ID.test(market.id)) draft.reject(undefined)
    } else addMarket(draft, market, rows, name)
  }
  return draft.finish()
}

// Of the prematch and of the live feed. Without it a new separator would pass for markets that nobody knows.
const MARKET_ID = /^(?:LIVE)?S_[\dA-Z-]+$/

const addMarket = (draft: Draft, wire: WireMarket, rows: readonly Mapping[], name: string): void => {
  // More than one row: home and away share the key, and the suffix says whose price it is.
  const places = rows.map((row) => ({ outcomes: row.outcomes, market: marketAt(wire, row.type) }))
  for (const { token, value } of wire.prices) {
    const place = places.find(({ outcomes }) => outcomes.has(token))
    const outcome = place?.outcomes.get(token)
    if (place === undefined || outcome === undefined) {
      draft.unmapped(`${wire.id}/${token}`, cleanName(`${name}: ${token}`), 1)
      for (const { market } of places) draft.doubt(market)
    } else if (place.market === undefined) draft.reject(undefined)
    else if (SUSPENDED.has(value)) draft.suspended(place.market, outcome)
    else draft.open(place.market, outcome, value)
  }
}

const SUSPENDED: ReadonlySet<unknown> = new Set(["1", "-", "", 1])

const marketAt = ({ id, line }: WireMarket, type: MarketType): Market | undefined => {
  const fixed = FIXED_LINES.get(id)
  if (fixed !== undefined) return marketOf(type, fixed)
  if (!type.hasLine) return line === undefined ? marketOf(type) : undefined
  return line !== undefined && LINE.test(line) ? marketOf(type, Number(line)) : undefined
}

const LINE = /^-?\d{1,4}(?:\.\d{1,2})?$/

/** Without a zone and yet UTC, in every recording; older notes that call it Nigerian time are wrong. */
const kickoffOf = ({ STARTDATE, STARTDATEUTC }: WireEvent): number | undefined => {
  const text = (STARTDATEUTC ?? STARTDATE ?? "").replace(" ", "T")
  return instantOf(text.endsWith("Z") ? text : `${text}Z`)
}
