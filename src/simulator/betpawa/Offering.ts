/**
 * A match as BetPawa shows it: the world's prices put into BetPawa's rows.
 *
 * A suspended price stands at 0 with its flag, as the recording has it; the last price is not shown.
 */
import { betpawaCatalogue } from "../catalogue/Template.ts"
import type { BetpawaTemplate } from "../catalogue/Template.ts"
import { hash } from "../Hashing.ts"
import { nativeId } from "../world/Calendar.ts"
import type { Match } from "../world/Calendar.ts"
import { spelledCountry, spelledTeam, spelledTournament } from "../world/Names.ts"
import type { Offer, OfferedMarket } from "../world/Offer.ts"
import type { Event, Market, Price, Row } from "./Content.ts"

export const FOOTBALL = { id: "2", name: "Football" }
export const competitionOf = (match: Match): { readonly id: string; readonly name: string } => ({
  id: String(11_900 + match.tournament.index),
  name: spelledTournament("betpawa", match.tournament.name)
})
export const regionOf = (match: Match): { readonly id: string; readonly name: string } => ({
  id: String(100 + match.tournament.countryIndex),
  name: spelledCountry("betpawa", match.tournament.country)
})

/** `wanted` limits the markets to those type ids; the counts stay those of the whole offer. */
export const eventContent = (
  match: Match,
  offer: Offer,
  closed: boolean,
  wanted: ReadonlySet<string> | undefined
): Event => {
  const groupCountByTab: { [tab: string]: number } = {}
  const markets: Market[] = []
  let groupCount = 0
  for (const offered of offer.markets) {
    const template = betpawaCatalogue[offered.template.index]
    if (template === undefined || !offered.prices.some((price) => price !== 0)) continue
    groupCount++
    for (const tab of template.tabs) groupCountByTab[tab] = (groupCountByTab[tab] ?? 0) + 1
    if (wanted === undefined || wanted.has(template.id)) markets.push(marketContent(template, offered, match, closed))
  }
  const { sportradarId, number } = match
  return {
    id: nativeId("betpawa", match),
    home: { id: String(640_000 + match.home.number), name: spelledTeam("betpawa", match.home.name) },
    away: { id: String(640_000 + match.away.number), name: spelledTeam("betpawa", match.away.name) },
    widgets: [
      // A few carry the provider's prefix.
      { id: number % 33 === 0 ? `sr:match:${sportradarId}` : sportradarId, type: "SPORTRADAR", retention: "PREMATCH" },
      { id: String(13_000_000 + (hash(number, 41) % 900_000)), type: "GENIUSSPORTS", retention: null },
      { id: sportradarId, type: "SPORTRADAR", retention: "INPLAY" }
    ],
    kickoff: match.kickoff,
    category: FOOTBALL,
    region: regionOf(match),
    competition: competitionOf(match),
    inplay: true,
    version: offer.version + (closed ? 2 : 1),
    marketCount: groupCount + 28,
    groupCount,
    groupCountByTab,
    markets
  }
}

const marketContent = (template: BetpawaTemplate, offered: OfferedMarket, match: Match, closed: boolean): Market => ({
  typeId: template.id,
  name: template.name,
  label: template.label,
  explainer: `Pick the outcome of ${template.label.replaceAll(" | ", ", ").toLowerCase()}. Settled on regular playing time only.`,
  priority: template.priority,
  tabs: template.tabs,
  handicapType: template.handicapType,
  columns: template.columns,
  cashout: template.cashout,
  rows: template.lines.flatMap((line, at) => rowsOf(template, offered, match, closed, line.value, at))
})

/** One row per line, or as many as the layout has where its outcomes do not fit in one. */
const rowsOf = (
  template: BetpawaTemplate,
  offered: OfferedMarket,
  match: Match,
  closed: boolean,
  line: number | null,
  lineAt: number
): readonly Row[] => {
  const width = template.outcomes.length
  const rows: Row[] = []
  const base = match.number * 100_000 + template.index * 700 + lineAt * width
  let prices: Price[] = []
  template.outcomes.forEach((outcome, at) => {
    const milli = offered.prices[lineAt * width + at] ?? 0
    if (milli !== 0) {
      const suspended = closed || milli < 0
      prices.push({
        id: String(base + at),
        name: outcome.token,
        typeId: outcome.typeId,
        milli: suspended ? 0 : milli,
        suspended,
        label: outcome.label,
        up: template.up[at] ?? "NO_UP",
        win: Math.round(950_000_000 / Math.abs(milli)) / 1_000_000,
        refund: 0
      })
    }
    if (prices.length > 0 && ((at + 1) % template.rowSize === 0 || at + 1 === width)) {
      rows.push({ id: template.rowSize === width ? String(base) : null, line, prices })
      prices = []
    }
  })
  return rows
}
