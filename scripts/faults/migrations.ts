/**
 * R35: migrations are cut off after each of their statements, begun fifty times at once, met by older code, and put to a
 * large history that is being read.
 *
 * A connection that ends itself after a statement is what Postgres sees of either side's end; that a killed process looks
 * no different is shown beside it.
 */
import { Effect, Exit, Redacted } from "effect"
import postgres from "postgres"
import { connections } from "../../src/storage/connection/Connections.ts"
import { knownMigrations, migrate } from "../../src/storage/connection/Migrations.ts"
import type { Migration } from "../../src/storage/connection/Migrations.ts"
import { temporaryFolder } from "../../test/support/folder.ts"
import { makePostgres } from "../../test/support/stoppablePostgres.ts"
import { readAt } from "../../test/support/stored.ts"
import { atMost, exactly, none } from "./FaultRun.ts"
import type { FaultRun, Outcome, Size } from "./FaultRun.ts"
import { drawFrom } from "./house/Draw.ts"
import { cutAfter, statementsOf } from "./migrations/Cuts.ts"
import { killedAt } from "./migrations/Kills.ts"
import { fill, OLD_VERSION, readAllTheTime } from "./migrations/Large.ts"
import { locksLeft, standingOf } from "./migrations/Standing.ts"

export const migrations: FaultRun = {
  name: "migrations",
  promise: "The schema is whole or as it was, whatever ends a migration and however many begin it at once",
  run: (size, seed) => Effect.runPromise(Effect.scoped(migrated(size, seed)))
}

const SIZES = {
  short: { kills: 2, rounds: 1, rows: 20_000, slowS: 0 },
  long: { kills: Infinity, rounds: 20, rows: 10_000_000, slowS: 45 }
} as const
const AT_ONCE = 50
/** What a read of the house itself may take. */
const READ_WITHIN_S = 30

const migrated = Effect.fnUntraced(function* (size: Size, seed: number) {
  const { kills, rounds, rows, slowS } = SIZES[size]
  const known = yield* knownMigrations
  const newDatabase = yield* databases
  const sound = yield* newDatabase
  yield* migrating(sound, known)
  const whole = yield* standing(sound)

  const cut = yield* newDatabase
  const cuts = yield* cutEverywhere(cut, known)
  const killed = yield* newDatabase
  const killing = yield* killSome(killed, known, kills, seed)

  const rivals = yield* Effect.forEach(Array.from({ length: rounds }), () =>
    Effect.flatMap(newDatabase, manyAtOnce(known))
  )
  const older = yield* Effect.flip(migrating(sound, known.slice(0, -1)))
  const afterOlder = yield* standing(sound)
  const large = yield* Effect.flatMap(newDatabase, grown(known, rows))
  const slow = yield* Effect.exit(migrating(sound, [...known, long(slowS)]))

  const outcome: Outcome = {
    checks: [
      none("cuts that left something half applied", cuts.half),
      none("cuts that went unnoticed", cuts.unnoticed),
      none("kills that left something half applied", killing.half),
      none(
        "schemas that differ in the end",
        [yield* standing(cut), yield* standing(killed)].filter((text) => text !== whole).length
      ),
      none("locks left", (yield* locks(cut)) + (yield* locks(killed))),
      exactly(
        `starts that succeed, ${AT_ONCE} at once`,
        rivals.reduce((sum, { succeeded }) => sum + succeeded, 0),
        rounds * AT_ONCE
      ),
      none("of these, schemas that differ", rivals.filter(({ text }) => text !== whole).length),
      {
        what: "older code is refused with a sentence",
        seen: older.message,
        must: "names both versions",
        holds: older._tag === "DatabaseRefused" && older.message.includes(`this code knows ${known.length - 1}`)
      },
      none("changes that older code made to the schema", afterOlder === whole ? 0 : 1),
      none("reads that failed while a large history was migrated", large.failed),
      atMost("longest of these reads", large.longestMs / 1_000, READ_WITHIN_S, "s"),
      exactly("rows of the large history afterwards", large.rows, rows),
      none("migrations that are broken off before an hour is over", Exit.isSuccess(slow) ? 0 : 1)
    ],
    least: [
      { what: "statements after which it was cut", seen: cuts.cuts, atLeast: known.length * 2 },
      { what: "processes killed within a migration", seen: killing.kills, atLeast: Math.min(kills, cuts.cuts) },
      { what: "reads while the large history was migrated", seen: large.reads, atLeast: 1 }
    ],
    controls: [
      { what: "migrations without a transaction", caught: (yield* Effect.flatMap(newDatabase, bare(known))) > 0 }
    ],
    counts: {
      migrations: known.length,
      "cut after statements": cuts.cuts,
      "killed after statements": killing.kills,
      "starts at once": rounds * AT_ONCE,
      "rows of the large history": rows,
      "its migration": `${Math.round(large.tookMs)} ms`,
      "longest read meanwhile, and before": `${Math.round(large.longestMs)} ms, ${Math.round(large.idleMs)} ms`
    },
    notes: [
      `The large history is migrated from version ${OLD_VERSION}; what followed looks at each of its rows with the table locked.`,
      "Starts at once are the house's own opening of its schema, each on connections of its own, without a second try."
    ]
  }
  return outcome
})

/** Each answers the address of a new one, on a server of the run's own with room for all who start at once. */
const databases = Effect.gen(function* () {
  const folder = yield* temporaryFolder
  const server = yield* Effect.acquireRelease(
    Effect.promise(() => makePostgres(folder, [`max_connections=${2 * AT_ONCE}`])),
    ({ stop }) => Effect.promise(stop)
  )
  yield* Effect.promise(server.start)
  let made = 0
  return Effect.promise(async () => {
    const name = `migrated_${(made += 1)}`
    await readAt(server.url, (sql) => sql.unsafe(`create database ${name}`))
    return server.url.replace(/postgres$/, name)
  })
})

const migrating = (url: string, known: readonly Migration[]) =>
  Effect.scoped(
    Effect.flatMap(
      connections(() => Redacted.make(url)),
      ({ pool }) => migrate(pool(), known)
    )
  )

const standing = (url: string) => Effect.promise(() => readAt(url, standingOf))
const locks = (url: string) => Effect.promise(() => readAt(url, locksLeft))

/** Every place at which a migration can be left, the first statement not begun and the last one done included. */
const placesOf = (known: readonly Migration[]) =>
  known.flatMap((migration, i) =>
    Array.from({ length: statementsOf(migration).length + 1 }, (_, count) => ({
      migration,
      count,
      before: known.slice(0, i)
    }))
  )

const cutEverywhere = Effect.fnUntraced(function* (url: string, known: readonly Migration[]) {
  let half = 0
  let unnoticed = 0
  const places = placesOf(known)
  for (const { before, count, migration } of places) {
    yield* migrating(url, before)
    const as = yield* standing(url)
    const exit = yield* Effect.exit(migrating(url, [...before, cutAfter(migration, count)]))
    if (Exit.isSuccess(exit)) unnoticed += 1
    if ((yield* standing(url)) !== as) half += 1
  }
  yield* migrating(url, known)
  return { cuts: places.length, half, unnoticed }
})

const killSome = Effect.fnUntraced(function* (url: string, known: readonly Migration[], most: number, seed: number) {
  let half = 0
  let kills = 0
  const { share } = drawFrom(seed)
  const all = placesOf(known)
  const lots = all.map((place) => ({ place, lot: share() })).sort((one, other) => one.lot - other.lot)
  const drawn = new Set(lots.slice(0, Math.min(most, all.length)).map(({ place }) => place))
  for (const { before, count, migration } of all.filter((place) => drawn.has(place))) {
    yield* migrating(url, before)
    const as = yield* standing(url)
    if (yield* Effect.promise(() => readAt(url, (sql) => killedAt(sql, url, migration.number, count)))) kills += 1
    // At once: whoever starts next waits for what the killed one has left running.
    yield* migrating(url, before)
    if ((yield* standing(url)) !== as) half += 1
  }
  yield* migrating(url, known)
  return { half, kills }
})

const manyAtOnce = (known: readonly Migration[]) =>
  Effect.fnUntraced(function* (url: string) {
    const exits = yield* Effect.all(
      Array.from({ length: AT_ONCE }, () => Effect.exit(migrating(url, known))),
      { concurrency: "unbounded" }
    )
    return { succeeded: exits.filter(Exit.isSuccess).length, text: yield* standing(url) }
  })

const grown = (known: readonly Migration[], rows: number) =>
  Effect.fnUntraced(function* (url: string) {
    yield* migrating(url, known.slice(0, OLD_VERSION))
    const sql = yield* Effect.acquireRelease(
      Effect.sync(() => postgres(url, { max: 1, onnotice: () => {} })),
      (pool) => Effect.promise(() => pool.end({ timeout: 1 }))
    )
    yield* Effect.promise(() => fill(sql, rows))
    const idle = readAllTheTime(sql)
    yield* Effect.sleep("500 millis")
    yield* Effect.promise(() => idle.stop())
    const reader = readAllTheTime(sql)
    const began = performance.now()
    yield* migrating(url, known)
    const tookMs = performance.now() - began
    yield* Effect.promise(() => reader.stop())
    const [found] = yield* Effect.promise(
      () => sql<{ rows: number }[]>`select count(*)::integer as rows from market_history`
    )
    return {
      rows: found?.rows ?? 0,
      tookMs,
      reads: reader.reads(),
      failed: reader.failed(),
      longestMs: reader.longest(),
      idleMs: idle.longest()
    }
  })

/** Takes as long as one may over a table that has grown, and fails where Postgres has been told to break it off sooner. */
const long = (seconds: number): Migration => ({
  number: 9_000,
  name: "9000_long.sql",
  text: `do $$ begin
    if current_setting('statement_timeout')::interval < '1 hour' then raise 'not given an hour'; end if;
    perform pg_sleep(${seconds});
  end $$`,
  checksum: ""
})

/** How often the same cuts leave something behind where no transaction holds the statements together. */
const bare = (known: readonly Migration[]) =>
  Effect.fnUntraced(function* (url: string) {
    yield* migrating(url, [])
    const before = yield* standing(url)
    const [first] = known
    if (first !== undefined) {
      yield* Effect.ignore(
        Effect.tryPromise(() =>
          readAt(url, async (sql) => {
            for (const statement of statementsOf(cutAfter(first, 2))) await sql.unsafe(statement)
          })
        )
      )
    }
    return (yield* standing(url)) === before ? 0 : 1
  })
