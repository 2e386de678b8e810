/** Messages of the stream as a server would send them, for tests of the client: whole entities, with a cursor chain. */
import type { OddsMessage } from "../../src/client/Board.ts"
import type { GridBookmaker, GridEvent, GridListing, GridOffer, OddsState } from "../../src/client/generated.ts"

const AT = "2026-11-20T20:00:00.000Z"

export const cursorAt = (n: number): string => String(n).padStart(6, "0")

export const event = (id: string, kickoff = AT): GridEvent => ({
  id,
  home: `Home ${id}`,
  away: `Away ${id}`,
  kickoff,
  competition: { id: "league", name: "League", countryCode: "NG", countryName: "Nigeria" }
})

export const listing = (eventId: string, bookmaker: string, state: OddsState = "CONFIRMED"): GridListing => ({
  id: `${eventId}/${bookmaker}`,
  eventId,
  state,
  since: AT,
  reason: null,
  confirmedAt: AT
})

export const offer = (eventId: string, bookmakerId: string, milli: number): GridOffer => ({
  id: `${eventId}/${bookmakerId}/1x2_ft`,
  eventId,
  bookmakerId,
  marketKey: "1x2_ft",
  state: "CONFIRMED",
  since: AT,
  reason: null,
  changedAt: AT,
  margin: null,
  outcomes: [{ outcome: "home", price: String(milli / 1_000), milli, previousMilli: null, state: "CONFIRMED" }]
})

export const bookmaker = (id: string, state: OddsState = "CONFIRMED"): GridBookmaker => ({
  id,
  name: id,
  ours: id === "ours",
  state,
  since: AT,
  reason: state === "CONFIRMED" ? null : { code: "BREAKER_OPEN", text: "Too many faults.", until: null }
})

export const message = (kind: OddsMessage["kind"], parts: Partial<OddsMessage> = {}): OddsMessage => ({
  kind,
  reason: kind === "SNAPSHOT" ? "FIRST" : null,
  page: 0,
  lastPage: true,
  cursor: cursorAt(1),
  previousCursor: null,
  serverTime: AT,
  durable: true,
  events: [],
  listings: [],
  offers: [],
  comparisons: [],
  confirmations: [],
  bookmakers: [],
  removed: [],
  ...parts
})

/** A step from one position to another. */
export const delta = (from: number, to: number, parts: Partial<OddsMessage> = {}): OddsMessage =>
  message("DELTA", { previousCursor: cursorAt(from), cursor: cursorAt(to), ...parts })
