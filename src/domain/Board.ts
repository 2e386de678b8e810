/**
 * The prices of one snapshot in columns: a shape (which markets, which outcomes) beside flat arrays.
 *
 * Two boards of one shape compare as a scan of integers. `makeBoardBuilder` is what adapters fill;
 * it sorts by catalogue order, so permuting a payload gives the same board.
 */
import { layoutOf } from "./Layout.ts"
import type { Layout } from "./Layout.ts"
import { compareMarkets } from "./Market.ts"
import type { Market } from "./Market.ts"

/** One market's place in a shape; there is one object per market and layout (`slotFor`), so slots compare by reference. */
export interface Slot {
  readonly market: Market
  readonly layout: Layout
}

export interface Shape {
  /** In catalogue order, each market once. */
  readonly slots: readonly Slot[]
  /** `offsets[i]` is where slot i's outcomes begin; one more entry closes the last. */
  readonly offsets: readonly number[]
}

/** What a bookmaker said of one outcome in one snapshot. */
export const OPEN = 0
export const SUSPENDED = 1
/** It was there and could not be read: neither confirmed nor withdrawn. */
export const UNREADABLE = 2

export interface Board {
  readonly shape: Shape
  /** Thousandths; 0 where the outcome is not open. */
  readonly milli: readonly number[]
  /** OPEN, SUSPENDED or UNREADABLE per outcome. */
  readonly states: readonly number[]
}

export interface BoardBuilder {
  /**
   * Adds one outcome by its index in `market.type.outcomes`. `milli` is ignored unless the state is OPEN.
   * The same outcome twice with another price or state is UNREADABLE: nobody can say which one counts.
   */
  readonly add: (market: Market, outcome: number, milli: number, state: number) => void
  readonly build: () => Board
}

export const makeBoardBuilder = (): BoardBuilder => {
  const entries = new Map<Market, Entry>()
  let last: Entry | undefined
  return {
    add: (market, outcome, milli, state) => {
      let entry = last?.market === market ? last : entries.get(market)
      if (entry === undefined) entries.set(market, (entry = emptyEntry(market)))
      last = entry
      const price = state === OPEN ? milli : 0
      const held = entry.states[outcome]
      if (held === ABSENT) {
        entry.milli[outcome] = price
        entry.states[outcome] = state
      } else if (entry.milli[outcome] !== price || held !== state) {
        entry.milli[outcome] = 0
        entry.states[outcome] = UNREADABLE
      }
    },
    build: () => assemble([...entries.values()])
  }
}

/** An empty board: nothing offered. */
export const emptyBoard = (): Board => assemble([])

/** True when both list the same markets with the same outcomes in the same order. */
export const sameShape = (a: Shape, b: Shape): boolean => {
  if (a === b) return true
  const [left, right] = [a.slots, b.slots]
  if (left.length !== right.length) return false
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return false
  return true
}

/** Returns the one slot of this market and layout. */
export const slotFor = (market: Market, layout: Layout): Slot => {
  const known = slotsOf(market)
  for (const slot of known) if (slot.layout === layout) return slot
  const slot = { market, layout }
  known.push(slot)
  return slot
}

export const shapeOf = (slots: readonly Slot[]): Shape => {
  const offsets = new Array<number>(slots.length + 1).fill(0)
  let end = 0
  slots.forEach((slot, i) => {
    end += slot.layout.indexes.length
    offsets[i + 1] = end
  })
  return { slots, offsets }
}

/** Indexed by outcome, so that whatever order a payload has is already the catalogue's. */
interface Entry {
  readonly market: Market
  readonly milli: number[]
  readonly states: number[]
}

const ABSENT = -1

const emptyEntry = (market: Market): Entry => {
  const size = market.type.outcomes.length
  return { market, milli: new Array<number>(size).fill(0), states: new Array<number>(size).fill(ABSENT) }
}

const assemble = (entries: Entry[]): Board => {
  entries.sort((a, b) => compareMarkets(a.market, b.market))
  const shape = shapeOf(entries.map(slotSeen))
  const size = shape.offsets[entries.length] ?? 0
  const milli = new Array<number>(size).fill(0)
  const states = new Array<number>(size).fill(OPEN)
  let end = 0
  for (const entry of entries) {
    for (let outcome = 0; outcome < entry.states.length; outcome++) {
      const state = entry.states[outcome] ?? ABSENT
      if (state === ABSENT) continue
      milli[end] = entry.milli[outcome] ?? 0
      states[end++] = state
    }
  }
  return { shape, milli, states }
}

/** Most markets have had one layout ever, so looking whether it fits is cheaper than naming the outcomes. */
const slotSeen = ({ market, states }: Entry): Slot => {
  for (const slot of slotsOf(market)) if (fits(slot.layout, states)) return slot
  return slotFor(market, layoutOf(market.type, present(states)))
}

const fits = ({ indexes }: Layout, states: readonly number[]): boolean => {
  let seen = 0
  for (let outcome = 0; outcome < states.length; outcome++) {
    if (states[outcome] !== ABSENT && indexes[seen++] !== outcome) return false
  }
  return seen === indexes.length
}

const slotsOf = (market: Market): Slot[] => {
  let slots = interned.get(market)
  if (slots === undefined) interned.set(market, (slots = []))
  return slots
}

const interned = new Map<Market, Slot[]>()

const present = (states: readonly number[]): readonly number[] => {
  const indexes: number[] = []
  for (let outcome = 0; outcome < states.length; outcome++) if (states[outcome] !== ABSENT) indexes.push(outcome)
  return indexes
}
