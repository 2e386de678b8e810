/**
 * A match as Bet9ja shows it.
 *
 * Home and away totals are one market on this wire though two in the catalogue; they are joined here.
 */
import { bet9jaCatalogue } from "../catalogue/Template.ts"
import type { Bet9jaTemplate } from "../catalogue/Template.ts"
import { hash } from "../Hashing.ts"
import { nativeId } from "../world/Calendar.ts"
import type { Match } from "../world/Calendar.ts"
import { spelledCountry, spelledTeam, spelledTournament } from "../world/Names.ts"
import type { Offer, OfferedMarket } from "../world/Offer.ts"
import type { Event, Market, Price } from "./Content.ts"

export const groupOf = (match: Match): { readonly id: number; readonly name: string; readonly priority: number } => ({
  id: 170_000 + 37 * match.tournament.index,
  name: spelledTournament("bet9ja", match.tournament.name),
  priority: 1 + match.tournament.index
})
export const countryOf = (match: Match): { readonly id: number; readonly name: string } => ({
  id: 12_000 + match.tournament.countryIndex,
  name: spelledCountry("bet9ja", match.tournament.country)
})

/** `wanted` limits the markets to those ids, as in lists; without it the event is a detail. */
export const eventContent = (
  match: Match,
  offer: Offer,
  closed: boolean,
  wanted: ReadonlySet<string> | undefined
): Event => {
  const markets = new Map<string, Market>()
  for (const offered of offer.markets) {
    const template = bet9jaCatalogue[offered.template.index]
    if (template === undefined || (wanted !== undefined && !wanted.has(template.id))) continue
    const prices = pricesOf(template, offered, closed)
    if (prices.length === 0) continue
    const joined = markets.get(template.id)
    markets.set(
      template.id,
      joined === undefined
        ? marketContent(template, prices)
        : { ...joined, suffixes: [...joined.suffixes, ...suffixesOf(template)], prices: [...joined.prices, ...prices] }
    )
  }
  return {
    id: Number(nativeId("bet9ja", match)),
    code: String(1_000 + (match.number % 9_000)),
    sportradarId: match.sportradarId,
    home: spelledTeam("bet9ja", match.home.name),
    away: spelledTeam("bet9ja", match.away.name),
    kickoff: match.kickoff,
    group: groupOf(match),
    country: countryOf(match),
    open: true,
    page:
      wanted !== undefined
        ? null
        : {
            playerEventId: 9_000_000 + (match.number % 900_000),
            sportcastId: String(500_000 + (hash(match.number, 61) % 90_000)),
            betBuilder: true,
            streaming: match.tournament.standing > 1,
            categories: CATEGORIES
          },
    markets: [...markets.values()]
  }
}

const CATEGORIES = [
  { code: "106", name: "COMBINED" },
  { code: "1", name: "POPULAR" },
  { code: "102", name: "HT" },
  { code: "999", name: "OTHER" },
  { code: "108", name: "CORNER" },
  { code: "104", name: "GOAL" },
  { code: "105", name: "HOMEAWAY" },
  { code: "103", name: "2T" }
]

const marketContent = (template: Bet9jaTemplate, prices: readonly Price[]): Market => ({
  id: template.id,
  name: template.name,
  guide: guideOf(template),
  priority: template.priority,
  view: template.view,
  category: template.category,
  marketId: template.marketId,
  count: template.count,
  countLabel: template.countLabel,
  suffixes: suffixesOf(template),
  prices
})

const suffixesOf = (template: Bet9jaTemplate): Market["suffixes"] =>
  template.outcomes.map(({ token, label }) => ({ suffix: token, label }))

const pricesOf = (template: Bet9jaTemplate, offered: OfferedMarket, closed: boolean): readonly Price[] => {
  const width = template.outcomes.length
  const prices: Price[] = []
  template.lines.forEach((line, lineAt) =>
    template.outcomes.forEach(({ token }, at) => {
      const milli = offered.prices[lineAt * width + at] ?? 0
      const suspended = closed || milli < 0
      if (milli !== 0)
        prices.push({
          suffix: token,
          line: line.text === "" ? null : line.value,
          milli: suspended ? 1000 : milli,
          suspended
        })
    })
  )
  return prices
}

const guideOf = (template: Bet9jaTemplate): string =>
  `You have to predict the outcome of ${template.name}. The result at the end of regular time counts.`

/** The labels of every market there is, sent with every detail: two thirds of the payload and no information. */
export const LABELS: object = Object.fromEntries(
  bet9jaCatalogue.flatMap((template) => [
    [`M#${template.id}`, { NAME: template.name, DESC: guideOf(template) }],
    [`MH#${template.id}`, template.outcomes.map(({ label }) => label).join("|")],
    ...template.outcomes.flatMap(({ token, label }) => [
      [`M#${template.id}_${token}`, label],
      [
        `MCU#${template.id}_${token}`,
        label === "1" ? "{T1}" : label === "2" ? "{T2}" : label === "X" ? "Draw" : `${label} ({HNDS})`
      ]
    ])
  ])
)
