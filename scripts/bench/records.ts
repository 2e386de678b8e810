/**
 * Records as the journal hands them to the drainer: changed markets of many listings, ten to a record.
 */
import { BookmakerId } from "../../src/domain/Bookmaker.ts"
import { EventId } from "../../src/domain/Event.ts"
import type { MarketState, NumberedRecord } from "../../src/domain/Record.ts"
import type { Snapshot } from "../../src/domain/Snapshot.ts"
import { marketAt } from "../../src/odds/Reading.ts"
import { observe } from "../../src/odds/Observe.ts"
import { factsOf } from "./boards.ts"

export interface RecordBatch {
  readonly from: number
  readonly to: number
  readonly records: readonly NumberedRecord[]
}

const PER_RECORD = 10

export const recordBatches = (
  bases: readonly Snapshot[],
  epoch: number,
  batches: number,
  rowsPerBatch: number
): readonly RecordBatch[] => {
  const size = rowsPerBatch / PER_RECORD
  const markets = bases.map(marketsOf)
  return Array.from({ length: batches }, (_, batch) => ({
    from: batch * size,
    to: (batch + 1) * size,
    records: Array.from({ length: size }, (__, i) => {
      const seq = batch * size + i + 1
      const turn = seq % bases.length
      return numbered(bases[turn], markets[turn] ?? [], epoch, seq)
    })
  }))
}

const marketsOf = (base: Snapshot): readonly MarketState[] => {
  const book = observe(factsOf(base), undefined, base).change?.book
  return book === undefined ? [] : book.shape.slots.flatMap((_, slot) => marketAt(book, slot) ?? [])
}

const numbered = (
  base: Snapshot | undefined,
  markets: readonly MarketState[],
  epoch: number,
  seq: number
): NumberedRecord => {
  if (base === undefined) throw new Error("There is no payload to make records of.")
  // Markets come again after a while, so that a batch changes some of them twice.
  const event = factsOf({ ...base, eventId: EventId(String(70_000_000 + (seq % 1_300))) })
  const first = (seq * 7) % Math.max(1, markets.length - PER_RECORD)
  return {
    epoch,
    seq,
    durable: true,
    record: {
      kind: "MARKETS",
      at: epoch,
      event,
      bookmakerId: BookmakerId(base.bookmakerId),
      phase: "PREMATCH",
      publishedAt: undefined,
      runId: "bench",
      markets: markets.slice(first, first + PER_RECORD)
    }
  }
}
