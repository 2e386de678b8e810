/**
 * Brings the database to the schema that this code knows: the numbered files of `schema/postgres`, forward only.
 *
 * Each runs in one transaction under an advisory lock, so two starts at once apply it once. A file that was
 * changed after it was applied, or a schema newer than the code, is refused: guessing would cost history.
 */
import { createHash } from "node:crypto"
import { readdirSync, readFileSync } from "node:fs"
import { Data, Effect } from "effect"
import { statement } from "./Statement.ts"
import type { Pool, Sql } from "./Statement.ts"
import { transaction } from "./Transaction.ts"

/** This process must not use this database; `message` is a sentence. */
export class DatabaseRefused extends Data.TaggedError("DatabaseRefused")<{ readonly message: string }> {}

export interface Migration {
  readonly number: number
  readonly name: string
  readonly text: string
  readonly checksum: string
}

const FOLDER = new URL("../../../schema/postgres/", import.meta.url)

/** Any number, the same in every version: it keeps two starts from migrating at once. */
const LOCK = 727_003_281

/** It may look at every row of a table that has grown for weeks: broken off sooner it would be tried for ever. */
const MAY_TAKE_S = 3_600

/** Whoever reads waits behind it while it waits for the lock of a table; so it gives way and comes again. */
const MAY_WAIT_S = 10

export const knownMigrations: Effect.Effect<readonly Migration[]> = Effect.sync(() =>
  readdirSync(FOLDER)
    .filter((name) => /^\d{4}_\w+\.sql$/.test(name))
    .sort()
    .map((name) => {
      const text = readFileSync(new URL(name, FOLDER), "utf8")
      return { number: Number(name.slice(0, 4)), name, text, checksum: createHash("sha256").update(text).digest("hex") }
    })
)

export const migrate = Effect.fn("Storage.migrate")(function* (pool: Pool, known: readonly Migration[]) {
  yield* transaction(
    (body) => pool.begin(body),
    (sql) =>
      Effect.andThen(
        lock(sql),
        statement(
          () => sql`
    create table if not exists schema_migration (
      number integer primary key, name text not null, checksum text not null, at timestamptz not null default now()
    )`
        )
      )
  )
  for (const migration of known) {
    yield* transaction(
      (body) => pool.begin(body),
      (sql) => apply(sql, migration)
    )
  }
  const [newest] = yield* statement(
    () => pool<{ number: number; name: string }[]>`
    select number, name from schema_migration order by number desc limit 1`
  )
  const last = known.at(-1)?.number ?? 0
  if (newest !== undefined && newest.number > last) {
    return yield* new DatabaseRefused({
      message: `Database: its schema is version ${newest.number} (${newest.name}) and this code knows ${last}; start the newer version, or use another database.`
    })
  }
})

const apply = Effect.fnUntraced(function* (sql: Sql, { number, name, text, checksum }: Migration) {
  yield* lock(sql)
  const [applied] = yield* statement(
    () => sql<{ checksum: string }[]>`
    select checksum from schema_migration where number = ${number}`
  )
  if (applied === undefined) {
    yield* statement(() => sql`select set_config('statement_timeout', ${`${MAY_TAKE_S}s`}, true)`)
    yield* statement(() => sql`select set_config('lock_timeout', ${`${MAY_WAIT_S}s`}, true)`)
    yield* statement(() => sql.unsafe(text), MAY_TAKE_S)
    yield* statement(
      () => sql`insert into schema_migration (number, name, checksum) values (${number}, ${name}, ${checksum})`
    )
  } else if (applied.checksum !== checksum) {
    return yield* new DatabaseRefused({
      message: `Database: migration ${name} was applied with another content than schema/postgres has now; restore that file and add a new one.`
    })
  }
})

const lock = (sql: Sql) => statement(() => sql`select pg_advisory_xact_lock(${LOCK})`)

/** The first world to use a database keeps it. */
export const checkWorld = Effect.fnUntraced(function* (sql: Sql, world: string) {
  yield* statement(() => sql`insert into world (name) values (${world}) on conflict do nothing`)
  const [kept] = yield* statement(() => sql<{ name: string }[]>`select name from world`)
  if (kept !== undefined && kept.name !== world) {
    return yield* new DatabaseRefused({
      message: `Database: it belongs to the world "${kept.name}" and this start is "${world}"; set DATA_DIR or DATABASE_URL to another one.`
    })
  }
})
