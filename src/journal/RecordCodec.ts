/**
 * Records as compact JSON: tuples instead of objects, because field names would be most of the bytes.
 *
 * `decode(encode(record))` is the record, exactly. Markets are written by key and outcome keys, never by
 * position in a catalogue that may grow. What is read back was written here and is guarded by a checksum
 * in the journal, so it is not checked a second time.
 */
import { BookmakerId } from "../domain/Bookmaker.ts"
import { CompetitionId } from "../domain/Competition.ts"
import { EventId } from "../domain/Event.ts"
import type { EventFacts, Phase } from "../domain/Event.ts"
import type { OddsState, Reason, ReasonCode, Standing } from "../domain/Freshness.ts"
import type { Confirmation, ListingState, MarketState, OutcomeState, Record } from "../domain/Record.ts"
import { readSlot } from "./RetiredMarkets.ts"

export const encode = (record: Record): Uint8Array => encoder.encode(encodeText(record))

/** What `encode` writes, for whoever has a place of its own to write it to. */
export const encodeText = (record: Record): string => JSON.stringify(toWire(record))

export const decode = (bytes: Uint8Array): Record => {
  const wire: WireRecord = JSON.parse(decoder.decode(bytes))
  return fromWire(wire)
}

type WireReason = readonly [ReasonCode, string] | readonly [ReasonCode, string, number]
type WireStanding = readonly [OddsState, number] | readonly [OddsState, number, WireReason]
type WireFacts = readonly [string, string, string, number, string, string, string, string]
type WireMarket = readonly [
  key: string,
  outcomes: readonly string[],
  milli: readonly number[],
  previous: readonly number[],
  states: string,
  changedAt: number,
  standing: WireStanding
]
type WireListing = readonly [
  string,
  number,
  readonly (readonly [string, string, number])[],
  WireStanding,
  competition?: string
]
type WireConfirmation = readonly [WireFacts, Phase, readonly string[] | 0, number]
type WireRecord =
  | readonly ["E", number, string, WireFacts | null, WireFacts | null]
  | readonly ["B", number, string, WireStanding]
  | readonly ["L", number, WireFacts, string, Phase, WireListing]
  | readonly ["M", number, WireFacts, string, Phase, number | null, string | null, readonly WireMarket[]]
  | readonly ["C", number, string, readonly WireConfirmation[]]
  | readonly ["G", number, number, number, WireReason]
  | readonly ["A", number, WireFacts, string, Phase, WireListing, readonly WireMarket[]]

const toWire = (record: Record): WireRecord => {
  const { at } = record
  switch (record.kind) {
    case "EVENT":
      return [
        "E",
        at,
        record.eventId,
        record.before ? facts(record.before) : null,
        record.after ? facts(record.after) : null
      ]
    case "BOOKMAKER":
      return ["B", at, record.bookmakerId, standing(record)]
    case "LISTING":
      return ["L", at, facts(record.event), record.bookmakerId, record.phase, listing(record.listing)]
    case "MARKETS":
      return [
        "M",
        at,
        facts(record.event),
        record.bookmakerId,
        record.phase,
        record.publishedAt ?? null,
        record.runId ?? null,
        record.markets.map(market)
      ]
    case "CONFIRMED":
      return ["C", at, record.bookmakerId, record.listings.map(confirmation)]
    case "GAP":
      return ["G", at, record.from, record.to, reason(record.reason)]
    case "BASE":
      return [
        "A",
        at,
        facts(record.event),
        record.bookmakerId,
        record.phase,
        listing(record.listing),
        record.markets.map(market)
      ]
  }
}

const facts = ({ id, home, away, kickoff, competition: c }: EventFacts): WireFacts => [
  id,
  home,
  away,
  kickoff,
  c.id,
  c.name,
  c.countryCode,
  c.countryName
]

const reason = ({ code, text, until }: Reason): WireReason => (until === undefined ? [code, text] : [code, text, until])

const standing = ({ state, since, reason: why }: Standing): WireStanding =>
  why === undefined ? [state, since] : [state, since, reason(why)]

const listing = (state: ListingState): WireListing => [
  state.bookmakerEventId,
  state.mappedCount,
  state.unmapped.map(({ nativeId, name, outcomeCount }) => [nativeId, name, outcomeCount] as const),
  standing(state),
  ...(state.bookmakerCompetitionId === undefined ? ([] as const) : ([state.bookmakerCompetitionId] as const))
]

const market = (state: MarketState): WireMarket => [
  state.market.key,
  state.layout.outcomes,
  state.milli,
  state.previous,
  stateLetters(state.states),
  state.changedAt,
  standing(state)
]

const confirmation = ({ event, phase, scope, observedAt }: Confirmation): WireConfirmation => [
  facts(event),
  phase,
  scope === "FULL" ? 0 : [...scope],
  observedAt
]

const fromWire = (wire: WireRecord): Record => {
  switch (wire[0]) {
    case "E": {
      const [, at, eventId, before, after] = wire
      return {
        kind: "EVENT",
        at,
        eventId: EventId(eventId),
        before: before === null ? undefined : readFacts(before),
        after: after === null ? undefined : readFacts(after)
      }
    }
    case "B":
      return { kind: "BOOKMAKER", at: wire[1], bookmakerId: BookmakerId(wire[2]), ...readStanding(wire[3]) }
    case "L":
      return { kind: "LISTING", ...readAbout(wire), listing: readListing(wire[5]) }
    case "M":
      return {
        kind: "MARKETS",
        ...readAbout(wire),
        publishedAt: wire[5] ?? undefined,
        runId: wire[6] ?? undefined,
        markets: wire[7].map(readMarket)
      }
    case "C":
      return {
        kind: "CONFIRMED",
        at: wire[1],
        bookmakerId: BookmakerId(wire[2]),
        listings: wire[3].map(readConfirmation)
      }
    case "G":
      return { kind: "GAP", at: wire[1], from: wire[2], to: wire[3], reason: readReason(wire[4]) }
    case "A":
      return { kind: "BASE", ...readAbout(wire), listing: readListing(wire[5]), markets: wire[6].map(readMarket) }
  }
}

const readAbout = ([, at, event, bookmakerId, phase]: readonly [
  string,
  number,
  WireFacts,
  string,
  Phase,
  ...unknown[]
]) => ({ at, event: readFacts(event), bookmakerId: BookmakerId(bookmakerId), phase })

const readFacts = ([id, home, away, kickoff, competition, name, countryCode, countryName]: WireFacts): EventFacts => ({
  id: EventId(id),
  home,
  away,
  kickoff,
  competition: { id: CompetitionId(competition), name, countryCode, countryName }
})

const readReason = ([code, text, until]: WireReason): Reason =>
  until === undefined ? { code, text } : { code, text, until }

const readStanding = ([state, since, why]: WireStanding): Standing =>
  why === undefined ? { state, since } : { state, since, reason: readReason(why) }

const readListing = ([bookmakerEventId, mappedCount, unmapped, state, competition]: WireListing): ListingState => ({
  bookmakerEventId,
  ...(competition !== undefined && { bookmakerCompetitionId: competition }),
  mappedCount,
  unmapped: unmapped.map(([nativeId, name, outcomeCount]) => ({ nativeId, name, outcomeCount })),
  ...readStanding(state)
})

const readMarket = ([key, outcomes, milli, previous, states, changedAt, state]: WireMarket): MarketState => ({
  ...readSlot(key, outcomes),
  milli,
  previous,
  states: readStateLetters(states),
  changedAt,
  ...readStanding(state)
})

const readConfirmation = ([event, phase, scope, observedAt]: WireConfirmation): Confirmation => ({
  event: readFacts(event),
  phase,
  scope: scope === 0 ? "FULL" : new Set(scope),
  observedAt
})

/** One letter per outcome; also the form in which Postgres keeps them. */
export const stateLetters = (states: readonly OutcomeState[]): string => states.map((state) => state.charAt(0)).join("")

export const readStateLetters = (letters: string): readonly OutcomeState[] => {
  // By a loop: it runs per market of every record that is drained, and `Array.from` of a string costs four times that.
  const states: OutcomeState[] = []
  for (let i = 0; i < letters.length; i++) states.push(STATES[letters.charAt(i)] ?? "WITHDRAWN")
  return states
}

const STATES: { readonly [letter: string]: OutcomeState | undefined } = {
  O: "OPEN",
  S: "SUSPENDED",
  U: "UNREADABLE",
  W: "WITHDRAWN"
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()
