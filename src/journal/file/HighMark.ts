/**
 * A note beside the journal's folder that says how far the journal has come at least, so that a copy of earlier times in
 * its place is known as one before a number is given a second time.
 *
 * It never says more than the file holds outside its log: neither a kill between the two nor a log that was cut may make
 * a sound file look old, because what Postgres lacks would be set aside with it. So of two copies of one life that was
 * killed it cannot tell the older one; there the reserved numbers keep the new ones apart from those given before.
 */
import { closeSync, constants, fdatasyncSync, openSync, readFileSync, writeSync } from "node:fs"
import { crc32 } from "node:zlib"
import type { Facts } from "./Checksums.ts"
import { textOf } from "./Opening.ts"

export type Reach = Pick<Facts, "epoch" | "last" | "reserved">

/** Undefined where none was ever written, and where it cannot be read: then nothing is judged by it. */
export const readMark = (folder: string): Reach | undefined => {
  const [, text = "", epoch, last, reserved, crc] = LINE.exec(contentOf(folder)) ?? []
  if (crc32(text) !== Number(crc)) return undefined
  return { epoch: Number(epoch), last: Number(last), reserved: Number(reserved) }
}

/** Synced when it returns; answers why it could not be written. */
export const writeMark = (folder: string, { epoch, last, reserved }: Reach): string | undefined => {
  const text = `${epoch} ${last} ${reserved}`
  try {
    // Overwritten in its place and within one sector: a full disk takes that, and it is never half of each.
    const file = openSync(pathOf(folder), constants.O_RDWR | constants.O_CREAT, 0o600)
    try {
      writeSync(file, `${`${text} ${crc32(text)}`.padEnd(SIZE - 1)}\n`, 0)
      fdatasyncSync(file)
    } finally {
      closeSync(file)
    }
    return undefined
  } catch (error) {
    return textOf(error)
  }
}

/** Why these facts are of an earlier time than the mark; undefined = they are not. */
export const olderThan = (mark: Reach | undefined, { epoch, last, reserved }: Reach): string | undefined => {
  if (mark === undefined || epoch > mark.epoch) return undefined
  if (epoch === mark.epoch && last >= mark.last && reserved >= mark.reserved) return undefined
  return `it ends at ${last} of epoch ${epoch} and had come to at least ${mark.last} of epoch ${mark.epoch}, so it comes from a backup`
}

const SIZE = 80
const LINE = /^((\d+) (\d+) (\d+)) (\d+) *\n$/

const pathOf = (folder: string): string => `${folder}.mark`

const contentOf = (folder: string): string => {
  try {
    return readFileSync(pathOf(folder), "utf8")
  } catch {
    return ""
  }
}
