/**
 * What waits before the diff may be replaced: a newer FULL snapshot replaces all, a newer partial one overlays its
 * scope, and an older observation never overwrites a newer one (DESIGN §4). The rest is as old as it was.
 */
import { makeBoardBuilder } from "../domain/Board.ts"
import type { Board, BoardBuilder } from "../domain/Board.ts"
import { wholeAtOf } from "../domain/Snapshot.ts"
import type { Snapshot } from "../domain/Snapshot.ts"

export const conflate = (waiting: Snapshot, incoming: Snapshot): Snapshot => {
  const [older, newer] = incoming.observedAt >= waiting.observedAt ? [waiting, incoming] : [incoming, waiting]
  return newer.scope === "FULL" ? newer : overlay(older, newer, newer.scope)
}

const overlay = (below: Snapshot, above: Snapshot, scope: ReadonlySet<string>): Snapshot => {
  const builder = makeBoardBuilder()
  copy(below.board, builder, (type) => !scope.has(type))
  copy(above.board, builder, () => true)
  const kept = [...below.rejected].filter((key) => !scope.has(key.split("@", 1)[0] ?? key))
  return {
    ...above,
    ...(below.scope === "FULL"
      ? { scope: "FULL", wholeAt: wholeAtOf(below) }
      : { scope: new Set([...below.scope, ...scope]) }),
    board: builder.build(),
    rejected: new Set([...kept, ...above.rejected]),
    unkeyedReject: below.unkeyedReject || above.unkeyedReject,
    unmapped: below.scope === "FULL" ? below.unmapped : above.unmapped,
    finerPrices: below.finerPrices + above.finerPrices,
    // Prices of both are told as one, so the older request bounds how far apart they were captured.
    requestedAt: Math.min(below.requestedAt, above.requestedAt)
  }
}

const copy = ({ shape, milli, states }: Board, builder: BoardBuilder, wanted: (type: string) => boolean): void => {
  shape.slots.forEach(({ market, layout }, slot) => {
    if (!wanted(market.type.key)) return
    layout.indexes.forEach((outcome, j) => {
      const at = (shape.offsets[slot] ?? 0) + j
      builder.add(market, outcome, milli[at] ?? 0, states[at] ?? 0)
    })
  })
}
