/** Small snapshots for tests: prices written as "market outcome price", suspended as "-", unreadable as "?". */
import { OPEN, SUSPENDED, UNREADABLE, makeBoardBuilder } from "../../src/domain/Board.ts"
import { BookmakerId } from "../../src/domain/Bookmaker.ts"
import { parseMarketKey } from "../../src/domain/Catalogue.ts"
import { CompetitionId } from "../../src/domain/Competition.ts"
import { EventId } from "../../src/domain/Event.ts"
import type { EventFacts } from "../../src/domain/Event.ts"
import { MarketKey } from "../../src/domain/Market.ts"
import type { Snapshot } from "../../src/domain/Snapshot.ts"

export const OURS = BookmakerId("betpawa-ng")
export const THEIRS = BookmakerId("sportybet-ng")
export const EVENT = EventId("68995116")

export const facts = (change: Partial<EventFacts> = {}): EventFacts => ({
  id: EVENT,
  home: "Wuhan Three Towns",
  away: "Qingdao Hainiu",
  kickoff: 100_000_000,
  competition: {
    id: CompetitionId("china-super-league"),
    name: "Super League",
    countryCode: "CN",
    countryName: "China"
  },
  ...change
})

export const boardOf = (...prices: readonly string[]) => {
  const builder = makeBoardBuilder()
  for (const price of prices) {
    const [key = "", outcome = "", text = ""] = price.split(" ")
    const market = parseMarketKey(key)
    if (market === undefined) throw new Error(`${key} is no market`)
    const index = market.type.outcomes.indexOf(outcome)
    if (index === -1) throw new Error(`${outcome} is no outcome of ${key}`)
    const state = text === "-" ? SUSPENDED : text === "?" ? UNREADABLE : OPEN
    builder.add(market, index, state === OPEN ? Number(text) : 0, state)
  }
  return builder.build()
}

export const snapshot = (
  observedAt: number,
  prices: readonly string[],
  change: Partial<Omit<Snapshot, "rejected">> & { readonly rejected?: readonly string[] } = {}
): Snapshot => {
  const { rejected = [], ...rest } = change
  return {
    eventId: EVENT,
    bookmakerId: OURS,
    phase: "PREMATCH",
    listed: {
      bookmakerEventId: "33289995",
      eventId: EVENT,
      home: "Wuhan Three Towns",
      away: "Qingdao Hainiu",
      kickoff: 100_000_000,
      competition: { nativeId: "13344", name: "Super League", country: "China" }
    },
    requestedAt: observedAt - 300,
    observedAt,
    publishedAt: undefined,
    scope: "FULL",
    board: boardOf(...prices),
    rejected: new Set(rejected.map((key) => MarketKey(key))),
    unkeyedReject: false,
    unmapped: [],
    finerPrices: 0,
    runId: undefined,
    ...rest
  }
}
