/**
 * The digest of a board, as `CacheDigest` in the SDL describes it: equal to the server's means an equal state.
 */
import type { Board } from "./Board.ts"
import { bookmakerOf, worse } from "./Row.ts"
import type { Bookmakers, Sent } from "./Row.ts"

/** SHA-256 in hexadecimal. Needs `crypto.subtle`, which browsers offer on https and on this machine only. */
export const digestOf = async (board: Board): Promise<string> => {
  const text = new TextEncoder().encode(linesOf(board).sort().join("\n"))
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", text))
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("")
}

const linesOf = (board: Board): string[] => {
  const bookmakers = board.bookmakers()
  const lines = Array.from(bookmakers.values(), ({ id, state }) => `B|${id}|${state}`)
  for (const sent of board.events()) lines.push(...eventLines(sent, bookmakers))
  return lines
}

const eventLines = ({ event, listings, offers }: Sent, bookmakers: Bookmakers): string[] => {
  const standing = (id: string) => bookmakers.get(bookmakerOf(id))?.state ?? "CONFIRMED"
  const lines = Array.from(listings.values(), ({ id, state }) => `L|${id}|${worse(state, standing(id))}`)
  if (event !== undefined) {
    lines.push(["E", event.id, event.kickoff, event.home, event.away, event.competition.id].join("|"))
  }
  for (const { id, changedAt, outcomes } of offers.values()) {
    const prices = outcomes.map(
      ({ outcome, milli, state }) => `${outcome}:${milli ?? ""}:${worse(state, standing(id))}`
    )
    lines.push(`O|${id}|${changedAt ?? ""}|${prices.join(";")}`)
  }
  return lines
}
