/**
 * One request's way through the simulator: which site, how long, what goes wrong, what is answered.
 *
 * Waiting is done by timers, so a thousand slow answers cost nothing. A request whose client leaves is
 * forgotten. A price is journalled when its body is handed to the socket, never for a damaged body.
 */
import type { IncomingMessage, ServerResponse } from "node:http"
import { bet9jaRoute } from "./bet9ja/Routes.ts"
import { betpawaRoute } from "./betpawa/Routes.ts"
import type { BookmakerName } from "./catalogue/Template.ts"
import { CASES } from "./faults/Cases.ts"
import type { Faults, Met } from "./faults/Faults.ts"
import { hash, textWord } from "./Hashing.ts"
import { recordedLatency } from "./Latency.ts"
import { compress, Payloads } from "./Payloads.ts"
import type { PriceJournal } from "./PriceJournal.ts"
import type { Detail, Route, SiteRequest, Text } from "./Route.ts"
import { sportybetRoute } from "./sportybet/Routes.ts"
import type { SimulatorClock } from "./SimulatorClock.ts"
import type { World } from "./world/World.ts"

export interface SiteSettings {
  readonly seed: number
  readonly latency: "recorded" | "none"
}

const ROUTES: { readonly [Name in BookmakerName]: (world: World, request: SiteRequest) => Route | undefined } = {
  betpawa: betpawaRoute,
  sportybet: sportybetRoute,
  bet9ja: bet9jaRoute
}

export class Site {
  readonly #settings: SiteSettings
  readonly #world: World
  readonly #clock: SimulatorClock
  readonly #faults: Faults
  readonly #journal: PriceJournal
  readonly #payloads = new Payloads()
  #requests = 0
  readonly #requestsTo = { betpawa: 0, sportybet: 0, bet9ja: 0 }

  constructor(settings: SiteSettings, world: World, clock: SimulatorClock, faults: Faults, journal: PriceJournal) {
    this.#settings = settings
    this.#world = world
    this.#clock = clock
    this.#faults = faults
    this.#journal = journal
  }

  get requests(): number {
    return this.#requests
  }

  get requestsTo(): Readonly<Record<BookmakerName, number>> {
    return this.#requestsTo
  }

  answer(bookmaker: BookmakerName, siteRequest: SiteRequest, request: IncomingMessage, response: ServerResponse): void {
    const route = ROUTES[bookmaker](this.#world, siteRequest)
    if (route === undefined) {
      response.writeHead(404, { "content-type": "text/html" }).end("<html><body>Not found</body></html>")
      return
    }
    const ordinal = ++this.#requests
    this.#requestsTo[bookmaker]++
    const time = this.#clock.now()
    const match = route.event === undefined ? undefined : this.#world.find(bookmaker, route.event, time)
    const name = targetName(bookmaker, siteRequest)
    const met = this.#faults.meet(
      { bookmaker, endpoint: route.endpoint, name, event: route.event, match },
      time,
      ordinal
    )
    const latency =
      this.#settings.latency === "none"
        ? 0
        : recordedLatency(bookmaker, hash(this.#settings.seed, textWord(name), ordinal))
    const delay = met?.delayMs ?? latency
    const compressed = (request.headers["accept-encoding"] ?? "").includes("gzip")
    const go = (): void => this.#respond({ bookmaker, route, met, ordinal, compressed }, request, response)
    if (delay < 1) return go()
    const timer = setTimeout(go, delay)
    response.on("close", () => clearTimeout(timer))
  }

  #respond(asked: Asked, request: IncomingMessage, response: ServerResponse): void {
    const { bookmaker, route, met, ordinal, compressed } = asked
    if (response.destroyed) return
    const time = this.#clock.now()
    if (met?.kind === "gone") return sendText(response, route.gone, compressed, () => undefined)
    const good = route.answer(time)
    const fault = met === undefined ? undefined : CASES.get(met.kind)
    if (met !== undefined && fault !== undefined) {
      const { endpoint } = route
      const body = good.kind === "text" ? good.body : good.encode()
      return fault({ ...met, bookmaker, endpoint, request, response, good: body, now: time })
    }
    if (good.kind === "text") {
      return sendText(response, good, compressed, () => {
        const cuts: (() => void)[] = []
        for (const { event, match, offer, wanted } of good.shown ?? [])
          cuts.push(this.#journal.served(bookmaker, event, match, offer, false, this.#clock.now(), ordinal, wanted))
        onCut(response, () => cuts.forEach((cut) => cut()))
      })
    }
    this.#sendDetail(response, good, bookmaker, route.event ?? "", ordinal, compressed)
  }

  #sendDetail(
    response: ServerResponse,
    detail: Detail,
    bookmaker: BookmakerName,
    eventId: string,
    ordinal: number,
    compressed: boolean
  ): void {
    const { match, offer, closed } = detail
    const send = (body: Buffer | string, headers: { readonly [name: string]: string }): void => {
      if (response.destroyed) return
      const cut = this.#journal.served(bookmaker, eventId, match, offer, closed, this.#clock.now(), ordinal)
      onCut(response, cut)
      response.writeHead(200, {
        "content-type": "application/json;charset=UTF-8",
        "content-length": Buffer.byteLength(body),
        ...headers
      })
      response.end(body)
    }
    if (!compressed) return send(detail.encode(), {})
    this.#payloads.compressed(`${bookmaker}:${match.number}`, detail, (bytes) =>
      send(bytes, { "content-encoding": "gzip" })
    )
  }
}

interface Asked {
  readonly bookmaker: BookmakerName
  readonly route: Route
  readonly met: Met | undefined
  readonly ordinal: number
  readonly compressed: boolean
}

/** Tells when the connection ends before the last byte. */
const onCut = (response: ServerResponse, tell: () => void): void => {
  response.on("close", () => {
    if (!response.writableFinished) tell()
  })
}

/** `handed` is told when the body goes to the socket. */
const sendText = (response: ServerResponse, text: Text, compressed: boolean, handed: () => void): void => {
  const head = { "content-type": text.contentType }
  // Below a packet there is nothing to gain.
  if (!compressed || text.body.length < 1_400) {
    handed()
    response.writeHead(text.status, { ...head, "content-length": Buffer.byteLength(text.body) }).end(text.body)
    return
  }
  compress(text.body, (bytes) => {
    if (response.destroyed) return
    handed()
    response.writeHead(text.status, { ...head, "content-encoding": "gzip", "content-length": bytes.length }).end(bytes)
  })
}

/** What makes two requests the same: all but the parameters that only defeat caches. */
const targetName = (bookmaker: BookmakerName, { method, path, query, body }: SiteRequest): string => {
  const kept = [...query]
    .filter(([key]) => key !== "_t" && key !== "v_cache_version")
    .map(([key, value]) => `${key}=${value}`)
    .join("&")
  return `${bookmaker} ${method} ${path}?${kept}${body}`
}
