/** A process killed while it migrates, and the schema brought on from what it left, at once. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import type { Stored } from "../../../test/support/stored.ts"

/** Kills it after so many statements of a migration; answers false when it never got there. */
export const killedAt = async (sql: Stored, url: string, number: number, count: number): Promise<boolean> => {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, "migrating.ts"), url, String(number), String(count)],
    { stdio: "ignore" }
  )
  const ended = once(child, "exit")
  while (child.exitCode === null && !(await isPausing(sql))) await pause(20)
  const isThere = child.exitCode === null
  child.kill("SIGKILL")
  await ended
  return isThere
}

const isPausing = async (sql: Stored): Promise<boolean> => {
  const found = await sql`
    select 1 from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`
  return found.length > 0
}
