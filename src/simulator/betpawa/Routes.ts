/**
 * BetPawa's part of the web: v4 lists by query, categories, event detail; v3 is gone.
 *
 * Without `Accept: application/json` the list comes as protobuf; here a few bytes that are none, because
 * nobody reads them. Lists show the 1X2 unless market types are named.
 */
import { fieldOf, json, listing, parsedJson } from "../Route.ts"
import type { Route, Shown, SiteRequest, Text } from "../Route.ts"
import { nativeId, numberOf } from "../world/Calendar.ts"
import type { Match } from "../world/Calendar.ts"
import type { World } from "../world/World.ts"
import { encodeEvent } from "./Encode.ts"
import { competitionOf, eventContent, FOOTBALL, regionOf } from "./Offering.ts"

const ROOT = "/api/sportsbook/v4"
const NOT_FOUND = json({ status: "NOT_FOUND", message: "Not found" }, 404)
const bad = (message: string): Text => json({ status: "BAD_REQUEST", message }, 400)
const PROTOBUF: Text = {
  kind: "text",
  status: 200,
  contentType: "application/x-protobuf",
  body: "\u0012\u0006\u0008\u0002\u0010\u0001"
}

export const betpawaRoute = (world: World, request: SiteRequest): Route | undefined => {
  const refusal = refusalOf(request)
  const list = (answer: (time: number) => Text): Route => ({
    endpoint: "list",
    event: undefined,
    answer: (time) => refusal ?? answer(time),
    gone: NOT_FOUND
  })
  const path = request.path
  if (path.startsWith("/api/sportsbook/v3/")) return list(() => NOT_FOUND)
  if (path === `${ROOT}/events/lists/by-queries`) return list((time) => byQueries(world, request.query.get("q"), time))
  if (path === `${ROOT}/categories/list/all` || path === `${ROOT}/categories/list`)
    return list((time) =>
      json({
        withRegions: [],
        onlyMeta: [{ category: FOOTBALL, eventCounts: { live: 0, upcoming: world.listed("betpawa", time).length } }]
      })
    )
  if (path === `${ROOT}/categories/list/2`)
    return list((time) =>
      json({ withRegions: [{ category: FOOTBALL, regions: regions(world.listed("betpawa", time)) }] })
    )
  const id = path.startsWith(`${ROOT}/events/`) ? path.slice(`${ROOT}/events/`.length) : undefined
  if (id === undefined || !Number.isInteger(numberOf("betpawa", id)))
    return id === undefined ? undefined : list(() => NOT_FOUND)
  return {
    endpoint: "event",
    event: id,
    gone: NOT_FOUND,
    answer: (time) => {
      if (refusal !== undefined) return refusal
      const match = world.find("betpawa", id, time)
      if (match === undefined) return NOT_FOUND
      const offer = world.offer("betpawa", match, time)
      const closed = time >= match.kickoff
      return {
        kind: "detail",
        match,
        offer,
        closed,
        encode: () => JSON.stringify(encodeEvent(eventContent(match, offer, closed, undefined)))
      }
    }
  }
}

const refusalOf = ({ headers }: SiteRequest): Text | undefined => {
  if (headers["x-pawa-brand"] === undefined) return bad("Missing request header 'x-pawa-brand'")
  return headers.accept?.includes("application/json") === true ? undefined : PROTOBUF
}

interface Query {
  readonly live: boolean
  readonly competitions: ReadonlySet<string> | undefined
  readonly wanted: ReadonlySet<string>
  readonly skip: number
  readonly take: number
}

const byQueries = (world: World, text: string | null, time: number): Text => {
  if (text === null) return bad("Request is empty")
  const queries = readQueries(text)
  if (queries === undefined) return bad("Malformed query")
  if (queries.some(({ take }) => take > 100)) return bad("The maximum number of events is 100")
  const listed = world.listed("betpawa", time)
  const shown: Shown[] = []
  const responses = queries.map(({ live, competitions, wanted, skip, take }) => {
    const chosen = live
      ? []
      : listed.filter((match) => competitions === undefined || competitions.has(competitionOf(match).id))
    const page = chosen.slice(skip, skip + take)
    // Past the end the inner list is left out, not empty.
    if (page.length === 0) return {}
    return {
      responses: page.map((match) => {
        const offer = world.offer("betpawa", match, time)
        shown.push({ event: nativeId("betpawa", match), match, offer, wanted })
        return encodeEvent(eventContent(match, offer, false, wanted))
      })
    }
  })
  return listing({ responses }, shown)
}

const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : [])

const count = (value: unknown, otherwise: number): number =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 ? value : otherwise

const readQueries = (text: string): readonly Query[] | undefined => {
  const queries = fieldOf(parsedJson(text), "queries")
  if (!Array.isArray(queries)) return undefined
  return queries.map((entry: unknown): Query => {
    const query = fieldOf(entry, "query")
    const zones = texts(fieldOf(fieldOf(query, "zones"), "competitions"))
    const wanted = texts(fieldOf(fieldOf(entry, "view"), "marketTypes"))
    return {
      live: fieldOf(query, "eventType") === "LIVE",
      competitions: zones.length === 0 ? undefined : new Set(zones),
      wanted: new Set(wanted.length === 0 ? ["3743"] : wanted),
      skip: count(fieldOf(entry, "skip"), 0),
      take: count(fieldOf(entry, "take"), 20)
    }
  })
}

const regions = (listed: readonly Match[]): readonly object[] => {
  const byRegion = new Map<string, { region: object; competitions: Map<string, { competition: object }> }>()
  for (const match of listed) {
    const region = regionOf(match)
    const competition = competitionOf(match)
    let entry = byRegion.get(region.id)
    if (entry === undefined) byRegion.set(region.id, (entry = { region, competitions: new Map() }))
    entry.competitions.set(competition.id, { competition })
  }
  return [...byRegion.values()].map(({ region, competitions }) => ({
    region,
    competitions: [...competitions.values()]
  }))
}
