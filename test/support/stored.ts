/**
 * What lies in the embedded Postgres of a house, read past the house: the tables themselves, in the test's own words.
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import postgres from "postgres"

export type Stored = postgres.Sql

/** One row of market history; prices by outcome as `outcome:milli:letter`, sorted. */
export interface StoredRow {
  readonly epoch: string
  readonly seq: number
  readonly position: number
  /** When the snapshot had arrived, ms. */
  readonly at: number
  readonly event: string
  readonly bookmaker: string
  /** With its line, `over_under_ft@2.5`. */
  readonly market: string
  readonly runId: string | null
  readonly prices: string
}

/** The process that holds the folder's database; undefined when there is none. */
export const postmasterOf = (dataDir: string): { readonly pid: number; readonly port: number } | undefined => {
  try {
    const [pid, , , port] = readFileSync(join(dataDir, "postgres", "postmaster.pid"), "utf8").split("\n")
    return { pid: Number(pid), port: Number(port) }
  } catch {
    return undefined
  }
}

/** False as well for a dead process that nobody has reaped yet. */
export const isRunning = (pid: number): boolean => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8") !== ""
  } catch {
    return false
  }
}

/** Runs `read` on a connection of its own to the running database of this folder. */
export const readStored = async <A>(dataDir: string, read: (sql: Stored) => Promise<A>): Promise<A> => {
  const port = postmasterOf(dataDir)?.port
  if (port === undefined) throw new Error(`No database runs on ${dataDir}.`)
  const password = readFileSync(join(dataDir, "postgres.password"), "utf8")
  return readAt(`postgres://oddswire:${password}@127.0.0.1:${port}/postgres`, read)
}

/** Runs `read` on a connection of its own to the database at this address. */
export const readAt = async <A>(url: string, read: (sql: Stored) => Promise<A>): Promise<A> => {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    return await read(sql)
  } finally {
    await sql.end({ timeout: 1 })
  }
}

/** All of market history in the journal's order. */
export const historyOf = async (sql: Stored): Promise<readonly StoredRow[]> => {
  const rows = await sql<(Omit<StoredRow, "prices"> & Priced)[]>`
    select h.epoch::text, h.seq::float8, h.position, ${millis(sql, "h.at")} as at, h.event_id as event, h.bookmaker_id as bookmaker,
      h.market || coalesce('@' || trim_scale(h.line)::text, '') as market, h.run_id as "runId", l.outcome_keys, h.milli, h.states
    from market_history h join market_layout l on l.id = h.layout_id
    order by h.epoch, h.seq, h.position`
  return rows.map(({ outcome_keys, milli, states, ...row }) => ({
    ...row,
    prices: pricesText(outcome_keys.map((outcome, i) => [outcome, milli[i] ?? 0, states[i] ?? "?"]))
  }))
}

interface Priced {
  readonly outcome_keys: readonly string[]
  readonly milli: readonly number[]
  readonly states: string
}

export const millis = (sql: Stored, column: string) => sql`(extract(epoch from ${sql.unsafe(column)}) * 1000)::float8`

/** Outcomes in an order of their own, so that a market's prices compare as text. */
export const pricesText = (prices: readonly (readonly [outcome: string, milli: number, letter: string])[]): string =>
  prices
    .map((price) => price.join(":"))
    .sort()
    .join(" ")
