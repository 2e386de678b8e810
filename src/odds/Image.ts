/**
 * Images: the compact form in which the journal keeps the newest state of events, listings and bookmakers.
 *
 * A listing is a JSON header, the text of its shape and its columns as raw bytes. The shape's text is joined
 * from lines kept per market, because kept per shape it would be half as large as the board; shapes read back are shared,
 * so warm-up parses each only once.
 */
import { Option, Schema } from "effect"
import { parseMarketKey } from "../domain/Catalogue.ts"
import { shapeOf, slotFor } from "../domain/Board.ts"
import type { Shape, Slot } from "../domain/Board.ts"
import { layoutOfOutcomes } from "../domain/Layout.ts"
import type { Image } from "../journal/Journal.ts"
import { BookHeader } from "./ImageSchema.ts"
import { WITHDRAWN, milliOf, outcomeOf, stateOf } from "./OddsBook.ts"
import type { Columns, OddsBook } from "./OddsBook.ts"

export interface BookCodec {
  readonly encode: (book: OddsBook) => Image
  /** None when the bytes are not an image of a book. Markets the catalogue no longer knows are left out. */
  readonly decode: (image: Image) => Option.Option<OddsBook>
}

export const makeBookCodec = (): BookCodec => {
  const written = new WeakMap<Slot, string>()
  const shapes = new Map<string, ReadShape>()
  const lines = new Map<string, Line>()
  return {
    encode: (book) => ({
      key: `${book.eventId}/${book.bookmakerId}`,
      bytes: write(book, shapeText(book.shape, written))
    }),
    decode: ({ bytes }) => {
      const parts = split(bytes)
      if (parts === undefined) return Option.none()
      let read = shapes.get(parts.shape)
      if (read === undefined) shapes.set(parts.shape, (read = readShape(parts.shape, lines)))
      const shape = read
      if (parts.columns.length !== sizeOf(shape)) return Option.none()
      return Option.map(Schema.decodeUnknownOption(BookHeader)(parts.header), (header) => ({
        ...header,
        confirmedAt: header.confirmedAt ?? undefined,
        requestedAt: header.requestedAt ?? undefined,
        observedAt: header.observedAt ?? undefined,
        publishedAt: header.publishedAt ?? undefined,
        ...columns(parts.columns, shape)
      }))
    }
  }
}

const write = (book: OddsBook, shape: string): Uint8Array => {
  const { eventId, bookmakerId, phase, listing, confirmedAt, requestedAt, observedAt, publishedAt } = book
  const header = JSON.stringify({
    eventId,
    bookmakerId,
    phase,
    listing,
    confirmedAt: confirmedAt ?? null,
    requestedAt: requestedAt ?? null,
    observedAt: observedAt ?? null,
    publishedAt: publishedAt ?? null
  })
  const { changedAt, outcomes, previous, since } = book
  const shapeAt = 8 + Buffer.byteLength(header)
  const columnsAt = shapeAt + Buffer.byteLength(shape)
  const bytes = new Uint8Array(columnsAt + BYTES_PER_OUTCOME * outcomes.length + BYTES_PER_MARKET * since.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, shapeAt - 8, true)
  view.setUint32(4, columnsAt - shapeAt, true)
  const encoder = new TextEncoder()
  encoder.encodeInto(header, bytes.subarray(8))
  encoder.encodeInto(shape, bytes.subarray(shapeAt))
  let end = columnsAt
  for (const outcome of outcomes) end = putInt(view, end, milliOf(outcome))
  for (const milli of previous) end = putInt(view, end, milli)
  for (const time of since) end = putTime(view, end, time)
  for (const time of changedAt) end = putTime(view, end, time)
  for (const outcome of outcomes) bytes[end++] = stateOf(outcome)
  return bytes
}

/** Price and previous price of four bytes, state of one. */
const BYTES_PER_OUTCOME = 9
/** Two times. */
const BYTES_PER_MARKET = 16

const putInt = (view: DataView, at: number, value: number): number => {
  view.setInt32(at, value, true)
  return at + 4
}

const putTime = (view: DataView, at: number, value: number): number => {
  view.setFloat64(at, value, true)
  return at + 8
}

const split = (bytes: Uint8Array) => {
  if (bytes.length < 8) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const shapeAt = 8 + view.getUint32(0, true)
  const columnsAt = shapeAt + view.getUint32(4, true)
  if (columnsAt > bytes.length) return undefined
  const text = new TextDecoder()
  return {
    header: text.decode(bytes.subarray(8, shapeAt)),
    shape: text.decode(bytes.subarray(shapeAt, columnsAt)),
    columns: bytes.subarray(columnsAt)
  }
}

const shapeText = ({ slots }: Shape, written: WeakMap<Slot, string>): string => {
  let text = ""
  for (const slot of slots) {
    let line = written.get(slot)
    if (line === undefined) written.set(slot, (line = slotText(slot)))
    text += text === "" ? line : `\n${line}`
  }
  return text
}

/**
 * One line per market: its key, then its outcomes, tab between. A market with the first n outcomes of its type says
 * only `*n`, which most do; the catalogue appends outcomes and never moves them.
 */
const slotText = ({ market, layout: { indexes, outcomes } }: Slot): string =>
  indexes[indexes.length - 1] === indexes.length - 1
    ? `${market.key}\t*${indexes.length}`
    : [market.key, ...outcomes].join("\t")

const readLine = (line: string): Line => {
  const [key = "", ...outcomes] = line.split("\t")
  const market = parseMarketKey(key)
  const first = outcomes[0]?.startsWith("*") ? Number(outcomes[0].slice(1)) : undefined
  const layout =
    market && layoutOfOutcomes(market.type, first === undefined ? outcomes : market.type.outcomes.slice(0, first))
  return { slot: market && layout && slotFor(market, layout), width: first ?? outcomes.length }
}

interface Line {
  /** Undefined: the catalogue no longer knows it. */
  readonly slot: Slot | undefined
  readonly width: number
}

interface ReadShape {
  readonly shape: Shape
  /** As written: outcomes per market, and which of them still have a place in `shape`. */
  readonly widths: readonly number[]
  readonly known: readonly boolean[]
}

/** Shapes differ, and their lines are the same few thousand: each is read once. */
const readShape = (text: string, known: Map<string, Line>): ReadShape => {
  const lines =
    text === ""
      ? []
      : text.split("\n").map((line) => {
          let read = known.get(line)
          if (read === undefined) known.set(line, (read = readLine(line)))
          return read
        })
  return {
    shape: shapeOf(lines.flatMap(({ slot }) => slot ?? [])),
    widths: lines.map(({ width }) => width),
    known: lines.map(({ slot }) => slot !== undefined)
  }
}

const outcomesIn = ({ widths }: ReadShape): number => widths.reduce((sum, width) => sum + width, 0)

const sizeOf = (read: ReadShape): number => BYTES_PER_OUTCOME * outcomesIn(read) + BYTES_PER_MARKET * read.widths.length

const columns = (bytes: Uint8Array, read: ReadShape): Columns => {
  const { shape, widths, known } = read
  const size = outcomesIn(read)
  const markets = widths.length
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const previousAt = 4 * size
  const sinceAt = 8 * size
  const changedAt = sinceAt + 8 * markets
  const statesAt = changedAt + 8 * markets
  const written: Columns = {
    shape,
    outcomes: filled(size, (i) => outcomeOf(view.getInt32(4 * i, true), bytes[statesAt + i] ?? WITHDRAWN)),
    previous: filled(size, (i) => view.getInt32(previousAt + 4 * i, true)),
    since: filled(markets, (i) => view.getFloat64(sinceAt + 8 * i, true)),
    changedAt: filled(markets, (i) => view.getFloat64(changedAt + 8 * i, true))
  }
  return known.every((is) => is) ? written : keepKnown(written, widths, known)
}

/** By hand: a million prices pass here at every start. */
const filled = (length: number, value: (i: number) => number): number[] => {
  const values = new Array<number>(length)
  for (let i = 0; i < length; i++) values[i] = value(i)
  return values
}

const keepKnown = (written: Columns, widths: readonly number[], known: readonly boolean[]): Columns => {
  const outcomes = widths.flatMap((width, market) => new Array<boolean>(width).fill(known[market] === true))
  const outcome = (_: number, i: number) => outcomes[i] === true
  const market = (_: number, i: number) => known[i] === true
  return {
    shape: written.shape,
    outcomes: written.outcomes.filter(outcome),
    previous: written.previous.filter(outcome),
    since: written.since.filter(market),
    changedAt: written.changedAt.filter(market)
  }
}
