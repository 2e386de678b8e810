/**
 * Binds every row of the file to one sealed row of facts, so that what is read back is what one commit left behind.
 *
 * SQLite finds broken pages, not flipped bits, and not a page of an earlier commit among newer ones. So a record's
 * checksum covers its number and the number before it (a chain from the floor to the last), an image's its key, and the
 * facts hold the end of the chain and the sum of all images.
 */
import type { DatabaseSync } from "node:sqlite"
import { crc32 } from "node:zlib"
import type { Unbased } from "../Journal.ts"
import { Damage } from "./Opening.ts"

/** What holds for the whole file; written in every commit. */
export interface Facts {
  readonly world: string
  readonly epoch: number
  /** The last number on disk. */
  readonly last: number
  /** Numbers up to here may be used without a disk. */
  readonly reserved: number
  /** Everything up to here has been deleted. */
  readonly floor: number
  /** The sum of the checksums of all images. */
  readonly images: number
  /** Why the next start must not go on with this file. */
  readonly abandoned: string | undefined
  /** Begun in ignorance of what Postgres knows, and not told it since. */
  readonly unbased: Unbased | undefined
}

export interface RecordPlace {
  readonly seq: number
  /** The number of the record before it, or the floor. */
  readonly previous: number
  readonly at: number
}

type Row = { readonly [column: string]: unknown }

export const recordSum = ({ seq, previous, at }: RecordPlace, bytes: Uint8Array): number =>
  crc32(bytes, crc32(new Uint8Array(Float64Array.of(seq, previous, at).buffer)))

export const imageSum = (key: string, bytes: Uint8Array): number => crc32(bytes, crc32(key))

/** Exclusive or: the sum without an image is the sum with it twice. */
export const addSum = (sum: number, image: number): number => (sum ^ image) >>> 0

export const sealFacts = (facts: Facts): { readonly text: string; readonly crc: number } => {
  const text = JSON.stringify(facts)
  return { text, crc: crc32(text) }
}

export const readFacts = (row: Row | undefined): Facts => {
  const text = row?.["text"]
  if (typeof text !== "string" || crc32(text) !== row?.["crc"])
    throw new Damage("the checksum of its facts does not match")
  const facts: Facts = JSON.parse(text)
  return facts
}

export const soundRecord = (row: Row): Uint8Array => {
  const place = { seq: Number(row["seq"]), previous: Number(row["previous"]), at: Number(row["at"]) }
  const bytes = bytesOf(row)
  if (recordSum(place, bytes) !== row["crc"]) throw new Damage(`the checksum of record ${place.seq} does not match`)
  return bytes
}

export const soundImage = (row: Row): Uint8Array => {
  const bytes = bytesOf(row)
  const key = String(row["key"])
  if (imageSum(key, bytes) !== row["crc"]) throw new Damage(`the checksum of image ${key} does not match`)
  return bytes
}

/** Reads everything once: the file is bounded by the resume window, and a wrong row found later is a wrong price shown. */
export const checkAll = (database: DatabaseSync, { floor, last, images }: Facts): void => {
  const verdict = String(database.prepare("pragma quick_check(1)").get()?.["quick_check"])
  if (verdict !== "ok") throw new Damage(verdict)
  let end = floor
  for (const row of database.prepare("select seq, previous, at, crc, bytes from record order by seq").iterate()) {
    soundRecord(row)
    if (row["previous"] !== end) throw new Damage(`the record behind ${end} is missing`)
    end = Number(row["seq"])
  }
  if (end !== last) throw new Damage(`it ends at ${end} and should end at ${last}`)
  let sum = 0
  for (const row of database.prepare("select key, crc, bytes from image").iterate()) {
    soundImage(row)
    sum = addSum(sum, Number(row["crc"]))
  }
  if (sum !== images) throw new Damage("its images are not of one commit")
}

const bytesOf = (row: Row): Uint8Array => {
  const bytes = row["bytes"]
  if (!(bytes instanceof Uint8Array)) throw new Damage("a row holds no bytes")
  return bytes
}
