/**
 * Stand-ins for market types that a stored record names and the catalogue no longer has.
 *
 * A record must never be lost to a change of the catalogue, so the market comes back under its old key with
 * the outcomes as written, sorted behind the catalogue and compared with nothing. The same holds for a type
 * that has lost one of its outcomes.
 */
import { catalogue, marketTypeOf, parseMarketKey } from "../domain/Catalogue.ts"
import { layoutOf, layoutOfOutcomes } from "../domain/Layout.ts"
import type { Layout } from "../domain/Layout.ts"
import { MarketKey, marketOf } from "../domain/Market.ts"
import type { Market, MarketType } from "../domain/Market.ts"

/** The market and layout that were written under this key; of the catalogue where it still knows both. */
export const readSlot = (
  key: string,
  outcomes: readonly string[]
): { readonly market: Market; readonly layout: Layout } => {
  const market = parseMarketKey(key)
  const layout = market && layoutOfOutcomes(market.type, outcomes)
  return market !== undefined && layout !== undefined ? { market, layout } : retired(key, outcomes)
}

const retired = (key: string, outcomes: readonly string[]) => {
  const at = key.indexOf("@")
  const type = retiredType(at === -1 ? key : key.slice(0, at), outcomes)
  const line = at === -1 ? undefined : Number(key.slice(at + 1))
  return {
    market: marketOf(type, line) ?? { type, line, key: MarketKey(key) },
    layout: layoutOf(
      type,
      outcomes.map((_, index) => index)
    )
  }
}

const retiredType = (key: string, outcomes: readonly string[]): MarketType => {
  const text = [key, ...outcomes].join("\t")
  let type = interned.get(text)
  if (type === undefined) {
    const last = marketTypeOf(key)
    type = {
      index: catalogue.length + interned.size,
      key,
      name: last?.name ?? key,
      period: last?.period ?? "FT",
      outcomes: [...outcomes],
      hasLine: true,
      comparable: false,
      winners: undefined
    }
    interned.set(text, type)
  }
  return type
}

const interned = new Map<string, MarketType>()
