/**
 * The numbers that a journal does not have, against the gaps it tells and against what a subscriber was told.
 *
 * Read from a copy of the file, past the journal: only the codec of records is its own.
 */
import { cpSync, rmSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { decode } from "../../../src/journal/RecordCodec.ts"

export interface Range {
  readonly from: number
  readonly to: number
}

export interface Kept {
  readonly missing: readonly Range[]
  readonly told: readonly Range[]
}

/** One message of changes, with the numbers it covers. */
export interface Covered extends Range {
  readonly durable: boolean
}

export const readGaps = (journal: string, copy: string): Kept => {
  cpSync(journal, copy, { recursive: true, filter: (path) => !path.endsWith("ballast") })
  try {
    using database = new DatabaseSync(join(copy, "journal.sqlite"))
    const missing: Range[] = []
    const told: Range[] = []
    for (const row of database.prepare("select seq, previous, bytes from record order by seq").all()) {
      const [seq, previous, bytes] = [Number(row["seq"]), Number(row["previous"]), row["bytes"]]
      if (seq > previous + 1) missing.push({ from: previous + 1, to: seq - 1 })
      const record = bytes instanceof Uint8Array ? decode(bytes) : undefined
      if (record?.kind === "GAP") told.push({ from: record.from, to: record.to })
    }
    return { missing, told }
  } finally {
    rmSync(copy, { recursive: true })
  }
}

/** Of the same journal at two times: what is old and stored leaves it, its gaps too. */
export const both = (earlier: Kept, later: Kept): Kept => ({
  missing: joined(earlier.missing, later.missing),
  told: joined(earlier.told, later.told)
})

const joined = (earlier: readonly Range[], later: readonly Range[]): readonly Range[] => [
  ...earlier.filter(({ from }) => !later.some((range) => range.from === from)),
  ...later
]

/** One sentence for each number, range or message that does not fit the others. */
export const gapFaults = (
  { missing, told }: Kept,
  messages: readonly Covered[],
  stored: readonly number[]
): readonly string[] => {
  const lies = messages.flatMap((message) => {
    const isInGap = missing.some((gap) => overlap(gap, message))
    if (isInGap && message.durable) return [`${textOf(message)} was told as kept`]
    return isInGap || message.durable ? [] : [`${textOf(message)} was told as not kept and lies in no gap`]
  })
  const rows = stored.filter((seq) => missing.some(({ from, to }) => from <= seq && seq <= to))
  const [has, tells] = [missing, told].map((ranges) => ranges.map(textOf).join(", "))
  return [
    ...lies,
    ...(has === tells ? [] : [`numbers missing: ${has || "none"}; told as gaps: ${tells || "none"}`]),
    ...(rows.length === 0 ? [] : [`${rows.length} rows of history have numbers that were not kept`])
  ]
}

const overlap = (a: Range, b: Range): boolean => a.from <= b.to && b.from <= a.to

const textOf = ({ from, to }: Range): string => `${from} to ${to}`
