/**
 * From SportyBet's words to ours: which event it is, and the board of its odds. Pure.
 *
 * A market of theirs is an id and a specifier; which type of the catalogue it is may depend on both.
 */
import { Result } from "effect"
import { EventId } from "../../domain/Event.ts"
import type { ListedEvent } from "../../domain/Event.ts"
import { marketOf } from "../../domain/Market.ts"
import { makeDraft } from "../wire/Draft.ts"
import type { Draft, Drafted } from "../wire/Draft.ts"
import { cleanName, fault, millisOf, sportradarId } from "../wire/Reading.ts"
import type { Read } from "../wire/Reading.ts"
import type { Markets, Row } from "./Markets.ts"
import type { WireDetail, WireEvent, WireMarket, WireOutcome } from "./Wire.ts"

/** `undefined` for simulated football, which has no counterpart anywhere. */
export const listedEvent = (event: WireEvent): Read<ListedEvent | undefined> => {
  const { tournament, name: country } = event.sport.category
  const kickoff = millisOf(event.estimateStartTime)
  if (isSimulated(event)) return Result.succeed(undefined)
  const [home, away] = [cleanName(event.homeTeamName), cleanName(event.awayTeamName)]
  if (home === "" || away === "") return fault("$.homeTeamName", `no two teams in event ${event.eventId}`)
  if (kickoff === undefined)
    return fault("$.estimateStartTime", `${event.estimateStartTime} of event ${event.eventId} is no instant`)
  const id = sportradarId(event.eventId)
  return Result.succeed({
    bookmakerEventId: event.eventId,
    eventId: id === undefined ? undefined : EventId(id),
    home,
    away,
    kickoff,
    competition: { nativeId: tournament.id, name: cleanName(tournament.name), country: cleanName(country) }
  })
}

export const normalize = ({ event, markets, unkeyed }: WireDetail, known: Markets): Drafted => {
  const draft = makeDraft()
  draft.unkeyed(unkeyed)
  for (const market of markets) addMarket(draft, event, market, known)
  return draft.finish()
}

/** When the newest of the prices changed, by SportyBet's own clock. */
export const publishedAt = ({ markets }: WireDetail): number | undefined => {
  const newest = markets.reduce((latest, { changedAt }) => Math.max(latest, changedAt ?? 0), 0)
  return millisOf(newest)
}

const addMarket = (draft: Draft, event: WireEvent, wire: WireMarket, known: Markets): void => {
  const rows = known.get(wire.id) ?? []
  const place = rows.flatMap((row) => {
    const line = row.line(wire.specifier)
    return line === "another" ? [] : [{ row, line }]
  })[0]
  if (place === undefined) return draft.unmapped(unmappedId(wire, rows), cleanName(wire.name), wire.outcomes.length)
  const { row, line } = place
  const market = line === "unreadable" ? undefined : marketOf(row.type, line === "none" ? undefined : line)
  if (market === undefined || wire.state === "unreadable" || wire.outcomes.length === 0) return draft.reject(market)
  const suspended = wire.state === "suspended" || event.banned === true
  for (const outcome of wire.outcomes) {
    const token = tokenOf(row, outcome)
    const index = row.outcomes.get(token)
    if (token === "") draft.reject(market)
    else if (index === undefined) {
      draft.unmapped(`${wire.id}/${token}`, cleanName(`${wire.name}: ${outcome.label}`), 1)
      draft.doubt(market)
    } else if (suspended || outcome.state === "suspended") draft.suspended(market, index)
    else if (outcome.state === "open") draft.open(market, index, outcome.odds)
    else draft.unreadable(market, index)
  }
}

/** With its specifier where the catalogue knows the id and not this variant of it. */
const unmappedId = ({ id, specifier }: WireMarket, rows: readonly Row[]): string =>
  rows.length === 0 || specifier === undefined ? id : `${id}/${specifier}`

const tokenOf = (row: Row, outcome: WireOutcome): string => (row.by === "label" ? outcome.label : outcome.id)

const isSimulated = ({ homeTeamName, awayTeamName, sport }: WireEvent): boolean =>
  sport.id !== FOOTBALL ||
  [homeTeamName, awayTeamName, sport.category.tournament.name].some((name) => /\bSRL\b/.test(name))

const FOOTBALL = "sr:sport:1"
