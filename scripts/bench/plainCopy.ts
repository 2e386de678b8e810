/**
 * The limit of `writer`: psql's `\copy` of a file, alone and with the upsert that the server can do by itself.
 *
 * Where there is no psql, the driver's COPY of the whole file stands in for it.
 */
import { execFile, spawnSync } from "node:child_process"
import { createReadStream, createWriteStream } from "node:fs"
import { pipeline } from "node:stream/promises"
import { promisify } from "node:util"
import { Effect } from "effect"
import postgres from "postgres"
import type { Database } from "../../src/storage/Database.ts"

const COLUMNS =
  "day, epoch, seq, position, at, event_id, bookmaker_id, phase, market, line, layout_id, milli, previous, states, state, since, reason_code, reason_text, reason_until, changed_at, published_at, run_id"

const CURRENT =
  "event_id, bookmaker_id, phase, market, line, layout_id, milli, previous, states, state, since, reason_code, reason_text, reason_until, changed_at, at, published_at, run_id, epoch, seq, position"

const UPSERT = `insert into market_current (${CURRENT})
  select distinct on (event_id, bookmaker_id, phase, market, line) ${CURRENT} from market_history
  order by event_id, bookmaker_id, phase, market, line, seq desc, position desc
  on conflict (event_id, bookmaker_id, phase, market, line) do update set
  ${CURRENT.split(", ")
    .slice(5)
    .map((column) => `${column} = excluded.${column}`)
    .join(", ")}`

export const makePlainCopy = (url: string, file: string) => {
  const hasPsql = spawnSync("psql", ["--version"]).status === 0
  const psql = (...commands: readonly string[]): Promise<unknown> =>
    promisify(execFile)("psql", [
      url,
      "-q",
      "-X",
      "-1",
      "-v",
      "ON_ERROR_STOP=1",
      ...commands.flatMap((text) => ["-c", text])
    ])
  const driver = async (direction: "in" | "out", then: string | undefined): Promise<void> => {
    const sql = postgres(url, { max: 1, onnotice: () => {} })
    await sql.begin(async (inside) => {
      if (direction === "out")
        await pipeline(
          await inside.unsafe(`copy (select ${COLUMNS} from market_history) to stdout`).readable(),
          createWriteStream(file)
        )
      else
        await pipeline(
          createReadStream(file),
          await inside.unsafe(`copy market_history (${COLUMNS}) from stdin`).writable()
        )
      if (then !== undefined) await inside.unsafe(then)
    })
    await sql.end()
  }
  const copyIn = `\\copy market_history (${COLUMNS}) from '${file}'`
  return {
    name: hasPsql ? "psql" : "the driver's COPY, for there is no psql here",
    /** Writes what history holds to the file. */
    keepRows: () =>
      hasPsql ? psql(`\\copy (select ${COLUMNS} from market_history) to '${file}'`) : driver("out", undefined),
    keepSeed: (database: Database["Service"]) =>
      Effect.andThen(
        database.query((sql) => sql`create table bench_seed as select * from market_current`),
        database.query((sql) => sql`update bench_seed set epoch = 0`)
      ),
    /** The newest values as they were before these rows, older than all of them. */
    reseed: (database: Database["Service"]) =>
      Effect.andThen(
        database.query((sql) => sql`truncate market_current`),
        database.query((sql) => sql`insert into market_current select * from bench_seed`)
      ),
    copy: () => (hasPsql ? psql(copyIn) : driver("in", undefined)),
    copyAndUpsert: () => (hasPsql ? psql(copyIn, UPSERT) : driver("in", UPSERT))
  }
}
