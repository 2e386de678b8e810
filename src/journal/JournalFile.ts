/**
 * The journal's SQLite file, synchronous and plain: it runs in the journal's own thread and throws to it.
 *
 * WAL with `synchronous=FULL`, so a commit that returned is on disk; the exclusive lock is held while open,
 * so there is one owner. Every record and image has a checksum: SQLite finds broken pages, not flipped bits.
 */
import { existsSync, mkdirSync, renameSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { crc32 } from "node:zlib"
import { pack, unpack } from "./ThreadMessages.ts"
import type { Commit, Opened, Packed, Segment } from "./ThreadMessages.ts"

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
  /** Gives unused reserved numbers back; after this a start goes on without a hole. */
  readonly close: () => void
}

/** The file is in order and must not be used by this process; the message is a sentence for the operator. */
export class Refusal extends Error {}

/** Numbers kept free for the time in which the disk cannot be written. */
export const RESERVED_BLOCK = 1_000_000

export const openJournalFile = (folder: string, world: string, now: number): JournalFile => {
  const path = join(folder, "journal.sqlite")
  try {
    if (!existsSync(folder)) mkdirSync(folder)
    return open(path, folder, world, now, undefined)
  } catch (error) {
    if (error instanceof Refusal) throw error
    if (!isDamage(error)) {
      throw new Refusal(
        `Journal ${folder}: it cannot be opened (${text(error)}); mend that, or set DATA_DIR to a folder that can be written.`
      )
    }
    const birth = Math.max(now, epochOf(path) + 1)
    const setAside = {
      name: `journal.sqlite.corrupt-${new Date(now).toISOString().replaceAll(/[:.]/g, "-")}`,
      why: text(error)
    }
    for (const suffix of ["", "-wal", "-shm"]) {
      if (existsSync(path + suffix)) renameSync(path + suffix, join(folder, setAside.name) + suffix)
    }
    return open(path, folder, world, birth, setAside)
  }
}

/** As far as a damaged file still tells it: the next epoch is later, also when the clock went back meanwhile. */
const epochOf = (path: string): number => {
  try {
    using database = new DatabaseSync(path, { readOnly: true })
    const epoch = database.prepare("select value from fact where name = 'epoch'").get()?.["value"]
    return typeof epoch === "number" ? epoch : 0
  } catch {
    return 0
  }
}

const open = (
  path: string,
  folder: string,
  world: string,
  birth: number,
  setAside: Opened["setAside"]
): JournalFile => {
  const database = connect(path, folder)
  try {
    return use(database, folder, world, birth, setAside)
  } catch (error) {
    database.close()
    throw error
  }
}

const connect = (path: string, folder: string): DatabaseSync => {
  const database = new DatabaseSync(path, { timeout: 2_000 })
  try {
    database.exec("pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = full")
    database.exec("pragma journal_size_limit = 67108864; begin immediate; commit")
    return database
  } catch (error) {
    database.close()
    if (codeOf(error) !== SQLITE_BUSY) throw error
    throw new Refusal(
      `Journal ${folder}: another process is using it; stop that one, or set DATA_DIR to another folder.`
    )
  }
}

const use = (
  database: DatabaseSync,
  folder: string,
  world: string,
  birth: number,
  setAside: Opened["setAside"]
): JournalFile => {
  database.exec(SCHEMA)
  check(database)
  const get = database.prepare("select value from fact where name = ?")
  const put = database.prepare("insert or replace into fact (name, value) values (?, ?)")
  const number = (name: string): number => Number(get.get(name)?.["value"] ?? 0)

  const owner = get.get("world")?.["value"]
  if (owner === undefined) {
    database.exec("begin immediate")
    put.run("world", world)
    put.run("epoch", birth)
    put.run("reserved", RESERVED_BLOCK)
    database.exec("commit")
  } else if (owner !== world) {
    throw new Refusal(
      `Journal ${folder}: it belongs to the world "${String(owner)}" and this start is "${world}"; set DATA_DIR to another folder.`
    )
  }

  const newest = Number(database.prepare("select max(seq) as seq from record").get()?.["seq"] ?? 0)
  const opened: Opened = {
    epoch: number("epoch"),
    last: Math.max(newest, number("last")),
    reserved: owner === undefined ? 0 : Math.max(newest, number("reserved")),
    floor: number("floor"),
    segments: segments(database),
    setAside
  }
  let last = opened.last
  let reserved = opened.reserved + RESERVED_BLOCK
  put.run("reserved", reserved)

  const insert = database.prepare("insert into record (seq, at, crc, bytes) values (?, ?, ?, ?)")
  const forget = database.prepare("delete from record where seq <= ?")
  const putImage = database.prepare("insert or replace into image (key, crc, bytes) values (?, ?, ?)")
  const dropImage = database.prepare("delete from image where key = ?1 or (key > ?1 || '/' and key < ?1 || '0')")
  const select = database.prepare("select seq, crc, bytes from record where seq > ? order by seq limit ?")

  const one = database.prepare("select 1 from record where seq = ?")

  const write = (commit: Commit): void => {
    unpack(commit.records).forEach((bytes, i) => {
      const seq = commit.seqs[i] ?? 0
      // A commit whose answer was lost is sent again: what is on disk already stays as it is.
      if (seq > last) insert.run(seq, commit.at, crc32(bytes), bytes)
    })
    unpack(commit.images).forEach((bytes, i) => {
      const key = commit.imageKeys[i] ?? ""
      if (bytes.length === 0) dropImage.run(key)
      else putImage.run(key, crc32(bytes), bytes)
    })
    if (commit.floor > 0) {
      forget.run(commit.floor)
      put.run("floor", commit.floor)
      put.run("last", Math.max(last, commit.seqs.at(-1) ?? 0))
    }
  }

  return {
    opened,
    commit: (commit) => {
      const end = Math.max(last, commit.seqs.at(-1) ?? 0)
      const block = reserved - end < RESERVED_BLOCK / 2 ? end + RESERVED_BLOCK : reserved
      database.exec("begin immediate")
      try {
        write(commit)
        if (block !== reserved) put.run("reserved", block)
        database.exec("commit")
      } catch (error) {
        if (database.isTransaction) database.exec("rollback")
        throw error
      }
      last = end
      reserved = block
    },
    read: (after, limit) => {
      const rows = select.all(after, limit)
      return {
        // A number that was given out without a disk is in no row, and nobody can tell what followed it.
        anchored: after === last || after === number("floor") || one.get(after) !== undefined,
        seqs: Float64Array.from(rows, (row) => Number(row["seq"])),
        records: pack(rows.map(sound))
      }
    },
    last: () => last,
    images: () => {
      const rows = database.prepare("select key, crc, bytes from image order by key").all()
      return { keys: rows.map((row) => String(row["key"])), images: pack(rows.map(sound)) }
    },
    close: () => {
      put.run("reserved", last)
      put.run("last", last)
      database.close()
    }
  }
}

const SCHEMA = `
  create table if not exists fact (name text primary key, value any) strict;
  create table if not exists record (seq integer primary key, at integer not null, crc integer not null, bytes blob not null) strict;
  create table if not exists image (key text primary key, crc integer not null, bytes blob not null) strict;
`

const segments = (database: DatabaseSync): readonly Segment[] =>
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

/** Reads everything once: the file is bounded by the resume window, and a wrong row found later is a wrong price shown. */
const check = (database: DatabaseSync): void => {
  const verdict = String(database.prepare("pragma quick_check(1)").get()?.["quick_check"])
  if (verdict !== "ok") throw new Damage(verdict)
  for (const table of ["record", "image"]) {
    for (const row of database.prepare(`select crc, bytes from ${table}`).iterate()) sound(row)
  }
}

const sound = (row: { readonly [column: string]: unknown }): Uint8Array => {
  const bytes = row["bytes"]
  if (!(bytes instanceof Uint8Array) || crc32(bytes) !== row["crc"]) throw new Damage("a checksum does not match")
  return bytes
}

class Damage extends Error {}

const SQLITE_BUSY = 5
const SQLITE_CORRUPT = 11
const SQLITE_NOTADB = 26

const isDamage = (error: unknown): boolean =>
  error instanceof Damage || [SQLITE_CORRUPT, SQLITE_NOTADB].includes(codeOf(error))

/** The primary result code; −1 for what is not SQLite's. */
const codeOf = (error: unknown): number =>
  error instanceof Error && "errcode" in error && typeof error.errcode === "number" ? error.errcode & 0xff : -1

const text = (error: unknown): string => (error instanceof Error ? error.message : String(error))
