/** How far a database has been brought, in the words of its own catalogue: equal texts are equal schemas. */
import { setTimeout as pause } from "node:timers/promises"
import type { Stored } from "../../../test/support/stored.ts"

export const standingOf = async (sql: Stored): Promise<string> => {
  const lines = await sql<{ line: string }[]>`
    select format('%s %s', relkind, oid::regclass) as line from pg_class where relnamespace = 'public'::regnamespace
    union all
    select format('%s.%s %s %s %s', table_name, column_name, data_type, is_nullable, column_default)
    from information_schema.columns where table_schema = 'public'
    union all
    select format('%s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
    from pg_constraint where connamespace = 'public'::regnamespace
    union all
    select format('applied %s %s', number, checksum) from schema_migration
    order by line`
  return lines.map(({ line }) => line).join("\n")
}

/** Advisory locks that are still held although nobody migrates; a backend that was ended takes a moment to go. */
export const locksLeft = async (sql: Stored): Promise<number> => {
  for (let tries = 0; ; tries++) {
    const [locks] = await sql<{ count: number }[]>`
      select count(*)::integer from pg_locks where locktype = 'advisory'
        and database = (select oid from pg_database where datname = current_database())`
    if (locks?.count === 0 || tries === 50) return locks?.count ?? 0
    await pause(100)
  }
}
