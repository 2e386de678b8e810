/**
 * Recordings read back into the simulator's content, for the round trip.
 *
 * What the encoder derives (line texts, specifiers, price keys) is not read but left to the encoder: a field
 * the decoder copied blindly would prove nothing.
 */
import { Option, Schema } from "effect"
import { existsSync, readFileSync } from "node:fs"
import type * as Bet9ja from "../../../src/simulator/bet9ja/Content.ts"
import type * as Betpawa from "../../../src/simulator/betpawa/Content.ts"
import type * as Sportybet from "../../../src/simulator/sportybet/Content.ts"

const SAMPLES = new URL("../../../../shared/bookmakers/samples/", import.meta.url)

export const hasRecordings = existsSync(SAMPLES)
export const recording = (name: string): unknown => JSON.parse(readFileSync(new URL(name, SAMPLES), "utf8"))

const Text = Schema.String
const Named = Schema.Struct({ id: Text, name: Text })
const Texts = Schema.Array(Text)
const record = <S extends Schema.Top>(value: S) => Schema.Record(Text, value)
const time = (text: string): number => Date.parse(text.includes("T") ? text : `${text.replace(" ", "T")}Z`)

const BetpawaWire = Schema.Struct({
  id: Text,
  participants: Schema.Array(Named),
  startTime: Text,
  totalMarketCount: Text,
  version: Text,
  widgets: Schema.Array(Schema.Struct({ id: Text, type: Text, retention: Schema.optionalKey(Text) })),
  category: Named,
  region: Named,
  competition: Named,
  additionalInfo: record(Schema.Boolean),
  marketCounters: Schema.Struct({ totalMarketGroupCount: Text, marketGroupCountByTab: record(Text) }),
  markets: Schema.Array(
    Schema.Struct({
      marketType: Schema.Struct({
        id: Text,
        name: Text,
        displayName: Text,
        explainer: Text,
        priority: Schema.Int,
        tabs: Texts,
        handicapType: Schema.optionalKey(Text)
      }),
      displayNameColumns: Schema.optionalKey(Texts),
      additionalInfo: record(Schema.Boolean),
      row: Schema.Array(
        Schema.Struct({
          id: Schema.optionalKey(Text),
          handicap: Schema.optionalKey(Schema.Int),
          prices: Schema.Array(
            Schema.Struct({
              id: Text,
              name: Text,
              typeId: Text,
              odds: Schema.Finite,
              displayName: Text,
              suspended: Schema.optionalKey(Schema.Boolean),
              additionalInfo: Schema.Struct({ anyUp: Text }),
              probability: Schema.Struct({ win: Schema.Finite, refund: Schema.Finite })
            })
          )
        })
      )
    })
  )
})

export const decodeBetpawa = (json: unknown): Betpawa.Event => {
  const wire = Schema.decodeUnknownSync(BetpawaWire)(json)
  const [home = NOBODY, away = NOBODY] = wire.participants
  return {
    id: wire.id,
    home: { id: home.id, name: home.name },
    away: { id: away.id, name: away.name },
    widgets: wire.widgets.map((widget) => ({ id: widget.id, type: widget.type, retention: widget.retention ?? null })),
    kickoff: time(wire.startTime),
    category: wire.category,
    region: wire.region,
    competition: wire.competition,
    inplay: wire.additionalInfo["inplayBooked"] === true,
    version: Number(wire.version),
    marketCount: Number(wire.totalMarketCount),
    groupCount: Number(wire.marketCounters.totalMarketGroupCount),
    groupCountByTab: Object.fromEntries(
      Object.entries(wire.marketCounters.marketGroupCountByTab).map(([tab, count]) => [tab, Number(count)])
    ),
    markets: wire.markets.map(({ marketType, row, displayNameColumns, additionalInfo }) => ({
      typeId: marketType.id,
      name: marketType.name,
      label: marketType.displayName,
      explainer: marketType.explainer,
      priority: marketType.priority,
      tabs: marketType.tabs,
      handicapType: marketType.handicapType ?? "",
      columns: displayNameColumns ?? [],
      cashout: additionalInfo["cashoutable"] === true,
      rows: row.map(({ id, handicap, prices }) => ({
        id: id ?? null,
        line: handicap === undefined ? null : handicap / 4,
        prices: prices.map((price) => ({
          id: price.id,
          name: price.name,
          typeId: price.typeId,
          milli: Math.round(price.odds * 1000),
          suspended: price.suspended === true,
          label: price.displayName,
          up: price.additionalInfo.anyUp,
          win: price.probability.win,
          refund: price.probability.refund
        }))
      }))
    }))
  }
}
const NOBODY = { id: "", name: "" }

const Flag = Schema.Literals([0, 1])
const SportybetWire = Schema.Struct({
  eventId: Text,
  gameId: Text,
  estimateStartTime: Schema.Int,
  status: Schema.Int,
  matchStatus: Schema.optionalKey(Text),
  setScore: Schema.optionalKey(Text),
  gameScore: Schema.optionalKey(Texts),
  period: Schema.optionalKey(Text),
  playedSeconds: Schema.optionalKey(Text),
  homeTeamId: Text,
  homeTeamName: Text,
  awayTeamId: Text,
  awayTeamName: Text,
  sport: Schema.Struct({ category: Schema.Struct({ id: Text, name: Text, tournament: Named }) }),
  totalMarketSize: Schema.optionalKey(Schema.Int),
  topTeam: Schema.optionalKey(Schema.Boolean),
  homeTeamIcon: Schema.optionalKey(Text),
  awayTeamIcon: Schema.optionalKey(Text),
  commentsNum: Schema.optionalKey(Schema.Int),
  topicId: Schema.optionalKey(Schema.Int),
  fixtureVenue: Schema.optionalKey(Schema.Struct({ name: Text })),
  eventSource: Schema.optionalKey(
    Schema.Struct({ preMatchSource: Schema.Struct({ sourceType: Text, sourceId: Text }) })
  ),
  markets: Schema.Array(
    Schema.Struct({
      id: Text,
      specifier: Schema.optionalKey(Text),
      product: Schema.Literals([1, 3]),
      desc: Text,
      status: Schema.Literals([0, 1, 2]),
      group: Text,
      groupId: Text,
      marketGuide: Schema.optionalKey(Text),
      title: Text,
      name: Text,
      favourite: Flag,
      farNearOdds: Schema.Literals([-1, 0, 1]),
      parameters: Schema.optionalKey(Texts),
      marketExtendVOS: Schema.optionalKey(Schema.Array(Schema.Struct({ name: Schema.Literals(["1UP", "2UP"]) }))),
      earlyPayoutMarkets: Schema.optionalKey(Schema.Array(Schema.Struct({ mappedSpecifier: Text }))),
      sourceType: Text,
      lastOddsChangeTime: Schema.Int,
      outcomes: Schema.Array(
        Schema.Struct({
          id: Text,
          odds: Text,
          probability: Text,
          isActive: Flag,
          cashOutIsActive: Schema.optionalKey(Flag),
          desc: Text
        })
      )
    })
  )
})

export const decodeSportybet = (json: unknown): Sportybet.Event => {
  const wire = Schema.decodeUnknownSync(SportybetWire)(json)
  const { id, name, tournament } = wire.sport.category
  return {
    eventId: wire.eventId,
    gameId: wire.gameId,
    kickoff: wire.estimateStartTime,
    status: wire.status,
    matchStatus: wire.matchStatus ?? "",
    live:
      wire.setScore === undefined
        ? null
        : {
            setScore: wire.setScore,
            gameScore: wire.gameScore ?? [],
            period: wire.period ?? "",
            played: wire.playedSeconds ?? ""
          },
    home: { id: wire.homeTeamId, name: wire.homeTeamName },
    away: { id: wire.awayTeamId, name: wire.awayTeamName },
    category: { id, name },
    tournament,
    totalMarketSize: wire.totalMarketSize ?? null,
    page:
      wire.fixtureVenue === undefined
        ? null
        : {
            topTeam: wire.topTeam === true,
            homeIcon: wire.homeTeamIcon ?? "",
            awayIcon: wire.awayTeamIcon ?? "",
            comments: wire.commentsNum ?? 0,
            topicId: wire.topicId ?? 0,
            venue: wire.fixtureVenue.name,
            source: wire.eventSource?.preMatchSource.sourceType ?? "",
            sourceId: wire.eventSource?.preMatchSource.sourceId ?? ""
          },
    markets: wire.markets.map((market) => ({
      id: market.id,
      specifier: market.specifier ?? null,
      product: market.product,
      desc: market.desc,
      status: market.status,
      group: market.group,
      groupId: market.groupId,
      guide: market.marketGuide ?? null,
      title: market.title,
      name: market.name,
      favourite: market.favourite === 1,
      farNear: market.farNearOdds,
      variants: (market.marketExtendVOS ?? []).map((variant) => variant.name),
      slider: market.parameters ?? null,
      earlyMinutes: minutesOf(market.earlyPayoutMarkets?.[0]?.mappedSpecifier),
      source: market.sourceType,
      changedAt: market.lastOddsChangeTime,
      outcomes: market.outcomes.map((outcome) => ({
        id: outcome.id,
        milli: Math.round(Number(outcome.odds) * 1000),
        probability: Number(outcome.probability),
        active: outcome.isActive === 1,
        cashOut: outcome.cashOutIsActive === undefined ? null : outcome.cashOutIsActive === 1,
        desc: outcome.desc
      }))
    }))
  }
}

const minutesOf = (specifier: string | undefined): number | null => {
  const minutes = /minsnr=(\d+)/.exec(specifier ?? "")?.[1]
  return minutes === undefined ? null : Number(minutes)
}

const Bet9jaWire = Schema.Struct({
  ID: Schema.Int,
  C: Text,
  EXTID: Text,
  DS: Text,
  STARTDATE: Text,
  GID: Schema.Int,
  GN: Text,
  GP: Schema.Int,
  SGID: Schema.Int,
  SG: Text,
  ST: Schema.Int,
  PLAYER_EID: Schema.Int,
  SPORTCAST_FIXTURE_ID: Schema.optionalKey(Text),
  IS_BETBUILDER: Schema.optionalKey(Schema.Boolean),
  ISSTREAMINGVIDEO: Schema.optionalKey(Schema.Boolean),
  CATMARKET: Schema.optionalKey(Schema.Array(Schema.Struct({ CODE: Text, VALUE: Text }))),
  O: record(Text),
  MK: Schema.Array(
    Schema.Struct({
      ID: Text,
      DS: Text,
      MDESC: Text,
      P: Text,
      VW: Text,
      GCAT: Text,
      MARKETID: Text,
      CNT: Text,
      CNTLABEL: Text,
      SGN: Texts,
      SGNK: Texts
    })
  )
})

export const decodeBet9ja = (json: unknown): Bet9ja.Event => {
  const wire = Schema.decodeUnknownSync(Bet9jaWire)(json)
  const [home = "", away = ""] = wire.DS.split(" - ")
  return {
    id: wire.ID,
    code: wire.C,
    sportradarId: wire.EXTID,
    home,
    away,
    kickoff: time(wire.STARTDATE),
    group: { id: wire.GID, name: wire.GN, priority: wire.GP },
    country: { id: wire.SGID, name: wire.SG },
    open: wire.ST === 1,
    page: {
      playerEventId: wire.PLAYER_EID,
      sportcastId: wire.SPORTCAST_FIXTURE_ID ?? "",
      betBuilder: wire.IS_BETBUILDER === true,
      streaming: wire.ISSTREAMINGVIDEO === true,
      categories: (wire.CATMARKET ?? []).map(({ CODE, VALUE }) => ({ code: CODE, name: VALUE }))
    },
    markets: wire.MK.map((market) => ({
      id: market.ID,
      name: market.DS,
      guide: market.MDESC,
      priority: Number(market.P),
      view: market.VW,
      category: market.GCAT,
      marketId: market.MARKETID,
      count: market.CNT,
      countLabel: market.CNTLABEL,
      suffixes: market.SGNK.map((suffix, at) => ({ suffix, label: market.SGN[at] ?? "" })),
      prices: Object.entries(wire.O).flatMap(([key, price]) =>
        Option.match(ownKey(market.ID, key), {
          onNone: () => [],
          onSome: ({ line, suffix }) => [
            { line, suffix, milli: Math.round(Number(price) * 1000), suspended: price === "1" }
          ]
        })
      )
    }))
  }
}

/** Line and suffix of a price key, if it is that market's. */
const ownKey = (id: string, key: string): Option.Option<{ readonly line: number | null; readonly suffix: string }> => {
  const rest = key.slice(id.length)
  if (!key.startsWith(id) || (rest[0] !== "_" && rest[0] !== "@")) return Option.none()
  const cut = rest.indexOf("_")
  return Option.some({ line: cut === 0 ? null : Number(rest.slice(1, cut)), suffix: rest.slice(cut + 1) })
}
