/**
 * `writer`: the storage room's own ways into Postgres, next to psql's `\copy` of the same rows into the same tables.
 *
 * The rows go in by batches of 5,000 in a transaction each, as the drainer has them; `\copy` takes all of them at once.
 * "Current" meets a table that already holds every market, which is what a day looks like.
 */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { NodeServices } from "@effect/platform-node"
import { Effect, Layer, Redacted } from "effect"
import { DEFAULT_TIERS } from "../../src/domain/Freshness.ts"
import { Place } from "../../src/journal/Place.ts"
import { Database } from "../../src/storage/Database.ts"
import { claim } from "../../src/storage/tables/DrainMark.ts"
import { embeddedPostgres } from "../../src/storage/server/EmbeddedPostgres.ts"
import { byCopy } from "../../src/storage/writing/HistoryWay.ts"
import { makeMarketLayouts } from "../../src/storage/tables/MarketLayouts.ts"
import { makePartitions } from "../../src/storage/tables/Partitions.ts"
import { storeBatch } from "../../src/storage/writing/StoreBatch.ts"
import { wholePieces } from "../../src/storage/writing/Pieces.ts"
import { rowsOf } from "../../src/storage/writing/WriteBatch.ts"
import { basePayloads } from "./basePayloads.ts"
import { makePlainCopy } from "./plainCopy.ts"
import { recordBatches } from "./records.ts"
import { atLeast } from "./report.ts"
import type { Benchmark, Findings } from "./report.ts"
import { interleaved, median, medianRatio } from "./rounds.ts"

export const writer: Benchmark = {
  name: "writer",
  question: "How fast do changes reach Postgres, next to the fastest way in?",
  measure: async () => {
    const folder = await mkdtemp(join(tmpdir(), "oddswire-bench-"))
    const findings = await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const url = (yield* embeddedPostgres(folder)).address()
          return yield* Effect.provide(
            measured(Redacted.value(url), folder),
            Database.at(url).pipe(Layer.provide(Layer.succeed(Place, { dataDir: folder, world: "bench" })))
          )
        })
      ).pipe(Effect.provide(NodeServices.layer))
    )
    await rm(folder, { recursive: true, force: true })
    return findings
  }
}

const ROUNDS = 5
const BATCHES = 10
const ROWS_PER_BATCH = 5_000
const OWNER = "bench"

const measured = Effect.fnUntraced(function* (url: string, folder: string) {
  const database = yield* Database
  yield* database.opened
  const layouts = makeMarketLayouts(database)
  const epoch = Date.now()
  const batches = recordBatches(yield* Effect.promise(basePayloads), epoch, BATCHES, ROWS_PER_BATCH)
  const services = yield* Effect.context<Database>()
  const promise = <A, E>(effect: Effect.Effect<A, E, Database>): Promise<A> => Effect.runPromiseWith(services)(effect)
  const plain = makePlainCopy(url, join(folder, "rows.txt"))

  const history = Effect.forEach(batches, ({ records }) => {
    const { markets } = rowsOf(wholePieces(records), DEFAULT_TIERS)
    return database.transaction((sql) => byCopy(layouts).markets(sql, markets))
  })
  const both = Effect.forEach(batches, ({ from, to, records }) =>
    storeBatch(database, layouts, {
      epoch,
      from,
      to,
      owner: OWNER,
      records,
      tiers: DEFAULT_TIERS,
      hasEarlier: false
    })
  )
  const emptied = Effect.gen(function* () {
    yield* database.query((sql) => sql`truncate market_history`)
    yield* database.query((sql) => sql`truncate drain_mark`)
    yield* database.transaction((sql) => claim(sql, epoch, 0, OWNER))
    yield* plain.reseed(database)
    yield* database.query((sql) => sql`checkpoint`)
  })
  const timed = (work: () => Promise<unknown>) => async () => {
    await promise(emptied)
    const began = performance.now()
    await work()
    return performance.now() - began
  }

  yield* makePartitions(database).ensure([], 15)
  yield* layouts.know(
    batches.flatMap(({ records }) =>
      records.flatMap(({ record }) => (record.kind === "MARKETS" ? record.markets.map(({ layout }) => layout) : []))
    )
  )
  yield* database.transaction((sql) => claim(sql, epoch, 0, OWNER))
  yield* both
  yield* Effect.promise(() => plain.keepRows())
  yield* plain.keepSeed(database)

  const costs = yield* Effect.promise(() =>
    interleaved(ROUNDS, {
      copy: timed(() => plain.copy()),
      history: timed(() => promise(history)),
      copyAndUpsert: timed(() => plain.copyAndUpsert()),
      both: timed(() => promise(both))
    })
  )
  const rows = BATCHES * ROWS_PER_BATCH
  const row = (what: string, goal: number, ours: readonly number[], limits: readonly number[]) => {
    const limit = rows / median(limits)
    return atLeast(what, limit * medianRatio(limits, ours), limit, goal, "rows/ms")
  }
  const findings: Findings = {
    rows: [
      row("history, to \\copy of the same rows", 0.7, costs("history"), costs("copy")),
      row("history + current, to \\copy + server-side upsert", 0.65, costs("both"), costs("copyAndUpsert"))
    ],
    notes: [
      `${rows} rows, ${BATCHES} transactions of ours against one of ${plain.name}; ${ROUNDS} interleaved rounds on the embedded Postgres with its default durability. Making rows of records is on our side.`
    ]
  }
  return findings
})
