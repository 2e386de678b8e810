/**
 * The tables of the journal's file and the statements on them. Every row is written with its checksum and read with it.
 */
import type { DatabaseSync } from "node:sqlite"
import { pack } from "../thread/ThreadMessages.ts"
import type { Packed, Segment } from "../thread/ThreadMessages.ts"
import { addSum, imageSum, readFacts, recordSum, sealFacts, soundImage, soundRecord } from "./Checksums.ts"
import type { Facts, RecordPlace } from "./Checksums.ts"

export const SCHEMA = `
  create table fact (single integer primary key check (single = 1), text text not null, crc integer not null) strict;
  create table record (seq integer primary key, previous integer not null, at integer not null, crc integer not null, bytes blob not null) strict;
  create table image (key text primary key, crc integer not null, bytes blob not null) strict;
`

export interface Rows {
  readonly facts: () => Facts
  readonly putFacts: (facts: Facts) => void
  readonly insert: (place: RecordPlace, bytes: Uint8Array) => void
  /** Deletes all records up to this one. */
  readonly forget: (upTo: number) => void
  readonly has: (seq: number) => boolean
  readonly read: (after: number, limit: number) => { readonly seqs: Float64Array; readonly records: Packed }
  /** Stores, or without bytes deletes the key and all below it; answers the sum of all images after it. */
  readonly putImage: (sum: number, key: string, bytes: Uint8Array) => number
  readonly images: () => { readonly keys: readonly string[]; readonly images: Packed }
  readonly segments: () => readonly Segment[]
}

export const makeRows = (database: DatabaseSync): Rows => {
  const facts = database.prepare("select text, crc from fact")
  const putFacts = database.prepare("insert or replace into fact (single, text, crc) values (1, ?, ?)")
  const insert = database.prepare("insert into record (seq, previous, at, crc, bytes) values (?, ?, ?, ?, ?)")
  const forget = database.prepare("delete from record where seq <= ?")
  const one = database.prepare("select 1 from record where seq = ?")
  const read = database.prepare("select seq, previous, at, crc, bytes from record where seq > ? order by seq limit ?")
  const imageCrc = database.prepare("select crc from image where key = ?")
  const putImage = database.prepare("insert or replace into image (key, crc, bytes) values (?, ?, ?)")
  const below = "key = ?1 or (key > ?1 || '/' and key < ?1 || '0')"
  const sumsBelow = database.prepare(`select crc from image where ${below}`)
  const dropBelow = database.prepare(`delete from image where ${below}`)
  const sumOf = (sum: number, rows: readonly { readonly [column: string]: unknown }[]): number =>
    rows.reduce((total, row) => addSum(total, Number(row["crc"])), sum)

  return {
    facts: () => readFacts(facts.get()),
    putFacts: (next) => {
      const { crc, text } = sealFacts(next)
      putFacts.run(text, crc)
    },
    insert: (place, bytes) => {
      insert.run(place.seq, place.previous, place.at, recordSum(place, bytes), bytes)
    },
    forget: (upTo) => {
      forget.run(upTo)
    },
    has: (seq) => one.get(seq) !== undefined,
    read: (after, limit) => {
      const rows = read.all(after, limit)
      return {
        seqs: Float64Array.from(rows, (row) => Number(row["seq"])),
        records: pack(rows.map(soundRecord))
      }
    },
    putImage: (sum, key, bytes) => {
      if (bytes.length === 0) {
        const left = sumOf(sum, sumsBelow.all(key))
        dropBelow.run(key)
        return left
      }
      const crc = imageSum(key, bytes)
      const left = sumOf(sum, imageCrc.all(key))
      putImage.run(key, crc, bytes)
      return addSum(left, crc)
    },
    images: () => {
      const rows = database.prepare("select key, crc, bytes from image order by key").all()
      return { keys: rows.map((row) => String(row["key"])), images: pack(rows.map(soundImage)) }
    },
    segments: () =>
      database
        .prepare(
          "select max(seq) as last, at, count(*) as records, sum(length(bytes)) as bytes from record group by at order by 1"
        )
        .all()
        .map((row) => ({
          last: Number(row["last"]),
          at: Number(row["at"]),
          records: Number(row["records"]),
          bytes: Number(row["bytes"])
        }))
  }
}
