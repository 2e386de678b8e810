/**
 * Other snapshots made of one: with prices moved, with markets left out, for other events.
 *
 * Each board is built anew as an adapter builds it, so nothing is shared that would not be shared on the wire.
 */
import { makeBoardBuilder } from "../../src/domain/Board.ts"
import type { Board } from "../../src/domain/Board.ts"
import { CompetitionId } from "../../src/domain/Competition.ts"
import { EventId } from "../../src/domain/Event.ts"
import type { EventFacts } from "../../src/domain/Event.ts"
import type { Snapshot } from "../../src/domain/Snapshot.ts"

/** With about this share of its markets at other prices. */
export const moved = (snapshot: Snapshot, share: number): Snapshot => {
  const moves = (slot: number): boolean => (slot + 1) * share >= 1 && ((slot + 1) * share) % 1 < share
  return {
    ...snapshot,
    board: rebuilt(
      snapshot.board,
      () => true,
      (slot) => (moves(slot) ? 10 : 0)
    )
  }
}

export const without = (snapshot: Snapshot, left: (slot: number) => boolean): Snapshot => ({
  ...snapshot,
  board: rebuilt(
    snapshot.board,
    (slot) => !left(slot),
    () => 0
  )
})

/** `add` thousandths to every open price of a slot. */
export const rebuilt = (
  { shape, milli, states }: Board,
  keeps: (slot: number) => boolean,
  add: (slot: number) => number
): Board => {
  const builder = makeBoardBuilder()
  shape.slots.forEach(({ market, layout }, slot) => {
    if (!keeps(slot)) return
    const from = shape.offsets[slot] ?? 0
    layout.indexes.forEach((outcome, i) =>
      builder.add(market, outcome, (milli[from + i] ?? 0) + add(slot), states[from + i] ?? 0)
    )
  })
  return builder.build()
}

export const factsOf = ({ eventId, listed }: Snapshot): EventFacts => ({
  id: EventId(eventId),
  home: listed.home,
  away: listed.away,
  kickoff: 4_000_000_000_000,
  competition: {
    id: CompetitionId("bench-league"),
    name: listed.competition.name,
    countryCode: "NG",
    countryName: listed.competition.country
  }
})
