/**
 * From BetPawa's words to ours: which event it is, and the board of its odds. Pure.
 *
 * A line is `handicap / 4` for every kind of handicap; the texts beside it are relative to the shown side and not used.
 */
import { Result } from "effect"
import type { ListedEvent } from "../../domain/Event.ts"
import { EventId } from "../../domain/Event.ts"
import { marketOf } from "../../domain/Market.ts"
import type { Market } from "../../domain/Market.ts"
import { makeDraft } from "../wire/Draft.ts"
import type { Draft, Drafted } from "../wire/Draft.ts"
import type { Mapping } from "../wire/Mapping.ts"
import { cleanName, fault, idOf, instantOf, sportradarId } from "../wire/Reading.ts"
import type { Read } from "../wire/Reading.ts"
import { RANGES } from "./Markets.ts"
import type { Markets } from "./Markets.ts"
import type { WireDetail, WireEvent, WireMarket, WireRow } from "./Wire.ts"

export const listedEvent = (event: WireEvent): Read<ListedEvent> => {
  const [home, away] = teams(event)
  const kickoff = instantOf(event.startTime)
  if (idOf(event.id) === undefined) return fault("$.id", "an id that cannot be asked for")
  if (home === "" || away === "") return fault("$.participants", `no two teams in event ${event.id}`)
  if (kickoff === undefined) return fault("$.startTime", `"${event.startTime}" of event ${event.id} is no instant`)
  const id = sportradarId(event.widgets?.find(({ type }) => type === "SPORTRADAR")?.id)
  return Result.succeed({
    bookmakerEventId: event.id,
    eventId: id === undefined ? undefined : EventId(id),
    home,
    away,
    kickoff,
    competition: {
      nativeId: event.competition.id,
      name: cleanName(event.competition.name),
      country: cleanName(event.region?.name ?? "")
    }
  })
}

export const normalize = ({ markets, unkeyed }: WireDetail, known: Markets): Drafted => {
  const draft = makeDraft()
  draft.unkeyed(unkeyed)
  for (const market of markets) {
    const mapping = known.get(market.id)?.[0]
    if (mapping === undefined) draft.unmapped(market.id, cleanName(market.name), outcomesOf(market))
    else for (const row of market.rows) addRow(draft, market, mapping, row)
  }
  return draft.finish()
}

const addRow = (draft: Draft, wire: WireMarket, mapping: Mapping, row: WireRow): void => {
  const market = marketAt(wire, mapping, row.handicap)
  if (market === undefined || row.prices.length === 0) return draft.reject(market)
  for (const { token, state, odds } of row.prices) {
    const outcome = mapping.outcomes.get(token)
    if (token === "") draft.reject(market)
    else if (outcome === undefined) {
      draft.unmapped(`${wire.id}/${token}`, cleanName(`${wire.name}: ${token}`), 1)
      draft.doubt(market)
    } else if (state === "suspended") draft.suspended(market, outcome)
    else if (state === "open") draft.open(market, outcome, odds)
    else draft.unreadable(market, outcome)
  }
}

const marketAt = (wire: WireMarket, { type }: Mapping, handicap: unknown): Market | undefined => {
  if (!type.hasLine || RANGES.has(wire.id)) return marketOf(type)
  return typeof handicap === "number" && Number.isInteger(handicap) ? marketOf(type, handicap / 4) : undefined
}

const outcomesOf = ({ rows }: WireMarket): number => rows.reduce((sum, { prices }) => sum + prices.length, 0)

/** By position where it is told; the name is the fallback, and ends in `(n)` on neutral ground. */
const teams = ({ name, participants }: WireEvent): readonly [string, string] => {
  const at = (position: number) => participants?.find((one) => one.position === position)?.name
  const [first = "", ...rest] = (name ?? "").replace(/ \(n\)$/, "").split(" - ")
  return [cleanName(at(1) ?? first), cleanName(at(2) ?? rest.join(" - "))]
}
