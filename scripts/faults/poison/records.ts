/**
 * Good records and poison ones, mixed by a seed: one row each, so that rows can be counted by their numbers.
 *
 * Poison comes as the journal gives it: encoded, bent, decoded. Each kind is refused by Postgres for another reason; the
 * curable ones only until their cause is removed.
 */
import { decode, encode } from "../../../src/journal/RecordCodec.ts"
import type { Record } from "../../../src/domain/Record.ts"
import {
  betpawa,
  confirmedRecord,
  eventRecord,
  factsOf,
  listingState,
  marketsRecord
} from "../../../test/support/records.ts"

export interface Mixed {
  readonly records: readonly Record[]
  /** Kind by number; a number that is missing is good. */
  readonly poison: ReadonlyMap<number, string>
}

/** Evenly spread: more than twenty in one batch are a wrong schema and no bad rows. */
export const mixed = (good: number, bad: number, now: number, draw: () => number): Mixed => {
  const records: Record[] = []
  const poison = new Map<number, string>()
  const block = good / bad
  for (let i = 0; i < bad; i++) {
    const at = Math.floor(draw() * block)
    for (let j = 0; j < block; j++) {
      if (j === at) {
        const kind = i % 2 === 0 ? CURABLE : (KINDS[((i - 1) / 2) % KINDS.length] ?? KINDS[0])
        records.push(poisonOf(kind, i, now))
        poison.set(records.length, kind)
      }
      records.push(change(i * block + j, 1_500 + ((i * 7 + j) % 300), now))
    }
  }
  return { records, poison }
}

export const CURABLE = "a price that a constraint forbids"
/** What the constraint forbids. */
export const FORBIDDEN = 1_870

const EVENTS = 400

/** A change of one market, another listing each time until all have had one. */
const change = (i: number, price: number, now: number) =>
  marketsRecord(String(1_000 + (i % EVENTS)), price === FORBIDDEN ? price + 1 : price, now)

const bent = (record: Record, from: string | RegExp, to: string): Record =>
  decode(new TextEncoder().encode(new TextDecoder().decode(encode(record)).replaceAll(from, to)))

const NUL = "NUL \u0000 here"
const MEGABYTE = 1_048_576

const makers = {
  "NUL in a text": (i: number, now: number) => ({ ...change(i, 1_900, now), runId: NUL }),
  "a price out of range": (i: number, now: number) => bent(change(i, 1_901, now), "[1901,", "[99999999999,"),
  "a price that is none": (i: number, now: number) => bent(change(i, 1_902, now), "[1902,", "[null,"),
  "a state that is none": (i: number, now: number) => bent(change(i, 1_903, now), "CONFIRMED", "PERHAPS"),
  "a time out of range": (i: number, now: number) =>
    bent(change(i, 1_904, now), `["CONFIRMED",${now}]`, '["CONFIRMED",1e+20]'),
  "a line out of range": (i: number, now: number) => bent(change(i, 1_905, now), '"1x2_ft"', '"1x2_ft@1000000000"'),
  "a market of a name with NUL": (i: number, now: number) => bent(change(i, 1_906, now), '"1x2_ft"', '"1x2\\u0000"'),
  "an event with NUL": (i: number, now: number) => eventRecord(`p${i}`, NUL, now),
  "an event's name of 1 MB": (i: number, now: number) =>
    eventRecord(`p${i}`, "x".repeat(i < 40 ? MEGABYTE : 1_100), now),
  "a listing with NUL": (i: number, now: number): Record => ({
    kind: "LISTING",
    at: now,
    event: factsOf(`p${i}`),
    bookmakerId: betpawa,
    phase: "PREMATCH",
    listing: { ...listingState(), unmapped: [{ nativeId: "1", name: NUL, outcomeCount: 1 }] }
  }),
  "a check of an event with NUL": (_: number, now: number) => confirmedRecord([NUL], now)
} as const

const KINDS = [
  "NUL in a text",
  "a price out of range",
  "a price that is none",
  "a state that is none",
  "a time out of range",
  "a line out of range",
  "a market of a name with NUL",
  "an event with NUL",
  "an event's name of 1 MB",
  "a listing with NUL",
  "a check of an event with NUL"
] as const

const poisonOf = (kind: (typeof KINDS)[number] | typeof CURABLE, i: number, now: number): Record =>
  kind === CURABLE ? marketsRecord(String(1_000 + (i % EVENTS)), FORBIDDEN, now) : makers[kind](i, now)
