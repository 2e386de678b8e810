/**
 * The space that the tables take, how fast history grows, and what is left of the disk.
 *
 * Growth is measured on whole days of history, because only a day that is over has its full size. With retention a
 * history stops growing; a disk that holds all days of it never gets full of them.
 */
import { statfs } from "node:fs/promises"
import { Effect } from "effect"
import type { Database } from "../Database.ts"

export interface TableSpace {
  /** A partitioned table with all its days. */
  readonly name: string
  readonly bytes: number
}

export interface Space {
  readonly tables: readonly TableSpace[]
  /** Bytes of one day of history, the mean of the last seven that are over; undefined before the first is. */
  readonly growthPerDay: number | undefined
  /** Of partitions. */
  readonly historyBytes: number
  /** Days of history whose rows lie in no day's partition: a clock was wrong, or partitions were not made ahead. */
  readonly strayDays: number
}

export const NO_SPACE: Space = { tables: [], growthPerDay: undefined, historyBytes: 0, strayDays: 0 }

const MEASURED_DAYS = 7

export const spaceOf = Effect.fnUntraced(function* (database: Database["Service"], today: string) {
  const rows = yield* database.query(
    (sql) => sql<Row[]>`
    select c.relname as name, p.relname as parent, pg_total_relation_size(c.oid) as bytes, pg_relation_size(c.oid) > 0 as used
    from pg_class c left join pg_inherits i on i.inhrelid = c.oid left join pg_class p on p.oid = i.inhparent
    where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace`
  )
  const tables = Map.groupBy(rows, ({ name, parent }) => parent ?? name)
  const partitions = rows.filter(({ parent }) => parent !== null)
  const past = Map.groupBy(
    partitions.filter(({ name, used }) => used && /_\d{8}$/.test(name) && dayIn(name) < today.replaceAll("-", "")),
    ({ name }) => dayIn(name)
  )
  const days = [...past]
    .sort(([a], [b]) => (a < b ? 1 : -1))
    .slice(0, MEASURED_DAYS)
    .map(([, ofDay]) => total(ofDay))
  const strays = partitions.filter(({ name, used }) => used && name.endsWith("_default"))
  return {
    tables: [...tables].map(([name, parts]) => ({ name, bytes: total(parts) })).sort((a, b) => b.bytes - a.bytes),
    growthPerDay: days.length === 0 ? undefined : Math.round(days.reduce((sum, bytes) => sum + bytes, 0) / days.length),
    historyBytes: total(partitions),
    strayDays: strays.length
  } satisfies Space
})

/**
 * Whole days until the disk is full at this growth; undefined = never, because retention drops days before, or not
 * known yet. `free` is what the disk has left.
 */
export const daysUntilFull = (
  { growthPerDay, historyBytes }: Space,
  retentionDays: number,
  free: number | undefined
): number | undefined => {
  if (growthPerDay === undefined || free === undefined || growthPerDay <= 0) return undefined
  const stillToCome = growthPerDay * retentionDays - historyBytes
  return stillToCome <= free ? undefined : Math.floor(free / growthPerDay)
}

export interface Disk {
  readonly free: number
  readonly size: number
}

/** Of the disk on which this folder lies; undefined where nobody can tell. */
export const diskOf = (folder: string): Effect.Effect<Disk | undefined> =>
  Effect.tryPromise(() => statfs(folder)).pipe(
    Effect.map(({ bavail, blocks, bsize }) => ({ free: bavail * bsize, size: blocks * bsize })),
    Effect.timeout("1 second"),
    Effect.orElseSucceed(() => undefined)
  )

interface Row {
  readonly name: string
  readonly parent: string | null
  readonly bytes: number
  readonly used: boolean
}

const total = (rows: readonly Row[]): number => rows.reduce((sum, { bytes }) => sum + bytes, 0)

const dayIn = (name: string): string => name.slice(-8)
