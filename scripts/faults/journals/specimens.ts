/**
 * Journals as a crash leaves them, beside an account of our own of what was written: after which commit which records
 * and which images have to be there.
 */
import { cpSync, mkdirSync, statSync } from "node:fs"
import { join } from "node:path"
import { RESERVED_BLOCK, openJournalFile } from "../../../src/journal/file/JournalFile.ts"
import { pack } from "../../../src/journal/thread/ThreadMessages.ts"
import type { Draw } from "../house/Draw.ts"

/** What the file holds after one commit. */
export interface Standing {
  readonly last: number
  readonly floor: number
  /** By number. */
  readonly records: ReadonlyMap<number, string>
  readonly images: ReadonlyMap<string, string>
}

export interface Specimen {
  readonly folder: string
  readonly epoch: number
  /** By the last number of each commit; the empty journal is 0. */
  readonly standings: ReadonlyMap<number, Standing>
  readonly end: Standing
  readonly reserved: number
  readonly databaseBytes: number
  readonly walBytes: number
}

/** `commits` decides how far SQLite has carried the log over into the database by itself. */
export const makeSpecimen = (folder: string, commits: number, draw: Draw): Specimen => {
  const live = `${folder}-live`
  for (const made of [live, folder]) mkdirSync(made, { recursive: true })
  const epoch = 1_000
  const file = openJournalFile(join(live, "journal"), "test", epoch)
  let now: Standing = { last: 0, floor: 0, records: new Map(), images: new Map() }
  const standings = new Map([[0, now]])
  for (let i = 0; i < commits; i++) {
    now = commitSome(file, now, draw, i)
    standings.set(now.last, now)
  }
  // While it is open: nothing is carried over, closed or tidied up, as when the process is killed now.
  cpSync(live, folder, { recursive: true })
  file.close()
  return {
    folder,
    epoch,
    standings,
    end: now,
    reserved: RESERVED_BLOCK,
    databaseBytes: sizeOf(join(folder, "journal", "journal.sqlite")),
    walBytes: sizeOf(join(folder, "journal", "journal.sqlite-wal"))
  }
}

const commitSome = (
  file: ReturnType<typeof openJournalFile>,
  before: Standing,
  draw: Draw,
  commit: number
): Standing => {
  const records = new Map(before.records)
  const images = new Map(before.images)
  const added = Array.from({ length: 1 + Math.floor(draw.share() * 5) }, (_, i) => ({
    seq: before.last + 1 + i,
    text: textOf(draw, 40 + draw.share() * 900)
  }))
  const changed = Array.from({ length: Math.floor(draw.share() * 4) }, () => ({
    key: `${Math.floor(draw.share() * 30)}/bet9ja-ng`,
    text: textOf(draw, draw.share() < 0.05 ? 20_000 : 1_000)
  }))
  const dropped = commit % 17 === 16 ? [{ key: String(Math.floor(draw.share() * 30)), text: "" }] : []
  const floor = commit % 23 === 22 ? Math.floor(before.last / 2) : 0
  const floored = [...records.keys()].findLast((seq) => seq <= floor) ?? 0
  file.commit({
    at: 2_000 + commit,
    seqs: Float64Array.from(added, ({ seq }) => seq),
    records: pack(added.map(({ text }) => bytesOf(text))),
    imageKeys: [...changed, ...dropped].map(({ key }) => key),
    images: pack([...changed, ...dropped].map(({ text }) => bytesOf(text))),
    floor: floored
  })
  for (const { seq, text } of added) records.set(seq, text)
  for (const seq of records.keys()) if (seq <= floored) records.delete(seq)
  for (const { key, text } of changed) images.set(key, text)
  for (const { key } of dropped)
    for (const known of images.keys()) if (known.startsWith(`${key}/`)) images.delete(known)
  return { last: before.last + added.length, floor: Math.max(before.floor, floored), records, images }
}

const textOf = (draw: Draw, length: number): string => {
  const words: string[] = []
  for (let size = 0; size < length; size += 11)
    words.push(
      Math.floor(draw.share() * 1e10)
        .toString()
        .padStart(10, "0")
    )
  return words.join(" ")
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0
