/**
 * One bookmaker's prices on one match, as a function of the time.
 *
 * Prices move in bursts that hit a few markets at once; every eighth burst is news that changes what is
 * expected of the match. A track walks from burst to burst and remembers where it is; asked for an earlier
 * time it starts over, so what it answers depends on seed, time and the moves commanded, on nothing else.
 */
import { hash, normal, sequence, uniform } from "../Hashing.ts"
import type { Template } from "../catalogue/Template.ts"
import type { Match } from "./Calendar.ts"
import { distributionOf } from "./Chances.ts"
import type { Distribution, Form } from "./Chances.ts"
import { pricesOf } from "./Pricing.ts"
import type { Margin } from "./Pricing.ts"

/** The prices of one market in all its lines: `prices[line × outcomes + outcome]` in thousandths. */
export interface OfferedMarket {
  readonly template: Template
  /** 0 = not offered, negative = suspended at that price. Never changed: a move makes a new array. */
  readonly prices: readonly number[]
  readonly changedAt: number
}

export interface Offer {
  /** Rises with every burst that touched something. */
  readonly version: number
  readonly markets: readonly OfferedMarket[]
}

/** A move on command: this share of all markets, at that time. */
export interface ForcedMove {
  readonly at: number
  readonly share: number
}

export interface TrackSettings {
  readonly seed: number
  readonly match: Match
  /** A number for the bookmaker, so that each moves other markets at the same bursts. */
  readonly bookmakerWord: number
  readonly margin: Margin
  readonly templates: readonly Template[]
}

const MINUTE = 60_000
const NEWS_EVERY = 8
const NEWS_SHARE = 0.5
/** With the share of news this comes to one market in eight per burst: 5 % of all per five minutes, far out. */
const BURST_SHARE = 0.07

/** Mean time between bursts by the time left to kickoff. */
export const meanGap = (untilKickoff: number): number =>
  untilKickoff > 120 * MINUTE ? 12.5 * MINUTE : untilKickoff > 60 * MINUTE ? 5 * MINUTE : 45_000

export class Track {
  readonly #settings: TrackSettings
  readonly #moves: readonly ForcedMove[]
  #time = -Infinity
  #nextBurst = 0
  #bursts = 0
  #movesDone = 0
  #version = 0
  #drift = { home: 0, away: 0 }
  #forms: Form[] = []
  #times: () => number = sequence(0)
  #touches: () => number = sequence(0)
  #formOf: Uint16Array
  #generation: Uint32Array
  #changedAt: Float64Array
  #dirty: Set<number>
  #offer: Offer = { version: -1, markets: [] }

  /** `moves` is shared and grows at its end. */
  constructor(settings: TrackSettings, moves: readonly ForcedMove[]) {
    this.#settings = settings
    this.#moves = moves
    const size = settings.templates.length
    this.#formOf = new Uint16Array(size)
    this.#generation = new Uint32Array(size)
    this.#changedAt = new Float64Array(size)
    this.#dirty = new Set()
    this.#start()
  }

  at(time: number): Offer {
    if (time < this.#time) this.#start()
    const end = Math.min(time, this.#settings.match.kickoff)
    for (;;) {
      const move = this.#moves[this.#movesDone]
      const burst = this.#nextBurst
      if (move !== undefined && move.at <= burst && move.at <= end) this.#force(move)
      else if (burst <= end) this.#burst(burst)
      else break
    }
    this.#time = time
    if (this.#offer.version !== this.#version) this.#offer = this.#priced()
    return this.#offer
  }

  #start(): void {
    const { seed, match, bookmakerWord, templates } = this.#settings
    this.#times = sequence(hash(seed, match.number, 21))
    this.#touches = sequence(hash(seed, match.number, 22, bookmakerWord))
    this.#drift = { home: 0, away: 0 }
    this.#forms = [this.#form()]
    this.#bursts = this.#movesDone = this.#version = 0
    this.#formOf.fill(0)
    this.#generation.fill(0)
    this.#changedAt.fill(match.listedSince)
    this.#offer = { version: -1, markets: [] }
    this.#dirty = new Set(templates.keys())
    this.#nextBurst = match.listedSince + this.#gap(match.listedSince)
    // What was commanded before the match was listed does not concern it.
    while ((this.#moves[this.#movesDone]?.at ?? Infinity) < match.listedSince) this.#movesDone++
  }

  #gap(from: number): number {
    return 1 + Math.round(-Math.log(1 - this.#times()) * meanGap(this.#settings.match.kickoff - from))
  }

  #burst(at: number): void {
    this.#bursts++
    const news = this.#bursts % NEWS_EVERY === 0
    // Drawn from the sequence all three bookmakers share: they hear the same news.
    const home = normal(this.#times(), this.#times())
    const away = normal(this.#times(), this.#times())
    if (news) {
      this.#drift = { home: 0.9 * this.#drift.home + 0.02 * home, away: 0.9 * this.#drift.away + 0.02 * away }
      this.#forms.push(this.#form())
    }
    const share = news ? NEWS_SHARE : BURST_SHARE
    const size = this.#settings.templates.length
    // Steps over the markets that stay by the length of the gap instead of asking each.
    const stride = Math.log(1 - share)
    for (let market = this.#step(stride); market < size; market += 1 + this.#step(stride)) this.#touch(market, at)
    this.#nextBurst = at + this.#gap(at)
  }

  #step(stride: number): number {
    return Math.floor(Math.log(1 - this.#touches()) / stride)
  }

  #force(move: ForcedMove): void {
    const { seed, match, bookmakerWord, templates } = this.#settings
    const ordinal = this.#movesDone++
    for (let market = 0; market < templates.length; market++) {
      if (uniform(seed, match.number, bookmakerWord, market, ordinal, 23) < move.share) this.#touch(market, move.at)
    }
  }

  #touch(market: number, at: number): void {
    this.#generation[market] = (this.#generation[market] ?? 0) + 1
    this.#formOf[market] = this.#forms.length - 1
    this.#changedAt[market] = at
    this.#dirty.add(market)
    this.#version++
  }

  #form(): Form {
    const { seed, match } = this.#settings
    return {
      homeGoals: ((1.5 * match.home.strength) / match.away.strength) * Math.exp(this.#drift.home),
      awayGoals: ((1.2 * match.away.strength) / match.home.strength) * Math.exp(this.#drift.away),
      corners: 8.5 + 2.5 * uniform(seed, match.number, 24),
      cards: 3.5 + 2 * uniform(seed, match.number, 25)
    }
  }

  #priced(): Offer {
    const { seed, match, bookmakerWord, margin, templates } = this.#settings
    const distributions = new Map<number, Distribution>()
    const markets = templates.map((template, index): OfferedMarket => {
      const before = this.#offer.markets[index]
      if (before !== undefined && !this.#dirty.has(index)) return before
      const formIndex = this.#formOf[index] ?? 0
      let distribution = distributions.get(formIndex)
      if (distribution === undefined)
        distributions.set(formIndex, (distribution = distributionOf(this.#forms[formIndex] ?? this.#form())))
      const word = hash(seed, match.number, bookmakerWord, index)
      const prices = pricesOf(template, distribution, margin, { word, generation: this.#generation[index] ?? 0 })
      return { template, prices, changedAt: this.#changedAt[index] ?? match.listedSince }
    })
    this.#dirty.clear()
    return { version: this.#version, markets }
  }
}
