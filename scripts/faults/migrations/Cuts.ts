/** Migrations that end their own connection after so many statements, or wait there to be killed. */
import type { Migration } from "../../../src/storage/connection/Migrations.ts"

/** None of ours has a semicolon within a statement. */
export const statementsOf = ({ text }: Migration): readonly string[] =>
  text
    .replaceAll(/--.*$/gm, "")
    .split(";")
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "")

/** As if Postgres had been ended there, or whoever migrates. */
export const cutAfter = (migration: Migration, count: number): Migration =>
  inserted(migration, count, "select pg_terminate_backend(pg_backend_pid())")

/** Waits after so many statements, longer than it takes to be found and killed. */
export const pausedAfter = (migration: Migration, count: number): Migration =>
  inserted(migration, count, `select pg_sleep(${PAUSE_S})`)

const inserted = (migration: Migration, count: number, statement: string): Migration => ({
  ...migration,
  text: statementsOf(migration).toSpliced(count, 0, statement).join(";\n")
})

const PAUSE_S = 3
