/**
 * The fields of the three wire formats as they were described in 2026: those the adapters use, and those they ignore.
 *
 * What is used and does not come, or comes and is in neither list, is drift. An absent field is no fault by itself:
 * BetPawa leaves out what is null, false or empty.
 */

interface Described {
  readonly used: readonly string[]
  readonly ignored: readonly string[]
}

type Parts = { readonly [part: string]: Described }

const fields = (used: string, ignored: string): Described => ({ used: used.split(" "), ignored: ignored.split(" ") })

export const DESCRIBED: { readonly [bookmakerId: string]: Parts } = {
  "betpawa-ng": {
    event: fields(
      "id name participants startTime widgets region competition",
      "category markets totalMarketCount marketCounters additionalInfo results score neutralVenue inplayBooked comboCards version"
    ),
    market: fields("marketType row", "displayNameRows displayNameColumns additionalInfo"),
    outcome: fields("name odds suspended", "id typeId handicap displayName additionalInfo probability specifier price")
  },
  "sportybet-ng": {
    event: fields(
      "eventId estimateStartTime homeTeamName awayTeamName sport banned",
      "markets gameId status matchStatus productStatus bookingStatus homeTeamId awayTeamId setScore gameScore period playedSeconds " +
        "totalMarketSize eventSource bgEvent topTeam ai containsPcbb fixtureVenue homeTeamIcon awayTeamIcon commentsNum topicId liveChannel " +
        "webViewLiveChannel socialMediaLiveChannel giftGrabActivityResultVO matchTrackerNotAllowed"
    ),
    market: fields(
      "id name status outcomes banned specifier lastOddsChangeTime",
      "product desc title group groupId marketGuide favourite farNearOdds sourceType marketExtendVOS earlyPayoutMarkets parameters mode"
    ),
    outcome: fields("id desc odds isActive", "probability voidProbability cashOutIsActive")
  },
  "bet9ja-ng": {
    event: fields(
      "ID EXTID DS STARTDATE",
      "STARTDATEUTC GID GN SG O C ENDVISIBILITYDATE GP SGID SID S ST TYPE PL P PRV INCTYPE MKNUM AUX MK CATMARKET TRANS IS_BOOSTED " +
        "IS_BETBUILDER ISSTREAMINGVIDEO PLAYER_EID PLAYER_SID SPORTCAST_FIXTURE_ID EXCLUDED_BONUS BOOSTED_ODDS BOOSTED_MARKETS"
    ),
    market: fields("ID DS", "MDESC P VW GCAT MARKETID M_PAYOUT CNT CNTLABEL SGN SGNK")
  }
}

type Found = { readonly [key: string]: unknown }

/** The events, markets and outcomes anywhere in an answer, told by a field that only they have. */
export const partsOf = (json: unknown): ReadonlyMap<string, readonly Found[]> => {
  const found = new Map<string, Found[]>([
    ["event", []],
    ["market", []],
    ["outcome", []]
  ])
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(walk)
    if (!isFound(value)) return
    const part = partOf(value)
    if (part !== undefined) found.get(part)?.push(value)
    Object.values(value).forEach(walk)
  }
  walk(json)
  return found
}

const partOf = (value: Found): string | undefined => {
  if ("startTime" in value || "estimateStartTime" in value || "STARTDATE" in value) return "event"
  if ("marketType" in value || "outcomes" in value || "MARKETID" in value) return "market"
  return "typeId" in value || "isActive" in value ? "outcome" : undefined
}

const isFound = (value: unknown): value is Found => typeof value === "object" && value !== null && !Array.isArray(value)
