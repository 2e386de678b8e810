/**
 * A digest of what a client of a filter should hold, to prove that its folded state equals the server's.
 *
 * A client makes the same lines from its fold, with nothing but the SDL:
 *   E|id|kickoff|home|away|competition id      per event
 *   B|id|state                                 per bookmaker
 *   L|id|state                                 per listing
 *   O|id|changedAt|outcome:milli:state;…       per offer; milli empty where no price is known
 * Times are ISO strings as sent. The states of listings and outcomes are the worse of the one sent and the
 * bookmaker's newest, in the order CONFIRMED, STALE, SUSPENDED, UNMAPPED, WITHDRAWN, NEVER_OFFERED, because
 * a bookmaker that changes as a whole is told in one entry. Lines are sorted by UTF-16 code unit and joined by
 * a newline; the digest is SHA-256 in hexadecimal.
 */
import { createHash } from "node:crypto"
import type { PublishedBoard } from "../../odds/PublishedBoard.ts"
import { formatCursor } from "../arguments/Cursor.ts"
import type { OddsFilter } from "../arguments/Filter.ts"
import { listingOf, offerOf, outcomeState } from "./Reading.ts"
import { bookmakersOf } from "../subscriptions/Units.ts"
import type { View, EventParent, OfferParent } from "./Parents.ts"

export const digestOf = (lines: readonly string[]): string =>
  createHash("sha256")
    .update([...lines].sort().join("\n"))
    .digest("hex")

/** The digest of a filter at the published mark, as `cacheDigest` answers it. */
export const digestFor = (board: PublishedBoard["Service"], view: View, filter: OddsFilter) => ({
  digest: digestOf(linesOf(board, view, filter)),
  cursor: formatCursor(board.mark(), filter.part)
})

const linesOf = (board: PublishedBoard["Service"], view: View, filter: OddsFilter): readonly string[] => {
  const bookmakers = bookmakersOf(view, filter)
  const lines = bookmakers.map(({ id }) => `B|${id}|${view.standing(id).state}`)
  for (const { facts, books } of board.events()) {
    if (!filter.event(facts)) continue
    const event: EventParent = { facts, books, view }
    lines.push(["E", facts.id, iso(facts.kickoff), facts.home, facts.away, facts.competition.id].join("|"))
    for (const bookmaker of bookmakers) {
      const book = books.get(bookmaker.id)
      if (book === undefined) continue
      lines.push(`L|${facts.id}/${bookmaker.id}|${listingOf(event, bookmaker).standing.state}`)
      for (const slot of filter.slots(book)) {
        const market = book.shape.slots[slot]?.market
        if (market !== undefined) lines.push(offerLine(offerOf(event, bookmaker, market)))
      }
    }
  }
  return lines
}

const offerLine = ({ eventId, bookmaker, market, standing, state }: OfferParent): string => {
  const outcomes =
    state?.layout.outcomes.map((outcome, i) => {
      return `${outcome}:${state.milli[i] || ""}:${outcomeState(standing, state.states[i])}`
    }) ?? []
  return `O|${eventId}/${bookmaker.id}/${market.key}|${iso(state?.changedAt ?? 0)}|${outcomes.join(";")}`
}

const iso = (at: number): string => new Date(at).toISOString()
