/**
 * Cursors: a position in the stream of changes as clients hold it.
 *
 * Opaque, but of fixed width up to the filter, so that comparing two as strings compares their positions: the
 * client's rule `previousCursor <= mine < cursor` needs no parsing. Two things sort just below a whole position:
 * a page of a snapshot that is not the last, which is no base to resume from, and a position whose last records
 * hold confirmations that are still to come, which says how many records they are.
 */
import { createHash } from "node:crypto"
import type { Told } from "../../broadcast/Group.ts"
import type { Position } from "../../domain/Record.ts"

export interface Cursor extends Position {
  /** Undefined: everything up to the position is known. Else the number of a page of an unfinished snapshot. */
  readonly page: number | undefined
  /** The confirmations of so many records before the position are not known yet. */
  readonly unconfirmed: number
  /** Empty when the cursor came with the answer of a query, which any filter may go on from. */
  readonly filter: string
}

export const formatCursor = (position: Position, filter: string, page?: number): string =>
  format(position, page ?? WHOLE, filter)

/** The cursor of who was told every change, but perhaps not every confirmation. */
export const formatTold = (told: Told, filter: string): string =>
  format(told, WHOLE - Math.min(told.seq - told.confirmedTo, MOST_UNCONFIRMED), filter)

/** Undefined for anything that this function's counterpart did not make. */
export const parseCursor = (text: string): Cursor | undefined => {
  const [, epoch, seq, detail, filter] = FORM.exec(text) ?? []
  if (epoch === undefined || seq === undefined || detail === undefined || filter === undefined) return undefined
  const position = { epoch: parseInt(epoch, 36), seq: parseInt(seq, 36) }
  if (!Number.isSafeInteger(position.epoch) || !Number.isSafeInteger(position.seq)) return undefined
  const unconfirmed = WHOLE - parseInt(detail, 36)
  return unconfirmed <= MOST_UNCONFIRMED
    ? { ...position, page: undefined, unconfirmed, filter }
    : { ...position, page: WHOLE - unconfirmed, unconfirmed: 0, filter }
}

/** The filter's part of a cursor: equal for filters that mean the same. */
export const filterPart = (canonicalFilter: string): string =>
  createHash("sha256").update(canonicalFilter).digest("hex").slice(0, FILTER_WIDTH)

const EPOCH_WIDTH = 9
const SEQ_WIDTH = 11
const DETAIL_WIDTH = 4
const FILTER_WIDTH = 10
/** Above every page number, so the end of a snapshot sorts after its pages. */
const WHOLE = 36 ** DETAIL_WIDTH - 1
/** Pages are counted from below, unconfirmed records from above. */
const MOST_UNCONFIRMED = (WHOLE - 1) / 2
const FORM = /^([0-9a-z]{9})([0-9a-z]{11})([0-9a-z]{4})((?:[0-9a-f]{10})?)$/

const format = ({ epoch, seq }: Position, detail: number, filter: string): string =>
  digits(epoch, EPOCH_WIDTH) + digits(seq, SEQ_WIDTH) + digits(detail, DETAIL_WIDTH) + filter

const digits = (value: number, width: number): string => value.toString(36).padStart(width, "0")
