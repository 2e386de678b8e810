/**
 * Bet9ja's part of the web: the tree of groups, the events of one group, event detail.
 *
 * Its collections are lists or dictionaries as it pleases: every second group and country is a dictionary,
 * keyed by slot. What is not found is `R:"E"` with status 200.
 */
import { json, listing } from "../Route.ts"
import type { Route, SiteRequest, Text } from "../Route.ts"
import type { Match } from "../world/Calendar.ts"
import { nativeId, numberOf } from "../world/Calendar.ts"
import type { World } from "../world/World.ts"
import { encodeEvent, encodeHeader, encodePrices, envelope, NOT_FOUND } from "./Encode.ts"
import { countryOf, eventContent, groupOf, LABELS } from "./Offering.ts"

const MISSING = json(NOT_FOUND)
const LIST_MARKETS: ReadonlySet<string> = new Set(["S_1X2", "S_DC", "S_OU"])
const LABELS_TAIL = `,"TRANS":${JSON.stringify(LABELS)}}}`

export const bet9jaRoute = (world: World, request: SiteRequest): Route | undefined => {
  const name = /^\/(?:desktop|mobile)\/feapi\/PalimpsestAjax\/(\w+)$/.exec(request.path)?.[1]
  const list = (answer: (time: number) => Text): Route => ({
    endpoint: "list",
    event: undefined,
    answer,
    gone: MISSING
  })
  switch (name) {
    case "GetSports":
      return list((time) => sports(world, time))
    case "GetEventsInGroup":
    case "GetEventsInGroupV2":
      return list((time) => group(world, Number(request.query.get("GROUPID") ?? "0"), time))
    case "GetEvent":
      return detail(world, request.query.get("EVENTID") ?? "")
    default:
      return undefined
  }
}

const detail = (world: World, id: string): Route => ({
  endpoint: "event",
  event: id,
  gone: MISSING,
  answer: (time) => {
    const match = Number.isInteger(numberOf("bet9ja", id)) ? world.find("bet9ja", id, time) : undefined
    if (match === undefined) return MISSING
    const offer = world.offer("bet9ja", match, time)
    const closed = time >= match.kickoff
    return {
      kind: "detail",
      match,
      offer,
      closed,
      // The labels never change, so they are not encoded again with each payload.
      encode: () =>
        JSON.stringify(envelope(encodeEvent(eventContent(match, offer, closed, undefined)))).slice(0, -2) + LABELS_TAIL
    }
  }
})

const group = (world: World, id: number, time: number): Text => {
  const matches = world.listed("bet9ja", time).filter((match) => groupOf(match).id === id)
  const [first] = matches
  if (first === undefined) return MISSING
  const shown = matches.map((match) => ({
    event: nativeId("bet9ja", match),
    match,
    offer: world.offer("bet9ja", match, time),
    wanted: LIST_MARKETS
  }))
  const events = shown.map(({ match, offer }) => {
    const content = eventContent(match, offer, false, LIST_MARKETS)
    return { ...encodeHeader(content), O: encodePrices(content.markets) }
  })
  const { tournament } = first
  return listing(
    envelope({
      SID: 1,
      S: "Soccer",
      SGID: countryOf(first).id,
      SG: countryOf(first).name,
      GID: id,
      GN: groupOf(first).name,
      E:
        tournament.index % 2 === 0
          ? events
          : Object.fromEntries(events.map((event, slot) => [String(1_000 + slot), event]))
    }),
    shown
  )
}

const sports = (world: World, time: number): Text => {
  const listed = world.listed("bet9ja", time)
  const countries = new Map<number, { first: Match; groups: Map<number, { G_DESC: string; NUM: number; D: string }> }>()
  for (const match of listed) {
    const country = countryOf(match),
      { id, name } = groupOf(match)
    let entry = countries.get(country.id)
    if (entry === undefined) countries.set(country.id, (entry = { first: match, groups: new Map() }))
    const known = entry.groups.get(id)
    const next = new Date(match.kickoff).toISOString().slice(0, 19).replace("T", " ")
    entry.groups.set(id, { G_DESC: name, NUM: (known?.NUM ?? 0) + 1, D: known?.D ?? next })
  }
  const SG = Object.fromEntries(
    [...countries].map(([id, { first, groups }]) => [
      id,
      {
        SG_DESC: countryOf(first).name,
        NUM: [...groups.values()].reduce((sum, { NUM }) => sum + NUM, 0),
        // A list has no keys, so its entries carry their id.
        G:
          first.tournament.countryIndex % 5 === 0
            ? [...groups].map(([GID, entry]) => ({ GID, ...entry }))
            : Object.fromEntries(groups)
      }
    ])
  )
  return json(envelope({ PAL: { "1": { S_DESC: "Soccer", NUM: listed.length, SG } } }))
}
