/**
 * A snapshot's odds while a payload is walked: what could be read, what could not, and what has no name.
 *
 * Every adapter fills one, so that the rules of prices (DESIGN §4) are the same for all: suspension is told by
 * the bookmaker and applied first, an open price outside (1, 10 000] is UNREADABLE and never coerced.
 */
import { makeBoardBuilder, OPEN, SUSPENDED, UNREADABLE } from "../../domain/Board.ts"
import type { Market, MarketKey } from "../../domain/Market.ts"
import { parseMilli } from "../../domain/Price.ts"
import type { Snapshot, UnmappedMarket } from "../../domain/Snapshot.ts"

export interface Drafted extends Pick<Snapshot, "board" | "rejected" | "unmapped" | "finerPrices"> {
  /** Entries of which not even the market could be told. */
  readonly unkeyed: number
}

export interface Draft {
  readonly open: (market: Market, outcome: number, price: unknown) => void
  readonly suspended: (market: Market, outcome: number) => void
  readonly unreadable: (market: Market, outcome: number) => void
  /** A market that was there and could not be read as a whole; without a market when not even its key could. */
  readonly reject: (market: Market | undefined) => void
  /** So many entries that could not even be told apart. */
  readonly unkeyed: (entries: number) => void
  /** A market with an outcome that nobody knows: rejected when nothing else of it could be read either. */
  readonly doubt: (market: Market | undefined) => void
  /** Adds to the outcomes offered under an id that the catalogue has no name for. */
  readonly unmapped: (nativeId: string, name: string, outcomes: number) => void
  readonly finish: () => Drafted
}

export const makeDraft = (): Draft => {
  const builder = makeBoardBuilder()
  const rejected = new Set<MarketKey>()
  const doubted = new Set<Market>()
  const unmapped = new Map<string, UnmappedMarket>()
  let unkeyed = 0
  let finerPrices = 0
  return {
    open: (market, outcome, price) => {
      const read = parseMilli(price)
      if (read === undefined) return builder.add(market, outcome, 0, UNREADABLE)
      if (read.finer) finerPrices++
      builder.add(market, outcome, read.milli, OPEN)
    },
    suspended: (market, outcome) => builder.add(market, outcome, 0, SUSPENDED),
    unreadable: (market, outcome) => builder.add(market, outcome, 0, UNREADABLE),
    reject: (market) => {
      if (market === undefined) unkeyed++
      else rejected.add(market.key)
    },
    unkeyed: (entries) => {
      unkeyed += entries
    },
    doubt: (market) => {
      if (market === undefined) unkeyed++
      else doubted.add(market)
    },
    unmapped: (nativeId, name, outcomes) => {
      const held = unmapped.get(nativeId)
      unmapped.set(nativeId, {
        nativeId,
        name: leastOf(held?.name, name),
        outcomeCount: outcomes + (held?.outcomeCount ?? 0)
      })
    },
    finish: () => {
      const board = builder.build()
      for (const { market } of doubted.size > 0 ? board.shape.slots : []) doubted.delete(market)
      for (const { key } of doubted) rejected.add(key)
      return {
        board,
        rejected,
        unkeyed,
        unmapped: [...unmapped.values()].sort((a, b) => (a.nativeId < b.nativeId ? -1 : 1)),
        finerPrices
      }
    }
  }
}

// One id may come under several names (a template per line); which one is shown must not depend on their order.
const leastOf = (held: string | undefined, name: string): string => (held === undefined || name < held ? name : held)
