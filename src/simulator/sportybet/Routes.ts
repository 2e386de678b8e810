/**
 * SportyBet's part of the web: upcoming pages, tournaments on request, the tree, event detail.
 *
 * Its errors are answers with status 200 and a `bizCode` of their own; only the wall in front of it uses
 * HTTP's. With `productId=1` a match not yet begun has no markets.
 */
import { fieldOf, json, listing, parsedJson, whole } from "../Route.ts"
import type { Route, Shown, SiteRequest, Text } from "../Route.ts"
import { nativeId } from "../world/Calendar.ts"
import type { Match } from "../world/Calendar.ts"
import type { World } from "../world/World.ts"
import { encodeEvent, envelope } from "./Encode.ts"
import { categoryOf, eventContent, tournamentOf } from "./Offering.ts"

const INVALID = json({ bizCode: 19_000, message: "Invalid" })
const MAIN_MARKETS = "1,18,10,29,11,26,36,14"
const HOUR = 3_600_000

export const sportybetRoute = (world: World, request: SiteRequest): Route | undefined => {
  const name = /^\/api\/[a-z]{2}\/factsCenter\/(\w+)$/.exec(request.path)?.[1]
  const list = (answer: (time: number) => Text): Route => ({
    endpoint: "list",
    event: undefined,
    answer,
    gone: INVALID
  })
  const { query } = request
  switch (name) {
    case "pcUpcomingEvents":
      return list((time) => upcoming(world, query, time))
    case "pcEvents":
      return list((time) => ofTournaments(world, request, time))
    case "popularAndSportList":
      return list((time) => tree(world, time))
    case "sportList":
      return list((time) =>
        json(envelope([{ id: "sr:sport:1", name: "Football", eventSize: world.listed("sportybet", time).length }]))
      )
    case "event":
      return detail(world, query.get("eventId") ?? "", query.get("productId") ?? "3")
    default:
      return undefined
  }
}

const detail = (world: World, id: string, product: string): Route => ({
  endpoint: "event",
  event: id,
  gone: INVALID,
  answer: (time) => {
    const match = world.find("sportybet", id, time)
    if (match === undefined) return INVALID
    const offer = world.offer("sportybet", match, time)
    const closed = time >= match.kickoff
    const content = () => eventContent(match, offer, closed, undefined)
    if (product === "1") return json(envelope(encodeEvent({ ...content(), markets: [] })))
    return { kind: "detail", match, offer, closed, encode: () => JSON.stringify(envelope(encodeEvent(content()))) }
  }
})

const wantedOf = (text: string | null): ReadonlySet<string> =>
  new Set((text === null || text === "" ? MAIN_MARKETS : text).split(","))

const shownAt = (world: World, match: Match, time: number, wanted: ReadonlySet<string>): Shown => ({
  event: nativeId("sportybet", match),
  match,
  offer: world.offer("sportybet", match, time),
  wanted
})

const listEvent = ({ match, offer, wanted }: Shown): object => encodeEvent(eventContent(match, offer, false, wanted))

/** Pages are cut by kickoff, so a tournament is on several of them. `timeline` is in hours; empty means all. */
const upcoming = (world: World, query: URLSearchParams, time: number): Text => {
  const hours = whole(query.get("timeline"), 0)
  const listed = world.listed("sportybet", time).filter((match) => hours === 0 || match.kickoff <= time + hours * HOUR)
  const size = Math.min(100, whole(query.get("pageSize"), 20))
  const page = Math.max(1, whole(query.get("pageNum"), 1))
  const wanted = wantedOf(query.get("marketId"))
  const tournaments = new Map<
    string,
    { id: string; name: string; categoryId: string; categoryName: string; events: object[] }
  >()
  const shown = listed.slice((page - 1) * size, page * size).map((match) => shownAt(world, match, time, wanted))
  for (const each of shown) {
    const { match } = each
    const { id, name } = tournamentOf(match)
    const category = categoryOf(match)
    let entry = tournaments.get(id)
    if (entry === undefined)
      tournaments.set(id, (entry = { id, name, categoryId: category.id, categoryName: category.name, events: [] }))
    entry.events.push(listEvent(each))
  }
  return listing(envelope({ totalNum: listed.length, tournaments: [...tournaments.values()] }), shown)
}

const MALFORMED: Text = { kind: "text", status: 403, contentType: "text/html", body: "" }

const ofTournaments = (world: World, request: SiteRequest, time: number): Text => {
  if (request.headers["content-type"]?.includes("application/json") !== true)
    return json({ bizCode: 19_999, message: "Internal error" }, 500)
  const body = parsedJson(request.body)
  if (!Array.isArray(body)) return MALFORMED
  const listed = world.listed("sportybet", time)
  const shown: Shown[] = []
  const answers = body.flatMap((entry: unknown) => {
    const ids = fieldOf(entry, "tournamentId")
    const markets = fieldOf(entry, "marketId")
    const wanted = wantedOf(typeof markets === "string" ? markets : null)
    return (Array.isArray(ids) ? ids.flat() : []).flatMap((id: unknown) => {
      const matches = listed.filter((match) => tournamentOf(match).id === id)
      const [first] = matches
      const rows = matches.map((match) => shownAt(world, match, time, wanted))
      shown.push(...rows)
      return first === undefined ? [] : [{ ...tournamentOf(first), events: rows.map(listEvent) }]
    })
  })
  return answers.length === 0 ? INVALID : listing(envelope(answers), shown)
}

const tree = (world: World, time: number): Text => {
  const listed = world.listed("sportybet", time)
  const categories = new Map<
    string,
    {
      id: string
      name: string
      eventSize: number
      tournaments: Map<string, { id: string; name: string; eventSize: number }>
    }
  >()
  for (const match of listed) {
    const { id, name } = categoryOf(match)
    const tournament = tournamentOf(match)
    let category = categories.get(id)
    if (category === undefined) categories.set(id, (category = { id, name, eventSize: 0, tournaments: new Map() }))
    category.eventSize++
    const known = category.tournaments.get(tournament.id)
    category.tournaments.set(tournament.id, { ...tournament, eventSize: (known?.eventSize ?? 0) + 1 })
  }
  return json(
    envelope({
      popularEvents: [],
      sportList: [
        {
          id: "sr:sport:1",
          name: "Football",
          eventSize: listed.length,
          categories: [...categories.values()].map((category) => ({
            ...category,
            tournaments: [...category.tournaments.values()]
          }))
        }
      ]
    })
  )
}
