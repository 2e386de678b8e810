/**
 * The matches and what each bookmaker asks for them, at any time.
 *
 * A pure function of seed, number of matches, time and the moves commanded; tracks are kept only so that
 * the next question need not start over. The clock is the caller's.
 */
import { BOOKMAKERS, catalogueOf } from "../catalogue/Template.ts"
import type { BookmakerName, Template } from "../catalogue/Template.ts"
import { hash, textWord } from "../Hashing.ts"
import { Calendar, nativeId, numberOf } from "./Calendar.ts"
import type { Match } from "./Calendar.ts"
import { marketCount } from "./Pricing.ts"
import type { Margin } from "./Pricing.ts"
import { Track } from "./Offer.ts"
import type { ForcedMove, Offer } from "./Offer.ts"

const MARGINS: { readonly [Name in BookmakerName]: Margin } = {
  betpawa: { main: 0.045, long: 0.1, longest: 500_000, quartersFrom: Infinity },
  sportybet: { main: 0.055, long: 0.12, longest: 200_000, quartersFrom: Infinity },
  bet9ja: { main: 0.065, long: 0.14, longest: 300_000, quartersFrom: 10_000 }
}

/** Markets on a minor, an ordinary and a top match. */
const SIZES: { readonly [Name in BookmakerName]: readonly [number, number, number] } = {
  betpawa: [34, 62, 105],
  sportybet: [148, 198, 288],
  bet9ja: [132, 178, 249]
}

export class World {
  readonly calendar: Calendar
  readonly #seed: number
  readonly #markets: number
  readonly #moves: ForcedMove[] = []
  readonly #tracks = new Map<string, Track>()
  #listedAt = NaN
  #listed: readonly Match[] = []

  constructor(seed: number, events: number, markets = Infinity) {
    this.#seed = seed
    this.#markets = markets
    this.calendar = new Calendar(seed, events)
  }

  /** What a bookmaker lists at a time, soonest kickoff first. */
  listed(bookmaker: BookmakerName, time: number): readonly Match[] {
    if (this.#listedAt !== time) {
      this.#listedAt = time
      this.#listed = this.calendar.upcoming(time)
    }
    return this.#listed.filter((match) => this.calendar.offers(bookmaker, match))
  }

  /** The match a bookmaker's own id names, if it offers it and has not closed it. */
  find(bookmaker: BookmakerName, id: string, time: number): Match | undefined {
    const match = this.calendar.find(numberOf(bookmaker, id), time)
    return match !== undefined && this.calendar.offers(bookmaker, match) && nativeId(bookmaker, match) === id
      ? match
      : undefined
  }

  offer(bookmaker: BookmakerName, match: Match, time: number): Offer {
    const key = `${bookmaker}:${match.number}`
    let track = this.#tracks.get(key)
    if (track === undefined) {
      if (this.#tracks.size > 6_000) this.#forget(time)
      track = new Track(
        {
          seed: this.#seed,
          match,
          bookmakerWord: textWord(bookmaker),
          margin: MARGINS[bookmaker],
          templates: this.templates(bookmaker, match)
        },
        this.#moves
      )
      this.#tracks.set(key, track)
    }
    return track.at(time)
  }

  /** The most popular so many of a bookmaker's markets, by the standing of the match. */
  templates(bookmaker: BookmakerName, match: Match): readonly Template[] {
    const count = marketCount(
      SIZES[bookmaker],
      match.tournament.standing,
      hash(this.#seed, match.number, textWord(bookmaker))
    )
    return catalogueOf(bookmaker).slice(0, Math.min(count, this.#markets))
  }

  /** Moves this share of all markets of all listed matches, now. */
  move(at: number, share: number): void {
    this.#moves.push({ at, share })
  }

  get moves(): number {
    return this.#moves.length
  }

  #forget(time: number): void {
    const current = new Set(this.calendar.upcoming(time).map((match) => match.number))
    for (const key of this.#tracks.keys()) {
      if (!current.has(Number(key.slice(key.indexOf(":") + 1)))) this.#tracks.delete(key)
    }
  }
}

/** All three ids of a match, and who offers it. */
export const idsOf = (world: World, match: Match): { readonly [Name in BookmakerName]?: string } =>
  Object.fromEntries(
    BOOKMAKERS.filter((bookmaker) => world.calendar.offers(bookmaker, match)).map((bookmaker) => [
      bookmaker,
      nativeId(bookmaker, match)
    ])
  )
