/**
 * A day's matches as bookmakers tell of them: new ones are announced, kickoffs move, prices change, listings end.
 *
 * It is the oracle as well: which matches a board has to show at an instant is known here without the house.
 */
import type { BookmakerId } from "../../../src/domain/Bookmaker.ts"
import { EVICT_AFTER_KICKOFF_MS, EventId } from "../../../src/domain/Event.ts"
import type { ListedEvent } from "../../../src/domain/Event.ts"
import type { Snapshot } from "../../../src/domain/Snapshot.ts"
import { snapshot } from "../../../test/support/snapshots.ts"
import type { Draw } from "../house/Draw.ts"

export interface Fixtures {
  /** Matches that have begun are followed by new ones, and a kickoff moves. */
  readonly turn: (now: number) => void
  /** A bookmaker's list. */
  readonly list: (bookmaker: BookmakerId, now: number) => readonly ListedEvent[]
  /** Some of all listings, as they are offered now. */
  readonly offers: (now: number) => readonly Snapshot[]
  /** A match that one bookmaker takes off its list. */
  readonly delist: (now: number) => { readonly bookmakerId: BookmakerId; readonly eventId: EventId } | undefined
  /** `event kickoff` of each match that was told of before it began and is not yet two hours old. */
  readonly shown: (now: number) => ReadonlySet<string>
}

interface Match {
  readonly id: EventId
  readonly competition: ListedEvent["competition"]
  readonly listedBy: Set<BookmakerId>
  readonly prices: Map<BookmakerId, readonly string[]>
  kickoff: number
  isTold: boolean
}

/** `upcoming`: how many matches lie ahead at any time. */
export const makeFixtures = (
  bookmakers: readonly BookmakerId[],
  upcoming: number,
  { between, share }: Draw
): Fixtures => {
  let matches: Match[] = []
  let announced = 0
  const oneOf = <A>(all: readonly A[]): A | undefined => all[Math.floor(share() * all.length)]
  const ahead = (now: number): readonly Match[] => matches.filter(({ kickoff }) => kickoff > now)
  /** Half of them soon, so that as many begin as do on a busy day. */
  const kickoffAfter = (now: number): number =>
    Math.ceil((now + between(2 * MINUTE, share() < 0.5 ? HOUR : 9 * HOUR)) / MINUTE) * MINUTE

  const announce = (now: number): Match => ({
    id: EventId(String(70_000_000 + ++announced)),
    competition: COMPETITIONS[announced % COMPETITIONS.length] ?? PREMIER_LEAGUE,
    listedBy: new Set(bookmakers.filter((_, i) => i === announced % bookmakers.length || share() < 0.8)),
    prices: new Map(),
    kickoff: kickoffAfter(now),
    isTold: false
  })
  const listed = ({ competition, id, kickoff }: Match, bookmaker: BookmakerId): ListedEvent => ({
    bookmakerEventId: `${bookmaker}:${id}`,
    eventId: id,
    home: `Home ${id}`,
    away: `Away ${id}`,
    kickoff,
    competition
  })
  const pricesOf = (match: Match, bookmaker: BookmakerId): readonly string[] => {
    const before = match.prices.get(bookmaker)
    if (before !== undefined && share() < 0.6) return before
    const prices = OUTCOMES.map((outcome) => `${outcome} ${share() < 0.05 ? "-" : Math.floor(between(1_200, 6_000))}`)
    // A market comes and goes.
    const offered = share() < 0.8 ? prices : prices.slice(0, 3)
    match.prices.set(bookmaker, offered)
    return offered
  }

  return {
    turn: (now) => {
      matches = matches.filter(({ kickoff }) => kickoff + 2 * EVICT_AFTER_KICKOFF_MS > now)
      while (ahead(now).length < upcoming) matches.push(announce(now))
      const moved = oneOf(ahead(now))
      if (moved !== undefined) moved.kickoff = kickoffAfter(now)
    },
    list: (bookmaker, now) => {
      const told = ahead(now).filter(({ listedBy }) => listedBy.has(bookmaker))
      for (const match of told) match.isTold = true
      return told.map((match) => listed(match, bookmaker))
    },
    offers: (now) =>
      ahead(now).flatMap((match) =>
        [...match.listedBy].flatMap((bookmakerId) =>
          match.isTold && share() < OFFERED
            ? [
                snapshot(now, pricesOf(match, bookmakerId), {
                  eventId: match.id,
                  bookmakerId,
                  listed: listed(match, bookmakerId)
                })
              ]
            : []
        )
      ),
    delist: (now) => {
      const match = oneOf(ahead(now).filter(({ listedBy }) => listedBy.size > 1))
      const bookmakerId = match === undefined ? undefined : oneOf([...match.listedBy])
      if (match === undefined || bookmakerId === undefined) return undefined
      match.listedBy.delete(bookmakerId)
      return { bookmakerId, eventId: match.id }
    },
    shown: (now) =>
      new Set(
        matches
          .filter(({ isTold, kickoff }) => isTold && kickoff + EVICT_AFTER_KICKOFF_MS > now)
          .map(({ id, kickoff }) => `${id} ${new Date(kickoff).toISOString()}`)
      )
  }
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** Of all listings at each asking: near its kickoff one is often overdue. */
const OFFERED = 1 / 15

const PREMIER_LEAGUE = { nativeId: "1", name: "Premier League", country: "England" }
const COMPETITIONS = [
  PREMIER_LEAGUE,
  { nativeId: "2", name: "La Liga", country: "Spain" },
  { nativeId: "3", name: "Serie A", country: "Italy" }
]
const OUTCOMES = [
  "1x2_ft home",
  "1x2_ft draw",
  "1x2_ft away",
  "over_under_ft@2.5 over",
  "over_under_ft@2.5 under",
  "btts_ft yes",
  "btts_ft no"
]
