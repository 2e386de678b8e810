/**
 * Bet9ja on the wire: one flat object of prices keyed `S_MARKET@line_OUTCOME`, its lines and its markets beside it.
 *
 * Prices lose their trailing zeros and a withdrawn price stays in its place as "1". Times are UTC.
 */
import type { Event, Market } from "./Content.ts"

export const envelope = (data: unknown): object => ({ R: "OK", D: data })
export const NOT_FOUND = { R: "E", D: null }

export const encodeHeader = (event: Event): object => {
  const at = new Date(event.kickoff).toISOString().slice(0, 19).replace("T", " ")
  return {
    INCTYPE: 0,
    ST: event.open ? 1 : 0,
    GID: event.group.id,
    C: event.code,
    STARTDATE: at,
    SGID: event.country.id,
    EXTID: event.sportradarId,
    DS: `${event.home} - ${event.away}`,
    SID: 1,
    P: 0,
    PRV: 1,
    ENDVISIBILITYDATE: at,
    ID: event.id,
    PL: 0,
    TYPE: 0,
    GN: event.group.name,
    GP: event.group.priority,
    SG: event.country.name,
    S: "Soccer",
    EXCLUDED_BONUS: []
  }
}

/** The whole detail but its labels (`TRANS`), which are the same text for every event. */
export const encodeEvent = (event: Event): object => {
  const { page } = event
  return {
    ...encodeHeader(event),
    ...(page === null
      ? {}
      : {
          SPORTCAST_FIXTURE_ID: page.sportcastId,
          PLAYER_EID: page.playerEventId,
          PLAYER_SID: 301,
          IS_BOOSTED: false,
          IS_BETBUILDER: page.betBuilder,
          ISSTREAMINGVIDEO: page.streaming,
          BOOSTED_ODDS: [],
          BOOSTED_MARKETS: [],
          CATMARKET: page.categories.map(({ code, name }) => ({ CODE: code, VALUE: name })),
          MK: event.markets.map(encodeMarket)
        }),
    O: encodePrices(event.markets),
    AUX: encodeLines(event.markets)
  }
}

export const encodePrices = (markets: readonly Market[]): object => {
  const prices: { [key: string]: string } = {}
  for (const market of markets) {
    for (const { line, suffix, suspended, milli } of market.prices) {
      prices[line === null ? `${market.id}_${suffix}` : `${market.id}@${line}_${suffix}`] = suspended
        ? "1"
        : String(milli / 1000)
    }
  }
  return prices
}

const encodeMarket = (market: Market): object => ({
  ID: market.id,
  DS: market.name,
  MDESC: market.guide,
  P: String(market.priority),
  VW: market.view,
  GCAT: market.category,
  MARKETID: market.marketId,
  M_PAYOUT: "120",
  CNT: market.count,
  CNTLABEL: market.countLabel,
  SGN: market.suffixes.map(({ label }) => label),
  SGNK: market.suffixes.map(({ suffix }) => suffix)
})

const encodeLines = (markets: readonly Market[]): object => {
  const lines: { [id: string]: { [line: string]: number } } = {}
  for (const market of markets) {
    for (const { line } of market.prices) if (line !== null) (lines[market.id] ??= {})[String(line)] = line
  }
  return lines
}
