/**
 * The journal's SQLite file, synchronous and plain: it runs in the journal's own thread and throws to it.
 *
 * Opening it reads and checks everything; a file that does not pass, or is a copy of earlier times, is set aside and a new
 * one begins with a later epoch. Its statements are in `Rows.ts`.
 */
import { existsSync, mkdirSync, statSync } from "node:fs"
import { join } from "node:path"
import type { DatabaseSync } from "node:sqlite"
import { DatabaseSync as Database } from "node:sqlite"
import type { Unbased } from "../Journal.ts"
import { unpack } from "../thread/ThreadMessages.ts"
import type { Commit, Opened, Packed } from "../thread/ThreadMessages.ts"
import { checkAll } from "./Checksums.ts"
import type { Facts } from "./Checksums.ts"
import { olderThan, readMark, writeMark } from "./HighMark.ts"
import type { Reach } from "./HighMark.ts"
import {
  Damage,
  Older,
  Refusal,
  cannotOpen,
  connect,
  isNew,
  putAside,
  refusalOf,
  stampVersion,
  textOf
} from "./Opening.ts"
import { SCHEMA, makeRows } from "./Rows.ts"
import type { Rows } from "./Rows.ts"

export interface JournalFile {
  readonly opened: Opened
  readonly commit: (commit: Commit) => void
  readonly read: (
    after: number,
    limit: number
  ) => { readonly anchored: boolean; readonly seqs: Float64Array; readonly records: Packed }
  /** The last number on disk. */
  readonly last: () => number
  readonly images: () => { readonly keys: readonly string[]; readonly images: Packed }
  /** The next start sets this file aside. */
  readonly abandon: (why: string) => void
  /** It holds what Postgres knew: no later start has to ask for that. */
  readonly base: () => void
  /** Gives unused reserved numbers back; after this a start goes on without a hole. */
  readonly close: () => void
}

/** The file on disk is no longer the one that was opened: what is written reaches nobody. */
export class FileReplaced extends Error {}

/** Numbers kept free for the time in which the disk cannot be written. */
export const RESERVED_BLOCK = 1_000_000

export const openJournalFile = (folder: string, world: string, now: number): JournalFile => {
  const path = join(folder, "journal.sqlite")
  const place = { path, folder, world }
  try {
    if (!existsSync(folder)) mkdirSync(folder)
    return open({ ...place, birth: now, setAside: undefined, mayBeNew: !existsSync(path) })
  } catch (error) {
    const refusal = refusalOf(error, folder, path)
    if (refusal !== undefined) throw refusal
    const kind = error instanceof Older ? "older" : "corrupt"
    return begin({ ...place, birth: Math.max(now, epochOf(path) + 1) }, kind, textOf(error), now)
  }
}

/** A new file in the place of one that is put aside. */
const begin = (
  asked: Omit<Asked, "setAside" | "mayBeNew">,
  kind: "corrupt" | "older",
  why: string,
  now: number
): JournalFile => {
  try {
    const name = putAside(asked.path, asked.folder, kind, now)
    return open({ ...asked, setAside: { name, why }, mayBeNew: true })
  } catch (error) {
    throw error instanceof Refusal ? error : cannotOpen(error, asked.folder)
  }
}

/** As far as an unusable file still tells it: the next epoch is later, also when the clock went back meanwhile. */
const epochOf = (path: string): number => {
  try {
    using database = new Database(path, { readOnly: true })
    return makeRows(database).facts().epoch
  } catch {
    return 0
  }
}

interface Asked {
  readonly path: string
  readonly folder: string
  readonly world: string
  readonly birth: number
  readonly setAside: Opened["setAside"]
  /** A file that was there and holds nothing has lost what it held. */
  readonly mayBeNew: boolean
}

const open = (asked: Asked): JournalFile => {
  const database = connect(asked.path, asked.folder)
  try {
    // With the file in our hands: whoever had it before has written its last mark.
    const mark = readMark(asked.folder)
    if (isNew(database, asked.folder)) {
      if (!asked.mayBeNew) throw new Damage("it is empty")
      const unbased = asked.setAside === undefined ? "NEW" : "SET_ASIDE"
      create(database, asked.world, Math.max(asked.birth, (mark?.epoch ?? 0) + 1), unbased)
    }
    return use(database, mark, asked)
  } catch (error) {
    database.close()
    throw error
  }
}

const create = (database: DatabaseSync, world: string, epoch: number, unbased: Unbased): void => {
  database.exec("begin immediate")
  database.exec(SCHEMA)
  makeRows(database).putFacts({
    world,
    epoch,
    last: 0,
    reserved: 0,
    floor: 0,
    images: 0,
    abandoned: undefined,
    unbased
  })
  stampVersion(database)
  database.exec("commit")
}

const use = (database: DatabaseSync, mark: Reach | undefined, asked: Asked): JournalFile => {
  const { path, folder, setAside, world } = asked
  const rows = makeRows(database)
  let facts = rows.facts()
  if (facts.world !== world) {
    throw new Refusal(
      `Journal ${folder}: it belongs to the world "${facts.world}" and this start is "${world}"; set DATA_DIR to another folder.`
    )
  }
  checkAll(database, facts)
  // Before anything is written: the next start has to find it as old as this one.
  const isOlder = facts.abandoned ?? olderThan(mark, facts)
  if (isOlder !== undefined) throw new Older(isOlder)
  const { epoch, floor, last } = facts
  const reserved = Math.max(last, facts.reserved)
  const inode = inodeOf(path)

  const put = (next: Facts): void => {
    rows.putFacts(next)
    facts = next
  }
  // Out of the log: should that be lost, the file still knows its epoch and which numbers may be in use.
  const checkpoint = (): void => database.exec("pragma wal_checkpoint(truncate)")
  put({ ...facts, reserved: reserved + RESERVED_BLOCK })
  checkpoint()
  const unmarked = writeMark(folder, facts)
  const { unbased } = facts
  const opened: Opened = { epoch, last, reserved, floor, segments: rows.segments(), setAside, unmarked, unbased }

  return {
    opened,
    commit: (commit) => {
      if (inodeOf(path) !== inode) {
        throw new FileReplaced(`Journal ${folder}: its file was removed or replaced while it was in use.`)
      }
      const known = facts.reserved
      database.exec("begin immediate")
      try {
        const next = write(rows, facts, commit)
        rows.putFacts(next)
        database.exec("commit")
        facts = next
      } catch (error) {
        if (database.isTransaction) database.exec("rollback")
        throw error
      }
      if (facts.reserved === known) return
      checkpoint()
      writeMark(folder, facts)
    },
    read: (after, limit) => ({
      // A number that was given out without a disk is in no row, and nobody can tell what followed it.
      anchored: after === facts.last || after === facts.floor || rows.has(after),
      ...rows.read(after, limit)
    }),
    last: () => facts.last,
    images: rows.images,
    abandon: (why) => put({ ...facts, abandoned: why }),
    base: () => put({ ...facts, unbased: undefined }),
    close: () => {
      checkpoint()
      // First the mark, then the file, which may not stand below it at any moment.
      const refused = writeMark(folder, { ...facts, reserved: facts.last })
      if (refused === undefined) put({ ...facts, reserved: facts.last })
      database.close()
    }
  }
}

/** Writes all but the facts, and answers these. */
const write = (rows: Rows, facts: Facts, commit: Commit): Facts => {
  let { last, images } = facts
  unpack(commit.records).forEach((bytes, i) => {
    const seq = commit.seqs[i] ?? 0
    // A commit whose answer was lost is sent again: what is on disk already stays as it is.
    if (seq <= last) return
    rows.insert({ seq, previous: last, at: commit.at }, bytes)
    last = seq
  })
  unpack(commit.images).forEach((bytes, i) => {
    images = rows.putImage(images, commit.imageKeys[i] ?? "", bytes)
  })
  const floor = Math.max(facts.floor, commit.floor)
  if (floor > facts.floor) rows.forget(floor)
  const reserved = facts.reserved - last < RESERVED_BLOCK / 2 ? last + RESERVED_BLOCK : facts.reserved
  return { ...facts, last, images, floor, reserved }
}

/** 0 when there is none. */
const inodeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.ino ?? 0
