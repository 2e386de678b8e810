/**
 * States in which a house finds its folder or its machine, each made on the folder that the one before it left.
 *
 * Those that are refused with a sentence (a bad variable, a port in use, a folder of the other world, a newer schema)
 * are `test/journey/BadStart.test.ts`.
 */
import { readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { postmasterOf, readStored } from "../../../test/support/stored.ts"

export interface Dirt {
  readonly what: string
  /** How the house before it ends. */
  readonly before: "told to end" | "killed" | "killed with its database"
  /** Done while that house still lives, because it takes its database. */
  readonly prepare?: (dataDir: string) => Promise<void>
  readonly make?: (dataDir: string) => void
  /** What makes it begin with less than was served before; readiness is asked for it else. */
  readonly servesLess?: string
  readonly environment?: Readonly<{ [name: string]: string }>
}

export const DIRT: readonly Dirt[] = [
  { what: "a folder in order", before: "told to end" },
  { what: "a killed process whose database is still ending", before: "killed" },
  { what: "a killed process and a killed database", before: "killed with its database" },
  { what: "a pid file of a number that another program has now", before: "told to end", make: leavePidFile },
  { what: "half of the journal's write-ahead log", before: "killed", make: halveLog },
  {
    what: "a journal's folder that is gone",
    before: "killed",
    make: (dataDir) => rmSync(join(dataDir, "journal"), { recursive: true })
  },
  {
    what: "a journal that is no journal",
    before: "told to end",
    make: (dataDir) => writeFileSync(join(dataDir, "journal", "journal.sqlite"), "x".repeat(9_000))
  },
  {
    what: "a database set up halfway",
    before: "told to end",
    make: (dataDir) => writeFileSync(join(dataDir, "postgres.unfinished"), "")
  },
  { what: "a database of an older schema", before: "told to end", prepare: forgetLastMigration },
  { what: "no TZ", before: "told to end", environment: { TZ: "" } },
  { what: "a strange TZ", before: "told to end", environment: { TZ: "Nowhere/Strange" } },
  { what: "a TZ with a half hour", before: "killed", environment: { TZ: "America/St_Johns" } },
  {
    what: "bookmakers that nobody reaches",
    before: "told to end",
    environment: {
      BETPAWA_BASE_URL: "http://127.0.0.1:9",
      SPORTYBET_BASE_URL: "http://127.0.0.1:9",
      BET9JA_BASE_URL: "http://127.0.0.1:9"
    }
  },
  {
    what: "a journal of yesterday",
    before: "killed",
    servesLess: "today's matches are over by then",
    environment: {
      CLOCK_AHEAD_MS: "86400000",
      NODE_OPTIONS: `--import=${pathToFileURL(join(import.meta.dirname, "../../../test/support/clockAhead.ts")).href}`
    }
  },
  { what: "a journal of tomorrow", before: "killed" }
]

/** As a server leaves it that was killed, with the number of this very process. */
function leavePidFile(dataDir: string): void {
  writeFileSync(
    join(dataDir, "postgres", "postmaster.pid"),
    `${process.pid}\n${join(dataDir, "postgres")}\n0\n1\n\n127.0.0.1\n0 0\nready\n`
  )
}

/** As the version before it left it, with all that it had stored. */
async function forgetLastMigration(dataDir: string): Promise<void> {
  await readStored(dataDir, async (sql) => {
    await sql`drop table bookmaker_history`
    await sql`delete from schema_migration where name = '0005_bookmaker_history.sql'`
  })
}

function halveLog(dataDir: string): void {
  const log = join(dataDir, "journal", "journal.sqlite-wal")
  truncateSync(log, Math.floor(statSync(log).size / 2))
}

/** Kills the server of this folder, if one runs. */
export const killDatabase = (dataDir: string): void => {
  const pid = postmasterOf(dataDir)?.pid
  if (pid === undefined || !readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("postgres")) return
  process.kill(pid, "SIGKILL")
}
