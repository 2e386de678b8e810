/**
 * SportyBet on the wire: prices as text with two decimals, chances with ten, switches as 0 and 1.
 */
import type { Event, Market, Outcome } from "./Content.ts"

export const envelope = (data: unknown): object => ({ bizCode: 10_000, message: "0#0", data })

export const encodeEvent = (event: Event): object => {
  const { live, page } = event
  const head = {
    eventId: event.eventId,
    gameId: event.gameId,
    productStatus: "0#0",
    estimateStartTime: event.kickoff,
    status: event.status,
    ...(event.matchStatus === "" ? {} : { matchStatus: event.matchStatus }),
    homeTeamId: event.home.id,
    homeTeamName: event.home.name,
    awayTeamName: event.away.name,
    awayTeamId: event.away.id,
    sport: { id: "sr:sport:1", name: "Football", category: { ...event.category, tournament: event.tournament } },
    ...(event.totalMarketSize === null ? {} : { totalMarketSize: event.totalMarketSize }),
    markets: event.markets.map(encodeMarket)
  }
  const played =
    live === null
      ? head
      : { ...head, setScore: live.setScore, gameScore: live.gameScore, period: live.period, playedSeconds: live.played }
  if (page === null) return played
  const source = { sourceType: page.source, sourceId: page.sourceId }
  return {
    ...played,
    liveChannel: false,
    webViewLiveChannel: true,
    socialMediaLiveChannel: false,
    bookingStatus: "Booked",
    topTeam: page.topTeam,
    homeTeamIcon: page.homeIcon,
    awayTeamIcon: page.awayIcon,
    commentsNum: page.comments,
    topicId: page.topicId,
    fixtureVenue: { name: page.venue },
    giftGrabActivityResultVO: { activityEnabled: false, enabled: false },
    ai: false,
    bgEvent: false,
    matchTrackerNotAllowed: false,
    eventSource: { preMatchSource: source, liveSource: source },
    containsPcbb: false,
    banned: false
  }
}

// Fields are assigned one by one: this runs 360 times per payload, and spreading doubles its cost.
const encodeMarket = (market: Market): object => {
  const wire: { [field: string]: unknown } = { id: market.id }
  if (market.specifier !== null) wire["specifier"] = market.specifier
  wire["product"] = market.product
  wire["desc"] = market.desc
  wire["status"] = market.status
  wire["group"] = market.group
  wire["groupId"] = market.groupId
  if (market.guide !== null) wire["marketGuide"] = market.guide
  wire["title"] = market.title
  wire["name"] = market.name
  wire["favourite"] = market.favourite ? 1 : 0
  wire["outcomes"] = market.outcomes.map(encodeOutcome)
  if (market.slider !== null) {
    wire["mode"] = "slider"
    wire["parameters"] = market.slider
  }
  wire["farNearOdds"] = market.farNear
  if (market.variants.length > 0)
    wire["marketExtendVOS"] = market.variants.map((name) => ({
      name,
      rootMarketId: "1",
      nodeMarketId: name === "1UP" ? "60200" : "60100",
      notSupport: false
    }))
  wire["sourceType"] = market.source
  wire["lastOddsChangeTime"] = market.changedAt
  if (market.earlyMinutes !== null)
    wire["earlyPayoutMarkets"] = [earlyGoals(market.specifier ?? "", market.earlyMinutes)]
  wire["banned"] = false
  return wire
}

/** An over/under and its early-goals variant name each other; `total` is in both specifiers. */
const earlyGoals = (specifier: string, minutes: number): object => {
  const total = specifier.slice(specifier.lastIndexOf("total="))
  return {
    name: "over_under",
    sourceMarketId: "18",
    sourceSpecifier: total,
    mappedMarketId: "60180",
    mappedSpecifier: `minsnr=${minutes}|${total}`,
    supported: true
  }
}

const encodeOutcome = (outcome: Outcome): object => {
  const odds = twoDecimals(outcome.milli)
  const probability = outcome.probability === 0 ? "0E-10" : outcome.probability.toFixed(10)
  const isActive = outcome.active ? 1 : 0
  return outcome.cashOut === null
    ? { id: outcome.id, odds, probability, voidProbability: "0E-10", isActive, desc: outcome.desc }
    : {
        id: outcome.id,
        odds,
        probability,
        voidProbability: "0E-10",
        isActive,
        cashOutIsActive: outcome.cashOut ? 1 : 0,
        desc: outcome.desc
      }
}

/** `(milli / 1000).toFixed(2)`, at a third of its cost. */
const twoDecimals = (milli: number): string => {
  const cents = Math.round(milli / 10)
  const rest = cents % 100
  return `${(cents - rest) / 100}.${rest < 10 ? "0" : ""}${rest}`
}
