/**
 * The rule of the stream: a message is applied iff `previousCursor <= mine < cursor`, what is known is ignored, and
 * anything else is a gap.
 *
 * The first page of a snapshot clears. A first base shows while it comes; a later one is folded beside the old and
 * takes its place when its last page is there, so a grid never empties under its reader, and a connection that
 * breaks in between goes on from the old cursor.
 */
import { makeBoard } from "./Board.ts"
import type { Board, OddsMessage } from "./Board.ts"

export type Verdict = "APPLIED" | "IGNORED" | "GAP"

export interface Fold {
  readonly accept: (message: OddsMessage) => Verdict
  readonly board: () => Board
  /** Where to go on from; undefined without a whole base. */
  readonly cursor: () => string | undefined
  /** Drops the base, because it was found wrong: the next message has to be a snapshot. */
  readonly forget: () => void
}

export const makeFold = (): Fold => {
  let board = makeBoard()
  let cursor: string | undefined
  let coming: Coming | undefined

  const page = (message: OddsMessage): Verdict => {
    if (message.page === 0) {
      coming = { board: makeBoard(), cursor: message.cursor, next: 0 }
      if (cursor === undefined) ({ board } = coming)
    }
    if (coming === undefined || message.page !== coming.next) return "GAP"
    if (message.page > 0 && (message.previousCursor ?? "") > coming.cursor) return "GAP"
    coming.board.apply(message)
    coming.cursor = message.cursor
    coming.next += 1
    if (message.lastPage) {
      ;({ board, cursor } = coming)
      coming = undefined
    }
    return "APPLIED"
  }

  return {
    accept: (message) => {
      if (message.kind === "SNAPSHOT") return page(message)
      if (cursor === undefined || coming !== undefined) return "GAP"
      // Says where we stand, and changes nothing.
      if (message.kind === "RESUMED") return message.cursor === cursor ? "APPLIED" : "GAP"
      if (message.cursor <= cursor) {
        // Confirmations wait for their second and may be told at a cursor that is known.
        board.confirm(message.confirmations)
        return "IGNORED"
      }
      if (message.previousCursor === null || message.previousCursor > cursor) return "GAP"
      board.apply(message)
      cursor = message.cursor
      return "APPLIED"
    },
    board: () => board,
    cursor: () => cursor,
    forget: () => {
      cursor = coming = undefined
    }
  }
}

interface Coming {
  readonly board: Board
  cursor: string
  next: number
}
