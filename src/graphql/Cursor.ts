/**
 * Cursors: a position in the stream of changes as clients hold it.
 *
 * Opaque, but of fixed width up to the filter, so that comparing two as strings compares their positions: the
 * client's rule `previousCursor <= mine < cursor` needs no parsing. A page of a snapshot that is not the last
 * sorts below the position it belongs to, and is no base to resume from.
 */
import { createHash } from "node:crypto"
import type { Position } from "../domain/Record.ts"

export interface Cursor extends Position {
  /** Undefined: everything up to the position is known. Else the number of a page of an unfinished snapshot. */
  readonly page: number | undefined
  /** Empty when the cursor came with the answer of a query, which any filter may go on from. */
  readonly filter: string
}

export const formatCursor = ({ epoch, seq }: Position, filter: string, page?: number): string =>
  digits(epoch, EPOCH_WIDTH) + digits(seq, SEQ_WIDTH) + (page === undefined ? WHOLE : digits(page, PAGE_WIDTH)) + filter

/** Undefined for anything that this function's counterpart did not make. */
export const parseCursor = (text: string): Cursor | undefined => {
  const [, epoch, seq, page, filter] = FORM.exec(text) ?? []
  if (epoch === undefined || seq === undefined || page === undefined || filter === undefined) return undefined
  const position = { epoch: parseInt(epoch, 36), seq: parseInt(seq, 36) }
  if (!Number.isSafeInteger(position.epoch) || !Number.isSafeInteger(position.seq)) return undefined
  return { ...position, page: page === WHOLE ? undefined : parseInt(page, 36), filter }
}

/** The filter's part of a cursor: equal for filters that mean the same. */
export const filterPart = (canonicalFilter: string): string =>
  createHash("sha256").update(canonicalFilter).digest("hex").slice(0, FILTER_WIDTH)

const EPOCH_WIDTH = 9
const SEQ_WIDTH = 11
const PAGE_WIDTH = 4
const FILTER_WIDTH = 10
/** Above every page number, so the end of a snapshot sorts after its pages. */
const WHOLE = "zzzz"
const FORM = /^([0-9a-z]{9})([0-9a-z]{11})([0-9a-z]{4})((?:[0-9a-f]{10})?)$/

const digits = (value: number, width: number): string => value.toString(36).padStart(width, "0")
