/** Takes the view that an answer is read with, out of what moves: the board, the settings and the clock. */
import type { Bookmaker } from "../../domain/Bookmaker.ts"
import type { Settings } from "../../domain/Settings.ts"
import type { PublishedBoard } from "../../odds/PublishedBoard.ts"
import type { View } from "./Parents.ts"

export const viewOf = (
  board: PublishedBoard["Service"],
  settings: Settings,
  all: readonly Bookmaker[],
  epoch: number,
  at: number
): View => {
  const disabled = new Set<string>(settings.disabled)
  const paused = new Set<string>(settings.paused)
  return {
    at,
    bookmakers: all.filter(({ id }) => !disabled.has(id)),
    roster: all.map((bookmaker) => ({
      bookmaker,
      enabled: !disabled.has(bookmaker.id),
      paused: paused.has(bookmaker.id),
      ...board.bookmaker(bookmaker.id)
    })),
    standing: (id) => board.bookmaker(id).standing,
    skewBoundMs: settings.skewBoundMs,
    tiers: settings.tiers,
    knownSince: epoch
  }
}
