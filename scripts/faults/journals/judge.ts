/** What a start makes of a damaged journal, against the account of what was written to it. */
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { openJournalFile } from "../../../src/journal/file/JournalFile.ts"
import { unpack } from "../../../src/journal/thread/ThreadMessages.ts"
import type { Specimen } from "./specimens.ts"

/** `whole`: nothing is missing. `prefix`: exactly what some earlier commit left. `detected`: set aside, with a new epoch. */
export type Verdict = "whole" | "prefix" | "detected" | "blocked" | "silently wrong"

export interface Judged {
  readonly verdict: Verdict
  readonly why: string
}

const NOW = 9_000

/** As the house opens it. */
export const judgeStart = (folder: string, specimen: Specimen): Judged => {
  const journal = join(folder, "journal")
  let file: ReturnType<typeof openJournalFile>
  try {
    file = openJournalFile(journal, "test", NOW)
  } catch (error) {
    return { verdict: "blocked", why: String(error) }
  }
  try {
    const { epoch, last, reserved, setAside } = file.opened
    const read = file.read(file.opened.floor, 1_000_000)
    const records = unpack(read.records).map((bytes, i) => [read.seqs[i] ?? 0, textOf(bytes)] as const)
    const { images, keys } = file.images()
    if (setAside !== undefined) {
      const isClean =
        epoch > specimen.epoch &&
        records.length === 0 &&
        keys.length === 0 &&
        readdirSync(journal).includes(setAside.name)
      return { verdict: isClean ? "detected" : "silently wrong", why: setAside.why }
    }
    if (epoch !== specimen.epoch) return { verdict: "silently wrong", why: `epoch ${epoch}` }
    if (reserved < specimen.end.last)
      return { verdict: "silently wrong", why: `numbers behind ${reserved} are given twice` }
    return judgeRows(
      specimen,
      last,
      records,
      unpack(images).map((bytes, i) => [keys[i] ?? "", textOf(bytes)])
    )
  } finally {
    file.close()
  }
}

/** The control: the same rows read by one who believes SQLite, and who stops at what SQLite refuses. */
export const judgeBelieving = (folder: string, specimen: Specimen): Judged => {
  try {
    using database = new DatabaseSync(join(folder, "journal", "journal.sqlite"))
    const records = database.prepare("select seq, bytes from record order by seq").all()
    const images = database.prepare("select key, bytes from image").all()
    const last = Number(records.at(-1)?.["seq"] ?? 0)
    return judgeRows(
      specimen,
      last,
      records.map((row) => [Number(row["seq"]), textOf(row["bytes"])]),
      images.map((row) => [String(row["key"]), textOf(row["bytes"])])
    )
  } catch (error) {
    return { verdict: "detected", why: String(error) }
  }
}

type Rows<K> = readonly (readonly [K, string])[]

const judgeRows = ({ end, standings }: Specimen, last: number, records: Rows<number>, images: Rows<string>): Judged => {
  const standing = standings.get(last)
  if (standing === undefined) return { verdict: "silently wrong", why: `no commit ended at ${last}` }
  const wrong =
    differenceOf("record", new Map(records), standing.records) ??
    differenceOf("image", new Map(images), standing.images)
  if (wrong !== undefined) return { verdict: "silently wrong", why: wrong }
  return { verdict: last === end.last ? "whole" : "prefix", why: "" }
}

const differenceOf = <K>(
  what: string,
  found: ReadonlyMap<K, string>,
  expected: ReadonlyMap<K, string>
): string | undefined => {
  if (found.size !== expected.size) return `${found.size} ${what}s instead of ${expected.size}`
  for (const [key, text] of expected)
    if (found.get(key) !== text) return `${what} ${String(key)} is not what was written`
  return undefined
}

const textOf = (bytes: unknown): string =>
  bytes instanceof Uint8Array ? new TextDecoder().decode(bytes) : `no bytes: ${String(bytes)}`
