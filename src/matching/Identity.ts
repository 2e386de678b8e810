/**
 * Which match a bookmaker's event is, and whose word counts for its facts. Pure.
 *
 * Identity is the Sportradar id and never a name, so twins of one name stay apart. Facts are sticky: competition and
 * names are those of the bookmaker that placed the event first, a rename counts once it was said three times in a row
 * (a list and a detail page may spell differently), and the kickoff is that of the first bookmaker in roster order.
 */
import { CompetitionId } from "../domain/Competition.ts"
import type { Competition } from "../domain/Competition.ts"
import type { BookmakerId } from "../domain/Bookmaker.ts"
import type { EventFacts, EventId, ListedEvent } from "../domain/Event.ts"
import { countryOf, plain, slug } from "./Countries.ts"
import type { Placed } from "./Matcher.ts"

/** An event as matching knows it. */
export interface Known {
  readonly placed: Placed
  /** Whose names count; unknown after a restart, until one is heard that spells as the facts do. */
  readonly owner: BookmakerId | undefined
  readonly said: ReadonlyMap<BookmakerId, Saying>
}

/** A bookmaker's last word on an event. */
export interface Saying {
  readonly bookmakerEventId: string
  readonly home: string
  readonly away: string
  readonly kickoff: number
  /** How often in a row these two names were said. */
  readonly times: number
  readonly at: number
}

export type Verdict =
  | { readonly _tag: "Placed"; readonly known: Known }
  | { readonly _tag: "Parked"; readonly why: string }

export interface Hearing {
  readonly bookmakerId: BookmakerId
  readonly listed: ListedEvent
  /** Bookmakers in the order in which their kickoffs count. */
  readonly roster: readonly BookmakerId[]
  readonly at: number
}

/** Times that a rename must be said in a row before it counts. */
export const RENAME_AFTER = 3
/** A second listing of one match at one bookmaker replaces the first once that was not seen for so long. */
export const DUPLICATE_FOR_MS = 10 * 60_000

/** Hears one listing of an event that is `known` under its Sportradar id, or new. */
export const identify = (known: Known | undefined, hearing: Hearing): Verdict => {
  const { eventId } = hearing.listed
  if (eventId === undefined) return parked("The bookmaker names no Sportradar id for it.")
  const fault = faultOf(eventId, hearing) ?? (known === undefined ? lateness(hearing) : conflictOf(known, hearing))
  if (fault !== undefined) return parked(fault)
  return { _tag: "Placed", known: known === undefined ? firstHeard(eventId, hearing) : heard(known, hearing) }
}

/** What a restart knows of an event: its facts and listings, and not who said what. */
export const remembered = (facts: EventFacts, listedAt: ReadonlyMap<BookmakerId, string>): Known => ({
  placed: { facts, listedAt },
  owner: undefined,
  said: new Map()
})

/** The event once this bookmaker no longer lists it. */
export const forgotten = (known: Known, bookmakerId: BookmakerId): Known => {
  const listedAt = new Map(known.placed.listedAt)
  const said = new Map(known.said)
  listedAt.delete(bookmakerId)
  said.delete(bookmakerId)
  return {
    placed: { facts: known.placed.facts, listedAt },
    said,
    owner: known.owner === bookmakerId ? undefined : known.owner
  }
}

/** True when two kickoffs differ by one hour to the millisecond: a time zone misread, not a match moved. */
export const hourApart = (a: number, b: number): boolean => Math.abs(a - b) === 3_600_000

/** The competition as this bookmaker spells it, under our own id. */
export const competitionOf = (listed: ListedEvent["competition"]): Competition => {
  const country = countryOf(listed.country)
  const name = listed.name.trim() === "" ? "Unnamed competition" : listed.name.trim()
  return {
    id: CompetitionId(slug(`${country.name} ${name}`)),
    name,
    countryCode: country.code,
    countryName: country.name
  }
}

const parked = (why: string): Verdict => ({ _tag: "Parked", why })

const YEAR_2000 = Date.UTC(2000, 0, 1)
const TWO_YEARS_MS = 2 * 366 * 24 * 3_600_000

const faultOf = (eventId: EventId, { listed, at }: Hearing): string | undefined => {
  if (!/^\d{1,18}$/.test(eventId)) return `Its Sportradar id "${eventId}" is not a number.`
  if (plain(listed.home) === "" || plain(listed.away) === "") return "It names no two teams, as an outright does."
  if (plain(listed.home) === plain(listed.away)) return `Both of its teams are called "${listed.home}".`
  if (!(listed.kickoff >= YEAR_2000 && listed.kickoff <= Math.max(at, YEAR_2000) + TWO_YEARS_MS)) {
    return `Its kickoff ${listed.kickoff} is no plausible instant.`
  }
  return undefined
}

const lateness = ({ listed, at }: Hearing): string | undefined =>
  listed.kickoff <= at ? "It had kicked off before it was first seen." : undefined

const conflictOf = (known: Known, { bookmakerId, listed, at }: Hearing): string | undefined => {
  const before = known.said.get(bookmakerId)
  if (
    before !== undefined &&
    before.bookmakerEventId !== listed.bookmakerEventId &&
    at - before.at < DUPLICATE_FOR_MS
  ) {
    return `It is a second listing of the match that ${before.bookmakerEventId} already stands for.`
  }
  const { home, away, kickoff } = known.placed.facts
  if (plain(home) === plain(listed.away) && plain(away) === plain(listed.home)) {
    // Also where it is the owner's own word: until it counted, the prices would stand under the wrong teams.
    return "Its teams stand the other way round than they are known, so its prices would be compared crosswise."
  }
  if (listed.kickoff <= at && kickoff > at) {
    // Taken over, it would close the match for those that still offer it.
    return `It says that it kicked off at ${new Date(listed.kickoff).toISOString()}, and it is to at ${new Date(kickoff).toISOString()}.`
  }
  return undefined
}

const firstHeard = (eventId: EventId, hearing: Hearing): Known => {
  const { bookmakerId, listed } = hearing
  const facts: EventFacts = {
    id: eventId,
    home: listed.home.trim(),
    away: listed.away.trim(),
    kickoff: listed.kickoff,
    competition: competitionOf(listed.competition)
  }
  return {
    placed: { facts, listedAt: new Map([[bookmakerId, listed.bookmakerEventId]]) },
    owner: bookmakerId,
    said: new Map([[bookmakerId, saying(undefined, hearing)]])
  }
}

const heard = (known: Known, hearing: Hearing): Known => {
  const { bookmakerId, listed, roster } = hearing
  const { facts, listedAt } = known.placed
  const said = new Map(known.said).set(bookmakerId, saying(known.said.get(bookmakerId), hearing))
  const nowListedAt =
    listedAt.get(bookmakerId) === listed.bookmakerEventId
      ? listedAt
      : new Map(listedAt).set(bookmakerId, listed.bookmakerEventId)
  const owner = known.owner ?? newOwner(facts, nowListedAt, said, roster)
  const named = namesOf(facts, owner === undefined ? undefined : said.get(owner))
  const kickoff = kickoffOf(facts, nowListedAt, said, roster)
  const unchanged = named === facts && kickoff === facts.kickoff
  if (unchanged && nowListedAt === listedAt) return { placed: known.placed, owner, said }
  return { placed: { facts: unchanged ? facts : { ...named, kickoff }, listedAt: nowListedAt }, owner, said }
}

const saying = (before: Saying | undefined, { listed, at }: Hearing): Saying => ({
  bookmakerEventId: listed.bookmakerEventId,
  home: listed.home,
  away: listed.away,
  kickoff: listed.kickoff,
  at,
  times: before !== undefined && sameNames(before, listed) ? before.times + 1 : 1
})

/** Whoever spells as the facts do; when nobody who lists it does, the first in roster order once all were heard. */
const newOwner = (
  facts: EventFacts,
  listedAt: ReadonlyMap<BookmakerId, string>,
  said: ReadonlyMap<BookmakerId, Saying>,
  roster: readonly BookmakerId[]
): BookmakerId | undefined => {
  const listing = roster.filter((id) => listedAt.has(id))
  const asBefore = listing.find((id) => {
    const words = said.get(id)
    return words !== undefined && sameNames(words, facts)
  })
  return asBefore ?? (listing.every((id) => said.has(id)) ? listing[0] : undefined)
}

const namesOf = (facts: EventFacts, words: Saying | undefined): EventFacts =>
  words === undefined || words.times < RENAME_AFTER || sameNames(words, facts)
    ? facts
    : { ...facts, home: words.home.trim(), away: words.away.trim() }

/** Until the bookmaker whose kickoff counts was heard, the kickoff stays as it was. */
const kickoffOf = (
  facts: EventFacts,
  listedAt: ReadonlyMap<BookmakerId, string>,
  said: ReadonlyMap<BookmakerId, Saying>,
  roster: readonly BookmakerId[]
): number => {
  const first = roster.find((id) => listedAt.has(id))
  return (first === undefined ? undefined : said.get(first)?.kickoff) ?? facts.kickoff
}

const sameNames = (
  a: { readonly home: string; readonly away: string },
  b: { readonly home: string; readonly away: string }
): boolean => plain(a.home) === plain(b.home) && plain(a.away) === plain(b.away)
