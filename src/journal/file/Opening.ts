/**
 * Opens the SQLite file under its rules, and sorts what goes wrong by what has to follow.
 *
 * The file is in order and must not be used: `Refusal`. Its surroundings are not in order: `Refusal` as well, since
 * another start finds the same file. Everything else says that the file is damaged, and then it is set aside: an odd
 * byte can make SQLite say almost anything, so it is the list of refusals that is closed and not that of damages.
 */
import { accessSync, constants, existsSync, renameSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"

/** The message is a sentence for the operator. */
export class Refusal extends Error {}

/** What is stored is not what was written; the message says where. */
export class Damage extends Error {}

/** Sound, and not the newest: what it would go on with has happened otherwise already. The message says how that is known. */
export class Older extends Error {}

/** Raised with every change of tables or columns. */
export const VERSION = 1

/**
 * WAL with `synchronous=FULL`, so a commit that returned is on disk; the exclusive lock is held while open, so there is
 * one owner.
 */
export const connect = (path: string, folder: string): DatabaseSync => {
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

/**
 * Answers whether the file is new. The version stands in two places of the header, so that a flipped bit is not taken
 * for a newer version.
 */
export const isNew = (database: DatabaseSync, folder: string): boolean => {
  const version = numberOf(database, "user_version")
  const sealed = numberOf(database, "application_id")
  if (version === VERSION && sealed === APPLICATION + VERSION) return false
  if (version === 0 && sealed === 0 && tablesOf(database) === 0) return true
  if (version !== 0 && sealed === APPLICATION + version) {
    throw new Refusal(
      `Journal ${folder}: it was written by version ${version} of its form and this program knows version ${VERSION}; start the newer program, or set DATA_DIR to another folder.`
    )
  }
  throw new Damage("its header does not say what it is")
}

export const stampVersion = (database: DatabaseSync): void =>
  database.exec(`pragma user_version = ${VERSION}; pragma application_id = ${APPLICATION + VERSION}`)

/** `oddw` without its last byte, which holds the version. */
const APPLICATION = 0x6f646400

const numberOf = (database: DatabaseSync, pragma: string): number =>
  Number(database.prepare(`pragma ${pragma}`).get()?.[pragma])

const tablesOf = (database: DatabaseSync): number =>
  Number(database.prepare("select count(*) as tables from sqlite_schema").get()?.["tables"])

/** What this error of an existing file means for the operator; undefined = the file is to be set aside. */
export const refusalOf = (error: unknown, folder: string, path: string): Refusal | undefined => {
  if (error instanceof Refusal) return error
  if (error instanceof Damage || error instanceof Older) return undefined
  const code = codeOf(error)
  const surroundings =
    code === NOT_SQLITE ? true : SURROUNDINGS.includes(code) && !(code === SQLITE_READONLY && mayWrite(path))
  if (!surroundings || extendedOf(error) === SQLITE_IOERR_SHORT_READ) return undefined
  return cannotOpen(error, folder)
}

export const cannotOpen = (error: unknown, folder: string): Refusal =>
  new Refusal(
    `Journal ${folder}: it cannot be opened (${textOf(error)}); mend that, or set DATA_DIR to a folder that can be written.`
  )

/** Moves the file and what lies beside it out of the way; answers the new name. */
export const putAside = (path: string, folder: string, why: "corrupt" | "older", now: number): string => {
  const name = `journal.sqlite.${why}-${new Date(now).toISOString().replaceAll(/[:.]/g, "-")}`
  for (const suffix of ["", "-wal", "-shm"]) {
    if (existsSync(path + suffix)) renameSync(path + suffix, join(folder, name) + suffix)
  }
  return name
}

export const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const mayWrite = (path: string): boolean => {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}

const SQLITE_BUSY = 5
const SQLITE_READONLY = 8
const SQLITE_IOERR_SHORT_READ = 522
/** Not allowed, no memory, read-only, input and output, disk full, cannot open, not permitted. */
const SURROUNDINGS = [3, 7, SQLITE_READONLY, 10, 13, 14, 23]
const NOT_SQLITE = -1

const codeOf = (error: unknown): number => {
  const code = extendedOf(error)
  return code === NOT_SQLITE ? code : code & 0xff
}

const extendedOf = (error: unknown): number =>
  error instanceof Error && "errcode" in error && typeof error.errcode === "number" ? error.errcode : NOT_SQLITE
