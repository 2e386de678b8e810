/**
 * Every price served, in the order served: the oracle for "nothing seen is lost".
 *
 * A served detail costs one small entry; prices are kept by reference to the arrays they were encoded from,
 * and only markets that changed since the last serving of the same event are noted. The file holds the same,
 * one line each: a definition line per bookmaker first, then servings.
 */
import { BOOKMAKERS, catalogueOf } from "./catalogue/Template.ts"
import type { BookmakerName } from "./catalogue/Template.ts"
import type { JournalFile } from "./JournalFile.ts"
import type { Match } from "./world/Calendar.ts"
import type { Offer, OfferedMarket } from "./world/Offer.ts"

export interface ServedPrice {
  /** Canonical key and line, `over_under_ft@2.5`; `null` where the catalogue has no name for it. */
  readonly market: string | null
  readonly outcome: string
  readonly line: number | null
  readonly native: { readonly market: string; readonly line: string; readonly outcome: string }
  /** The last open price while suspended; what the wire showed then is the bookmaker's own style. */
  readonly milli: number
  readonly suspended: boolean
}

interface Serving {
  readonly at: number
  readonly request: number
  /** Kicked off: every market is suspended. */
  readonly closed: boolean
  readonly changed: readonly OfferedMarket[]
  /** In a list: other markets were not shown. */
  readonly part: boolean
  /** False when the connection ended before the last byte was handed over. */
  whole: boolean
}

interface Listing {
  readonly bookmaker: BookmakerName
  readonly eventId: string
  readonly sportradarId: string
  readonly last: Map<number, readonly number[]>
  servings: Serving[]
  /** Servings no longer in memory. */
  forgotten: number
}

/** Changed markets held in memory, some 150 bytes each; beyond it the older half of every listing's servings is folded. */
const HELD = 2_500_000

export class PriceJournal {
  readonly #listings = new Map<string, Listing>()
  readonly #file: JournalFile | undefined
  readonly #bound: number
  #held = 0

  constructor(file: JournalFile | undefined, bound = HELD) {
    this.#file = file
    this.#bound = bound
    for (const bookmaker of file === undefined ? [] : BOOKMAKERS) {
      file?.add({
        bookmaker,
        markets: catalogueOf(bookmaker).map(({ id, canonical, lines, outcomes }) => [
          id,
          canonical,
          lines.map(({ text }) => text),
          outcomes.map(({ key, token }) => [key, token])
        ])
      })
    }
  }

  /** Notes a serving, of the `wanted` markets where it is one in a list; the answer tells it when the connection broke off. */
  served(
    bookmaker: BookmakerName,
    eventId: string,
    match: Match,
    offer: Offer,
    closed: boolean,
    at: number,
    request: number,
    wanted?: ReadonlySet<string>
  ): () => void {
    const key = `${bookmaker}:${match.sportradarId}`
    let listing = this.#listings.get(key)
    if (listing === undefined) {
      listing = { bookmaker, eventId, sportradarId: match.sportradarId, last: new Map(), servings: [], forgotten: 0 }
      this.#listings.set(key, listing)
    }
    const { last } = listing
    const changed = offer.markets.filter(
      ({ template, prices }) => last.get(template.index) !== prices && (wanted?.has(template.id) ?? true)
    )
    for (const { template, prices } of changed) last.set(template.index, prices)
    const serving: Serving = { at, request, closed, changed, part: wanted !== undefined, whole: true }
    listing.servings.push(serving)
    this.#held += changed.length
    if (this.#held > this.#bound) this.#fold()
    this.#file?.add({
      at,
      request,
      bookmaker,
      event: match.sportradarId,
      closed,
      part: serving.part,
      version: offer.version,
      changed: changed.map(({ template, prices }) => [template.index, prices])
    })
    return () => {
      serving.whole = false
      this.#file?.add({ cut: request })
    }
  }

  /** What was served of one event, oldest first: whole boards, or after the first only what had changed. */
  *read(bookmaker: BookmakerName, event: string, changesOnly: boolean): Generator<object> {
    const listing = [...this.#listings.values()].find(
      (one) => one.bookmaker === bookmaker && (one.sportradarId === event || one.eventId === event)
    )
    if (listing === undefined) return
    const board = new Map<number, OfferedMarket>()
    let closedBefore = false
    for (const { at, request, closed, changed, part, whole } of listing.servings) {
      for (const market of changed) board.set(market.template.index, market)
      const shown = changesOnly && closed === closedBefore ? changed : [...board.values()]
      closedBefore = closed
      yield {
        at,
        request,
        whole,
        part,
        closed,
        prices: shown.flatMap((market) => servedPrices(market, closed)),
        absent: shown.flatMap(absentPrices)
      }
    }
  }

  /** What is forgotten goes into the first serving kept, so that every board read later is still whole. */
  #fold(): void {
    this.#held = 0
    for (const listing of this.#listings.values()) {
      const cut = Math.floor(listing.servings.length / 2)
      const board = new Map<number, OfferedMarket>()
      for (const { changed } of listing.servings.slice(0, cut + 1))
        for (const market of changed) board.set(market.template.index, market)
      const first = listing.servings[cut]
      if (first !== undefined)
        listing.servings = [{ ...first, changed: [...board.values()] }, ...listing.servings.slice(cut + 1)]
      listing.forgotten += cut
      for (const { changed } of listing.servings) this.#held += changed.length
    }
  }

  /** How often each event was served in detail; those that were only ever listed are left out. */
  summary(): readonly object[] {
    return [...this.#listings.values()].flatMap(({ bookmaker, eventId, sportradarId, servings, forgotten }) => {
      const details = servings.filter(({ part }) => !part)
      return details.length === 0
        ? []
        : [
            {
              bookmaker,
              event: eventId,
              sportradarId,
              servings: details.length,
              forgotten,
              last: details.at(-1)?.at ?? null
            }
          ]
    })
  }
}

/** What the bookmaker can offer in this market and does not, by its own names. */
const absentPrices = ({ template, prices }: OfferedMarket): readonly ServedPrice["native"][] =>
  template.lines.flatMap((line, lineAt) =>
    template.outcomes.flatMap((outcome, at) =>
      prices[lineAt * template.outcomes.length + at] === 0
        ? [{ market: template.id, line: line.text, outcome: outcome.token }]
        : []
    )
  )

/** In the order of the market's lines and outcomes; what is not offered is left out. */
export const servedPrices = (market: OfferedMarket, closed: boolean): readonly ServedPrice[] => {
  const { template, prices } = market
  return template.lines.flatMap((line, lineAt) =>
    template.outcomes.flatMap((outcome, at): readonly ServedPrice[] => {
      const milli = prices[lineAt * template.outcomes.length + at] ?? 0
      return milli === 0
        ? []
        : [
            {
              market:
                template.canonical === null
                  ? null
                  : line.value === null
                    ? template.canonical
                    : `${template.canonical}@${line.value}`,
              outcome: outcome.key,
              line: line.value,
              native: { market: template.id, line: line.text, outcome: outcome.token },
              milli: Math.abs(milli),
              suspended: closed || milli < 0
            }
          ]
    })
  )
}
