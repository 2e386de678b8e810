/**
 * The simulator's controls under `/_sim`, for tests, fault runs and people.
 *
 * GET  /_sim                     what it is and what it has done
 * GET  /_sim/events              the matches listed now, with all their ids
 * GET  /_sim/clock               POST {at?, advance_ms?, frozen?}
 * POST /_sim/move                {share}: so much of all markets moves now
 * GET  /_sim/faults?since=       all faults met; POST {bookmaker?, endpoint?, event?, kind, share?, count?, for_ms?, ms?, retry_after?, field?}
 * DELETE /_sim/faults?id=        ends commands
 * GET  /_sim/journal             servings per event; ?bookmaker=&event=[&changes=true] what was served
 *
 * The kind of a fault is a name (`429`, `slow`) or an id of the corpus of bad input (`H11`, `O99`, `M133-seconds`).
 */
import type { ServerResponse } from "node:http"
import { BOOKMAKERS } from "./catalogue/Template.ts"
import { FAULT_KINDS } from "./faults/Cases.ts"
import type { Faults } from "./faults/Faults.ts"
import type { PriceJournal } from "./PriceJournal.ts"
import { fieldOf, parsedJson } from "./Route.ts"
import type { SiteRequest } from "./Route.ts"
import type { Site } from "./Site.ts"
import type { SimulatorClock } from "./SimulatorClock.ts"
import { idsOf } from "./world/World.ts"
import type { World } from "./world/World.ts"

export interface Controlled {
  readonly about: { readonly seed: number; readonly events: number; readonly latency: string; readonly faults: string }
  readonly world: World
  readonly clock: SimulatorClock
  readonly faults: Faults
  readonly journal: PriceJournal
  readonly site: Site
}

export const control = (house: Controlled, request: SiteRequest, response: ServerResponse): void => {
  const { world, clock, faults, journal, site, about } = house
  const answer = (value: unknown, status = 200): void => {
    const body = JSON.stringify(value)
    response
      .writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(body) })
      .end(body)
  }
  const refuse = (message: string): void => answer({ message }, 400)
  const body = request.body === "" ? {} : parsedJson(request.body)
  const number = (name: string): number | undefined => {
    const value = fieldOf(body, name)
    return typeof value === "number" && Number.isFinite(value) ? value : undefined
  }
  switch (`${request.method} ${request.path}`) {
    case "GET ":
    case "GET /":
      return answer({
        ...about,
        time: clock.now(),
        frozen: clock.frozen,
        requests: site.requests,
        requestsTo: site.requestsTo,
        moves: world.moves
      })
    case "GET /events":
      return answer(
        world.calendar.upcoming(clock.now()).map((match) => ({
          sportradarId: match.sportradarId,
          kickoff: match.kickoff,
          name: `${match.home.name} - ${match.away.name}`,
          competition: match.tournament.name,
          country: match.tournament.country,
          ids: idsOf(world, match)
        }))
      )
    case "GET /clock":
      return answer({ time: clock.now(), frozen: clock.frozen })
    case "POST /clock": {
      const frozen = fieldOf(body, "frozen")
      if (frozen === true) clock.freeze()
      clock.set((number("at") ?? clock.now()) + (number("advance_ms") ?? 0))
      if (frozen === false) clock.thaw()
      return answer({ time: clock.now(), frozen: clock.frozen })
    }
    case "POST /move": {
      const share = number("share")
      if (share === undefined || share < 0 || share > 1) return refuse('/_sim/move needs {"share": 0…1}')
      world.move(clock.now(), share)
      return answer({ time: clock.now(), share })
    }
    case "GET /faults":
      return answer({
        active: faults.active(clock.now()),
        faults: faults.listed(Number(request.query.get("since") ?? "0"))
      })
    case "DELETE /faults": {
      const id = request.query.get("id")
      faults.clear(id === null ? undefined : Number(id))
      return answer({ active: faults.active(clock.now()) })
    }
    case "POST /faults":
      return order(house, body, number, answer, refuse)
    case "GET /journal": {
      const bookmaker = BOOKMAKERS.find((name) => name === request.query.get("bookmaker"))
      const event = request.query.get("event")
      if (bookmaker === undefined || event === null) return answer(journal.summary())
      return answer([...journal.read(bookmaker, event, request.query.get("changes") === "true")])
    }
    default:
      return answer({ message: `no control ${request.method} /_sim${request.path}` }, 404)
  }
}

const order = (
  { faults, clock }: Controlled,
  body: unknown,
  number: (name: string) => number | undefined,
  answer: (value: unknown) => void,
  refuse: (message: string) => void
): void => {
  const kind = FAULT_KINDS.find((name) => name === fieldOf(body, "kind"))
  if (kind === undefined) return refuse(`kind must be one of ${FAULT_KINDS.join(", ")}`)
  const named = fieldOf(body, "bookmaker")
  const endpoint = fieldOf(body, "endpoint")
  const bookmaker = BOOKMAKERS.find((name) => name === named)
  if (named !== undefined && bookmaker === undefined)
    return refuse(`bookmaker must be one of ${BOOKMAKERS.join(", ")}, got ${JSON.stringify(named)}`)
  if (endpoint !== undefined && endpoint !== "list" && endpoint !== "event")
    return refuse(`endpoint must be list or event, got ${JSON.stringify(endpoint)}`)
  const text = (name: string): string | undefined => {
    const value = fieldOf(body, name)
    return typeof value === "string" || typeof value === "number" ? String(value) : undefined
  }
  const lasts = number("for_ms")
  answer(
    faults.command({
      bookmaker,
      endpoint,
      event: text("event"),
      kind,
      share: number("share") ?? 1,
      left: number("count") ?? Number.MAX_SAFE_INTEGER,
      until: lasts === undefined ? Number.MAX_SAFE_INTEGER : clock.now() + lasts,
      delayMs: number("ms") ?? 8_000,
      retryAfter: text("retry_after"),
      field: text("field")
    })
  )
}
