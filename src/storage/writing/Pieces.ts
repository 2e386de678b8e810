/**
 * Records cut for storing: a piece is a record, or a part of one that is stored or parked by itself.
 *
 * A batch is stored by whole records; only when Postgres refuses it are they cut to one row each, so that one bad row
 * can be parked without its neighbours. A piece is itself a record, which is what a dead letter keeps.
 */
import type { BaseRecord, ConfirmedRecord, NumberedRecord, Position, Record } from "../../domain/Record.ts"

export interface Piece extends Position {
  /** Place of its first row within the record. */
  readonly position: number
  readonly record: Record
  /** Of a BASE that was cut: a market told again, or the end, which drops what was not told. */
  readonly partOfBase?: "MARKET" | "END"
}

export const wholePieces = (records: readonly NumberedRecord[]): readonly Piece[] =>
  records.map(({ epoch, seq, record }) => ({ epoch, seq, position: 0, record }))

/** One piece per row, in order, with the places the rows have in the whole. */
export const cut = (piece: Piece): readonly Piece[] => {
  const { position, record } = piece
  switch (record.kind) {
    case "MARKETS":
      return record.markets.map((market, i) => ({
        ...piece,
        position: position + i,
        record: { ...record, markets: [market] }
      }))
    case "CONFIRMED":
      return record.listings.map((listing, i) => {
        const one: ConfirmedRecord = { ...record, listings: [listing] }
        return { ...piece, position: position + i, record: one }
      })
    case "BASE":
      return cutBase(piece, record)
    default:
      return [piece]
  }
}

const cutBase = (piece: Piece, record: BaseRecord): readonly Piece[] => {
  const { at, event, bookmakerId, phase, listing, markets } = record
  const about = { at, event, bookmakerId, phase }
  return [
    { ...piece, record: { kind: "LISTING", ...about, listing } },
    ...markets.map((market, i): Piece => ({
      ...piece,
      position: piece.position + 1 + i,
      record: { kind: "MARKETS", ...about, publishedAt: undefined, runId: undefined, markets: [market] },
      partOfBase: "MARKET"
    })),
    { ...piece, position: piece.position + 1 + markets.length, partOfBase: "END" }
  ]
}

/**
 * Runs of pieces that may be stored table by table. A market that is told again is compared with its newest value, so
 * what comes before it has to be stored before it, and a listing told twice needs two turns. So does an event that has
 * left and is back, because what stood of it is dropped in between.
 */
export const runsOf = (pieces: readonly Piece[]): readonly (readonly Piece[])[] => {
  const runs: Piece[][] = []
  let run: Piece[] = []
  let told: Set<string> | undefined
  const left = new Set<string>()
  for (const piece of pieces) {
    const { record } = piece
    const key = toldAgain(piece)
    const isBack = record.kind === "EVENT" && record.after !== undefined && left.has(record.eventId)
    const begins = isBack || (key === undefined) !== (told === undefined) || told?.has(key ?? "") === true
    if (run.length === 0 || begins) {
      runs.push((run = []))
      told = key === undefined ? undefined : new Set()
      left.clear()
    }
    if (key !== undefined) told?.add(key)
    if (record.kind === "EVENT" && record.after === undefined) left.add(record.eventId)
    run.push(piece)
  }
  return runs
}

const toldAgain = ({ partOfBase, position, record }: Piece): string | undefined => {
  if (record.kind !== "BASE" && partOfBase === undefined) return undefined
  if (!("event" in record)) return undefined
  // The pieces of one BASE go together; another one of the same listing has the same places again.
  return `${record.event.id}/${record.bookmakerId}/${record.phase}/${position}`
}
