/**
 * Which matches there are at a time, when they kick off, and who offers them.
 *
 * A slot holds one match at a time; when it kicks off the slot's next one is listed, so their number never
 * changes. Most slots turn over every two days, some every five: the spread of the real lists. A match's
 * ids follow from its slot and turn, in a range of its own per bookmaker, so an id can be read back.
 */
import type { BookmakerName } from "../catalogue/Template.ts"
import { hash, uniform } from "../Hashing.ts"
import { teamOf, TEAMS_PER_TOURNAMENT, TOURNAMENTS } from "./Names.ts"
import type { Team, Tournament } from "./Names.ts"

export interface Match {
  /** Unique over all time; the base of every id. */
  readonly number: number
  readonly sportradarId: string
  readonly kickoff: number
  /** Since when it is listed: the kickoff of the slot's previous match. */
  readonly listedSince: number
  readonly tournament: Tournament
  readonly home: Team
  readonly away: Team
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** How long a match that kicked off is still answered, with everything suspended: a run under way may ask for it. */
export const LINGER_MS = 10 * MINUTE

export class Calendar {
  readonly #seed: number
  readonly #slots: number
  readonly #known = new Map<number, Match>()

  constructor(seed: number, slots: number) {
    this.#seed = seed
    this.#slots = slots
  }

  /** The matches listed at a time, soonest first. */
  upcoming(time: number): readonly Match[] {
    return Array.from({ length: this.#slots }, (_, slot) => this.#match(slot, this.#turn(slot, time))).sort(
      (a, b) => a.kickoff - b.kickoff || a.number - b.number
    )
  }

  /** The match with that number if it is listed or has only just kicked off. */
  find(number: number, time: number): Match | undefined {
    const slot = number % this.#slots
    const turn = Math.floor(number / this.#slots)
    if (!Number.isSafeInteger(number) || number < 0) return undefined
    const current = this.#turn(slot, time)
    if (turn !== current && turn !== current - 1) return undefined
    const match = this.#match(slot, turn)
    return time < match.kickoff + LINGER_MS ? match : undefined
  }

  /** Whether a bookmaker offers a match: nine in ten are offered by all three. */
  offers(bookmaker: BookmakerName, match: Match): boolean {
    const share = uniform(this.#seed, match.number, 11)
    if (share < 0.9) return true
    // BetPawa has the shortest list.
    if (share < 0.95) return bookmaker !== "betpawa"
    if (share < 0.965) return bookmaker !== "bet9ja"
    if (share < 0.975) return bookmaker !== "sportybet"
    return bookmaker === (share < 0.983 ? "betpawa" : share < 0.992 ? "sportybet" : "bet9ja")
  }

  #period(slot: number): number {
    return uniform(this.#seed, slot, 1) < 0.87 ? 48 * HOUR : 120 * HOUR
  }

  /** Kickoffs of a slot lie a period apart, on five minutes. */
  #kickoff(slot: number, turn: number): number {
    const period = this.#period(slot)
    return turn * period + Math.floor((uniform(this.#seed, slot, 2) * period) / (5 * MINUTE)) * 5 * MINUTE
  }

  #turn(slot: number, time: number): number {
    const turn = Math.max(0, Math.floor(time / this.#period(slot)))
    return this.#kickoff(slot, turn) > time ? turn : turn + 1
  }

  #match(slot: number, turn: number): Match {
    const number = turn * this.#slots + slot
    const known = this.#known.get(number)
    if (known !== undefined) return known
    const seed = this.#seed
    // Half of the matches are in the first sixty competitions.
    const spread = uniform(seed, number, 3) < 0.5 ? 60 : TOURNAMENTS.length
    const tournament = TOURNAMENTS[hash(seed, number, 4) % spread] ?? FIRST
    const place = hash(seed, number, 5) % TEAMS_PER_TOURNAMENT
    const other = (place + 1 + (hash(seed, number, 6) % (TEAMS_PER_TOURNAMENT - 1))) % TEAMS_PER_TOURNAMENT
    const match: Match = {
      number,
      sportradarId: String(60_000_000 + number),
      kickoff: this.#kickoff(slot, turn),
      listedSince: this.#kickoff(slot, turn - 1),
      tournament,
      home: teamOf(seed, tournament, place),
      away: teamOf(seed, tournament, other)
    }
    if (this.#known.size > 4 * this.#slots) this.#known.clear()
    this.#known.set(number, match)
    return match
  }
}

const [FIRST = { index: 0, country: "", countryIndex: 0, name: "", standing: 1 }] = TOURNAMENTS

/** A match's id at a bookmaker. Different ranges, so that an id used at the wrong bookmaker is unknown there. */
export const nativeId = (bookmaker: BookmakerName, match: Match): string =>
  bookmaker === "sportybet"
    ? `sr:match:${match.sportradarId}`
    : bookmaker === "betpawa"
      ? String(20_000_000 + 3 * match.number + 1)
      : String(500_000_000 + 7 * match.number + 3)

/** The match number behind an id; a fraction or less than nothing where the id is none of that bookmaker's. */
export const numberOf = (bookmaker: BookmakerName, id: string): number =>
  bookmaker === "sportybet"
    ? Number(/^sr:match:(\d+)$/.exec(id)?.[1] ?? NaN) - 60_000_000
    : bookmaker === "betpawa"
      ? (Number(id) - 20_000_001) / 3
      : (Number(id) - 500_000_003) / 7
