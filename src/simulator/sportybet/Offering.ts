/**
 * A match as SportyBet shows it: one market object per line, the line nearest to even marked as favourite.
 *
 * It suspends in three ways, all of which occur in the recordings: the market's status 1 or 2 with outcomes
 * still active, an inactive outcome at its last price, an inactive outcome at "0.00".
 */
import { sportybetCatalogue } from "../catalogue/Template.ts"
import type { Line, SportybetTemplate } from "../catalogue/Template.ts"
import { hash } from "../Hashing.ts"
import { nativeId } from "../world/Calendar.ts"
import type { Match } from "../world/Calendar.ts"
import { spelledCountry, spelledTeam, spelledTournament } from "../world/Names.ts"
import type { Offer, OfferedMarket } from "../world/Offer.ts"
import type { Event, Market, Outcome } from "./Content.ts"

export const tournamentOf = (match: Match): { readonly id: string; readonly name: string } => ({
  id: `sr:tournament:${17 + match.tournament.index}`,
  name: spelledTournament("sportybet", match.tournament.name)
})
export const categoryOf = (match: Match): { readonly id: string; readonly name: string } => ({
  id: `sr:category:${1 + match.tournament.countryIndex}`,
  name: spelledCountry("sportybet", match.tournament.country)
})

/** `wanted` limits the markets to those ids, as in lists; without it the event is a detail. */
export const eventContent = (
  match: Match,
  offer: Offer,
  closed: boolean,
  wanted: ReadonlySet<string> | undefined
): Event => {
  const home = spelledTeam("sportybet", match.home.name)
  const away = spelledTeam("sportybet", match.away.name)
  const fill = (text: string): string =>
    text.includes("{") ? text.replaceAll("{home}", home).replaceAll("{away}", away) : text
  const markets: Market[] = []
  let size = 0
  for (const offered of offer.markets) {
    const template = sportybetCatalogue[offered.template.index]
    if (template === undefined) continue
    size += template.lines.length
    if (wanted === undefined || wanted.has(template.id))
      addMarkets(markets, template, offered, { fill, closed, detail: wanted === undefined, match })
  }
  const word = hash(match.number, 51)
  return {
    eventId: nativeId("sportybet", match),
    gameId: String(10_000 + (match.number % 40_000)),
    // Kicked off and still shown is a late start: nothing can be bet on, and no score yet.
    kickoff: match.kickoff,
    status: 0,
    live: null,
    // Seven rows in a hundred of the real lists lack it.
    matchStatus: wanted !== undefined && word % 100 < 7 ? "" : "Not start",
    home: { id: `sr:competitor:${30_000 + match.home.number}`, name: home },
    away: { id: `sr:competitor:${30_000 + match.away.number}`, name: away },
    category: categoryOf(match),
    tournament: tournamentOf(match),
    totalMarketSize: wanted === undefined ? null : size,
    markets,
    page:
      wanted !== undefined
        ? null
        : {
            topTeam: match.tournament.standing === 3,
            homeIcon: `https://s.sporty.net/common/main/res/${match.home.number}.png`,
            awayIcon: `https://s.sporty.net/ng/main/res/${match.away.number}.png`,
            comments: 0,
            topicId: 19_000_000 + (word % 30_000_000),
            venue: `${match.home.name} Stadium`,
            source: "BET_RADAR",
            sourceId: word % 40 === 0 ? `1111111${match.sportradarId}` : match.sportradarId
          }
  }
}

interface Showing {
  readonly fill: (text: string) => string
  readonly closed: boolean
  readonly detail: boolean
  readonly match: Match
}

const addMarkets = (markets: Market[], template: SportybetTemplate, offered: OfferedMarket, showing: Showing): void => {
  const width = template.outcomes.length
  const main = mainLine(template, offered.prices)
  // One market in three is suspended by its status, the others outcome by outcome.
  const style = hash(showing.match.number, template.index, offered.changedAt, 52)
  template.lines.forEach((line, lineAt) => {
    const prices = offered.prices.slice(lineAt * width, (lineAt + 1) * width)
    if (!prices.some((price) => price !== 0)) return
    const all = showing.closed || prices.every((price) => price <= 0)
    const byStatus = all && style % 3 === 0
    const fill = (text: string): string => lineText(showing.fill(text), line)
    const outcomes: Outcome[] = []
    template.outcomes.forEach((outcome, at) => {
      const milli = prices[at] ?? 0
      if (milli === 0) return
      const shut = showing.closed || milli < 0
      const zero = shut && !byStatus && style % 3 === 1
      outcomes.push({
        id: outcome.token,
        milli: zero ? 0 : Math.abs(milli),
        probability: zero ? 0 : (0.95 * 1000) / Math.abs(milli),
        active: byStatus || !shut,
        cashOut: (template.id === "60200" || template.id === "60100") && at !== 1 ? true : null,
        desc: fill(outcome.label)
      })
    })
    markets.push({
      id: template.id,
      specifier: line.text === "" ? null : line.text,
      product: 3,
      desc: fill(template.desc),
      status: byStatus ? (style % 2 === 0 ? 1 : 2) : 0,
      group: template.group,
      groupId: template.groupId,
      guide: showing.detail ? guideOf(template) : null,
      title: template.title,
      name: template.name,
      favourite: lineAt === main,
      farNear: lineAt === main ? 1 : 0,
      outcomes,
      variants: template.id === "1" || template.id === "60200" || template.id === "60100" ? ["1UP", "2UP"] : [],
      slider: template.mode === "slider" ? template.parameters : null,
      earlyMinutes: template.id === "18" && showing.detail ? (EARLY_MINUTES[line.text] ?? null) : null,
      source: template.source,
      changedAt: Math.round(offered.changedAt)
    })
  })
}

const EARLY_MINUTES: { readonly [specifier: string]: number } = { "total=1.5": 10, "total=2.5": 30, "total=3.5": 50 }

/** The line whose two sides are nearest to each other; −1 where there is but one. */
const mainLine = (template: SportybetTemplate, prices: readonly number[]): number => {
  if (template.lines.length < 2) return -1
  const width = template.outcomes.length
  let best = -1
  let least = Infinity
  for (let line = 0; line < template.lines.length; line++) {
    const first = Math.abs(prices[line * width] ?? 0)
    const last = Math.abs(prices[(line + 1) * width - 1] ?? 0)
    const distance = first === 0 || last === 0 ? Infinity : Math.abs(Math.log(first / last))
    if (distance < least) {
      least = distance
      best = line
    }
  }
  return best
}

const lineText = (text: string, line: Line): string => {
  if (!text.includes("{")) return text
  const value = line.value ?? 0
  return text
    .replace("{line}", String(value))
    .replace("{score}", line.text.slice(4))
    .replace("{minute}", /minute=(\d+)/.exec(line.text)?.[1] ?? "")
    .replace("{signedHome}", signed(value))
    .replace("{signedAway}", signed(-value))
}

/** Whole handicaps are written with a decimal in the text though not in the specifier. */
const signed = (value: number): string =>
  value === 0 ? "(0)" : `(${value > 0 ? "+" : ""}${Number.isInteger(value) ? value.toFixed(1) : value})`

const guideOf = (template: SportybetTemplate): string =>
  `Predict the outcome of ${template.name} in regular time. Half lines are won or lost, whole lines may be void. Overtime is not included.`
