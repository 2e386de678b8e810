/**
 * BetPawa v4 on the wire: empty, false and null fields are left out, some counts are strings.
 *
 * Lines travel as quarters, and once more as text on every price; the draw of a European handicap shows
 * the side that gives the goals.
 */
import type { Event, Market, Price, Row } from "./Content.ts"

export const encodeEvent = (event: Event): object => ({
  id: event.id,
  name: `${event.home.name} - ${event.away.name}`,
  widgets: event.widgets.map(({ id, type, retention }) => ({ id, type, ...(retention === null ? {} : { retention }) })),
  participants: [
    { id: event.home.id, name: event.home.name, position: 1 },
    { id: event.away.id, name: event.away.name, position: 2 }
  ],
  startTime: `${new Date(event.kickoff).toISOString().slice(0, 19)}Z`,
  totalMarketCount: String(event.marketCount),
  category: event.category,
  region: event.region,
  competition: event.competition,
  additionalInfo: event.inplay ? { inplayBooked: true, inplayBookedActual: true } : {},
  version: String(event.version),
  markets: event.markets.map(encodeMarket),
  marketCounters: {
    totalMarketGroupCount: String(event.groupCount),
    marketGroupCountByTab: Object.fromEntries(
      Object.entries(event.groupCountByTab).map(([tab, count]) => [tab, String(count)])
    )
  }
})

const encodeMarket = (market: Market): object => ({
  marketType: {
    id: market.typeId,
    name: market.name,
    displayName: market.label,
    explainer: market.explainer,
    priority: market.priority,
    tabs: market.tabs,
    ...(market.handicapType === "" ? {} : { handicapType: market.handicapType })
  },
  row: market.rows.map((row) => encodeRow(row, market.handicapType)),
  ...(market.columns.length === 0 ? {} : { displayNameColumns: market.columns }),
  additionalInfo: market.cashout ? { cashoutable: true } : {}
})

const encodeRow = (row: Row, handicapType: string): object => {
  const { id, line } = row
  const prices = row.prices.map((price) => encodePrice(price, line, handicapType))
  const known = id === null ? {} : { id }
  if (line === null) return { ...known, prices }
  if (handicapType === "NUMBER_SPECIFIER") return { ...known, handicap: line * 4, prices }
  return {
    ...known,
    handicap: line * 4,
    prices,
    specifier: handicapType === "NORMAL" ? { total: String(line) } : { hcp: String(line) }
  }
}

const encodePrice = (price: Price, line: number | null, handicapType: string): object => {
  const handicap =
    line === null || handicapType === "NUMBER_SPECIFIER"
      ? undefined
      : handicapType === "NORMAL"
        ? String(line)
        : handicapType === "ASIAN"
          ? signed(price.name === "1" ? line : -line)
          : sideText(price.name, line)
  const wire = {
    id: price.id,
    name: price.name,
    typeId: price.typeId,
    odds: price.milli / 1000,
    displayName: price.label,
    additionalInfo: { anyUp: price.up },
    probability: { win: price.win, refund: price.refund }
  }
  const lined =
    handicap === undefined
      ? wire
      : handicapType === "NORMAL"
        ? { ...wire, handicap }
        : { ...wire, handicap, specifier: { hcp: handicap } }
  return price.suspended ? { ...lined, suspended: true } : lined
}

const sideText = (name: string, line: number): string =>
  name === "1" || (name === "X" && line < 0) ? `Home ${signed(line)}` : `Away ${signed(-line)}`

const signed = (line: number): string => (line > 0 ? `+${line}` : String(line === 0 ? 0 : line))
