/**
 * The diff: one snapshot against the book, as a scan of integers where the shape is the same and as a merge where not.
 *
 * Only what is inside the snapshot's scope and readable is confirmed or withdrawn. What it returns is the next
 * book and the positions of the markets that changed; the old book is left as it is, readers may still hold it.
 */
import { OPEN, SUSPENDED, UNREADABLE, sameShape, shapeOf, slotFor } from "../domain/Board.ts"
import type { Board, Shape, Slot } from "../domain/Board.ts"
import { union } from "../domain/Layout.ts"
import type { Layout } from "../domain/Layout.ts"
import { compareMarkets } from "../domain/Market.ts"
import type { Market } from "../domain/Market.ts"
import type { Snapshot } from "../domain/Snapshot.ts"
import { WITHDRAWN, milliOf, outcomeOf, stateOf } from "./OddsBook.ts"
import type { Columns } from "./OddsBook.ts"

export interface Difference {
  readonly columns: Columns
  /** Positions in `columns.shape`, ascending. */
  readonly changed: readonly number[]
}

/** Compares; `withdraws` is false where absence in this snapshot proves nothing. */
export const difference = (before: Columns, snapshot: Snapshot, withdraws: boolean): Difference =>
  snapshot.rejected.size === 0 && sameShape(before.shape, snapshot.board.shape)
    ? scan(before, snapshot.board, snapshot.observedAt)
    : merge(before, snapshot, withdraws)

/** Same markets, same outcomes: two flat arrays against two flat arrays. */
const scan = (before: Columns, board: Board, at: number): Difference => {
  const { milli, states } = board
  const { outcomes } = before
  const size = milli.length
  for (let i = 0; i < size; i++) {
    const outcome = outcomes[i] ?? WITHDRAWN
    const state = stateOf(outcome)
    if (states[i] !== state || (state === OPEN && milli[i] !== milliOf(outcome))) return advance(before, board, at)
  }
  return { columns: before, changed: [] }
}

const advance = (before: Columns, board: Board, at: number): Difference => {
  const after = copy(before)
  const changed: number[] = []
  const { offsets, slots } = before.shape
  for (let slot = 0; slot < slots.length; slot++) {
    const from = offsets[slot] ?? 0
    const to = offsets[slot + 1] ?? from
    let differs = false
    for (let i = from; i < to; i++) {
      differs = see(after, i, board.states[i] ?? UNREADABLE, board.milli[i] ?? 0) || differs
    }
    if (differs) {
      changed.push(slot)
      stamp(before, slot, after, slot, at)
    }
  }
  return { columns: after, changed }
}

/** Different markets or outcomes: both are in catalogue order, so one walk over both. */
const merge = (before: Columns, snapshot: Snapshot, withdraws: boolean): Difference => {
  const { board, observedAt: at } = snapshot
  const plan = align(before.shape, board.shape)
  const after = blank(plan.shape)
  const changed: number[] = []
  plan.shape.slots.forEach(({ market, layout }, slot) => {
    const old = plan.fromBefore[slot] ?? -1
    const seen = plan.fromBoard[slot] ?? -1
    const rejected = snapshot.rejected.has(market.key)
    const absent = rejected ? UNREADABLE : absence(snapshot, market, withdraws)
    const start = after.shape.offsets[slot] ?? 0
    let differs = old === -1
    layout.indexes.forEach((outcome, j) => {
      const to = start + j
      const was = place(before.shape, old, layout, outcome, j)
      const now = place(board.shape, seen, layout, outcome, j)
      if (was !== -1) {
        after.outcomes[to] = before.outcomes[was] ?? WITHDRAWN
        after.previous[to] = before.previous[was] ?? 0
      } else {
        differs = true
      }
      if (now !== -1 && !rejected) {
        differs = see(after, to, board.states[now] ?? UNREADABLE, board.milli[now] ?? 0) || differs
      } else if (absent !== undefined) {
        differs = lose(after, to, absent) || differs
      }
    })
    if (differs) changed.push(slot)
    if (old !== -1) keep(before, old, after, slot)
    if (differs) stamp(before, old, after, slot, at)
  })
  return changed.length === 0 && plan.shape === before.shape
    ? { columns: before, changed }
    : { columns: after, changed }
}

/**
 * What absence of an outcome means here: withdrawn, unreadable, or nothing. Where something could not even be named,
 * everything absent may be just that, so none of it is withdrawn and none of it is confirmed.
 */
const absence = (snapshot: Snapshot, market: Market, withdraws: boolean): number | undefined => {
  if (snapshot.scope !== "FULL" && !snapshot.scope.has(market.type.key)) return undefined
  if (snapshot.unkeyedReject) return UNREADABLE
  return withdraws ? WITHDRAWN : undefined
}

/** Takes one outcome as seen; true when price or state moved. The stored price is the last open one. */
const see = ({ outcomes, previous }: Draft, at: number, state: number, milli: number): boolean => {
  const was = outcomes[at] ?? WITHDRAWN
  const last = milliOf(was)
  const moved = state === OPEN && last !== milli
  if (!moved && stateOf(was) === state) return false
  if (moved) previous[at] = last
  outcomes[at] = outcomeOf(moved ? milli : last, state)
  return true
}

/** Takes one outcome as absent; one that is withdrawn already stays so, whatever else is unreadable. */
const lose = ({ outcomes }: Draft, at: number, state: number): boolean => {
  const was = outcomes[at] ?? WITHDRAWN
  if (stateOf(was) === state || stateOf(was) === WITHDRAWN) return false
  outcomes[at] = outcomeOf(milliOf(was), state)
  return true
}

const keep = (before: Columns, old: number, after: Draft, slot: number): void => {
  after.since[slot] = before.since[old] ?? 0
  after.changedAt[slot] = before.changedAt[old] ?? 0
}

/** Marks a market as changed; its state began now only if it is another state than before. */
const stamp = (before: Columns, old: number, after: Draft, slot: number, at: number): void => {
  after.changedAt[slot] = at
  if (old === -1 || standingCode(before, old) !== standingCode(after, slot)) after.since[slot] = at
}

/** A market is as good as its best outcome: open, else suspended, else unreadable, else withdrawn. */
const standingCode = ({ outcomes, shape }: Columns, slot: number): number => {
  let best = WITHDRAWN
  const to = shape.offsets[slot + 1] ?? 0
  for (let i = shape.offsets[slot] ?? to; i < to; i++) best = Math.min(best, stateOf(outcomes[i] ?? WITHDRAWN))
  return best
}

/** Index of an outcome in a shape's flat arrays, or −1. `guess` is right whenever the layouts are equal. */
const place = (shape: Shape, slot: number, layout: Layout, outcome: number, guess: number): number => {
  if (slot === -1) return -1
  const own = shape.slots[slot]?.layout
  const position = own === layout ? guess : (own?.indexes.indexOf(outcome) ?? -1)
  return position === -1 ? -1 : (shape.offsets[slot] ?? 0) + position
}

interface Plan {
  readonly shape: Shape
  /** Per slot of `shape`: its position in the old shape and in the board's, −1 where it has none. */
  readonly fromBefore: readonly number[]
  readonly fromBoard: readonly number[]
}

const align = (before: Shape, board: Shape): Plan => {
  const slots: Slot[] = []
  const fromBefore: number[] = []
  const fromBoard: number[] = []
  let left = 0
  let right = 0
  let same = true
  while (left < before.slots.length || right < board.slots.length) {
    const a = before.slots[left]
    const b = board.slots[right]
    const order = a === undefined ? 1 : b === undefined ? -1 : compareMarkets(a.market, b.market)
    const slot = order > 0 ? b : order < 0 || a === b ? a : a && b && slotFor(a.market, union(a.layout, b.layout))
    if (slot !== undefined) slots.push(slot)
    same &&= order <= 0 && slot === a
    fromBefore.push(order <= 0 ? left++ : -1)
    fromBoard.push(order >= 0 ? right++ : -1)
  }
  return { shape: same ? before : shapeOf(slots), fromBefore, fromBoard }
}

/** Columns that nobody else holds yet. */
interface Draft extends Columns {
  readonly outcomes: number[]
  readonly previous: number[]
  readonly since: number[]
  readonly changedAt: number[]
}

const blank = (shape: Shape): Draft => {
  const size = shape.offsets[shape.slots.length] ?? 0
  return {
    shape,
    outcomes: new Array<number>(size).fill(outcomeOf(0, SUSPENDED)),
    previous: new Array<number>(size).fill(0),
    since: new Array<number>(shape.slots.length).fill(0),
    changedAt: new Array<number>(shape.slots.length).fill(0)
  }
}

const copy = ({ changedAt, outcomes, previous, shape, since }: Columns): Draft => ({
  shape,
  outcomes: outcomes.slice(),
  previous: previous.slice(),
  since: since.slice(),
  changedAt: changedAt.slice()
})
