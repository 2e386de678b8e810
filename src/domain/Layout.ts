/**
 * A layout is a market type's ordered outcomes as one listing shows them, interned and append-only.
 *
 * A price array means something only together with its layout. A new outcome makes a new layout
 * that contains the old one; an outcome that is absent from a snapshot keeps its place and is withdrawn.
 */
import type { MarketType } from "./Market.ts"

export interface Layout {
  readonly type: MarketType
  /** Indexes into `type.outcomes`, ascending. */
  readonly indexes: readonly number[]
  /** The outcome keys at those indexes. */
  readonly outcomes: readonly string[]
}

/** Returns the one layout of these outcome indexes, which must ascend without repeats. */
export const layoutOf = (type: MarketType, indexes: readonly number[]): Layout => {
  let layouts = interned.get(type)
  if (layouts === undefined) interned.set(type, (layouts = new Map()))
  const text = indexes.join()
  let layout = layouts.get(text)
  if (layout === undefined) {
    layout = { type, indexes: [...indexes], outcomes: indexes.map((index) => type.outcomes[index] ?? "") }
    layouts.set(text, layout)
  }
  return layout
}

/** Returns the layout of these outcome keys in any order; `undefined` when the type does not know one of them. */
export const layoutOfOutcomes = (type: MarketType, outcomes: readonly string[]): Layout | undefined => {
  const inOrder = ascending(type, outcomes)
  if (inOrder !== undefined) return layoutOf(type, inOrder)
  const indexes = outcomes.map((outcome) => type.outcomes.indexOf(outcome)).sort((a, b) => a - b)
  return indexes[0] === -1 || new Set(indexes).size !== indexes.length ? undefined : layoutOf(type, indexes)
}

/** Their indexes where they come in catalogue order, as all do that were written by us. */
const ascending = (type: MarketType, outcomes: readonly string[]): readonly number[] | undefined => {
  const indexes: number[] = []
  let from = 0
  for (const outcome of outcomes) {
    const index = type.outcomes.indexOf(outcome, from)
    if (index === -1) return undefined
    indexes.push(index)
    from = index + 1
  }
  return indexes
}

/** The smallest layout that holds both; one of the arguments where it already does. */
export const union = (a: Layout, b: Layout): Layout => {
  if (a === b) return a
  const indexes = [...new Set([...a.indexes, ...b.indexes])].sort((x, y) => x - y)
  return indexes.length === a.indexes.length ? a : layoutOf(a.type, indexes)
}

const interned = new Map<MarketType, Map<string, Layout>>()
