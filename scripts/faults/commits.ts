/**
 * R4: the answer to COMMIT is cut off at a random byte, again and again: the batch is stored, and the writer cannot know.
 *
 * The proxy counts only commits that the server has answered, so every cut is an unclear commit that took place. The
 * control goes through the same proxy and tries again without reading the mark.
 */
import { Deferred, Effect, Layer, Redacted } from "effect"
import postgres from "postgres"
import { Journal } from "../../src/journal/Journal.ts"
import { Database } from "../../src/storage/Database.ts"
import { Writer } from "../../src/storage/Writer.ts"
import { COMMIT_ANSWER_BYTES, commitCutter } from "../../test/support/commitCutter.ts"
import { memoryJournal } from "../../test/support/MemoryJournal.ts"
import { Server, storage } from "../../test/support/postgres.ts"
import { eventRecord, marketsRecord } from "../../test/support/records.ts"
import { exactly, none } from "./FaultRun.ts"
import type { FaultRun, Outcome, Size } from "./FaultRun.ts"
import { drawFrom } from "./house/Draw.ts"
import type { Draw } from "./house/Draw.ts"

const SIZES = { short: { cuts: 10 }, long: { cuts: 500 } } as const
const CONTROL_CUTS = 5
const RECORDS_PER_CUT = 20

export const commits: FaultRun = {
  name: "commits",
  promise: "A commit whose answer is lost is settled by the mark: nothing is lost and nothing is stored twice",
  run: (size, seed) => Effect.runPromise(Effect.scoped(Effect.provide(unclear(size, seed), Server.layer)))
}

const unclear = Effect.fnUntraced(function* (size: Size, seed: number) {
  const { cuts } = SIZES[size]
  const draw = drawFrom(seed)
  const now = Date.now()
  const url = yield* Server.use((server) => server.newDatabase)
  const cutter = yield* commitCutter(url)
  const offsets = new Set<number>()
  const drive = Effect.gen(function* () {
    const journal = yield* Journal
    const append = (price: number) =>
      journal.append(
        Array.from({ length: RECORDS_PER_CUT }, (_, i) => ({
          record: marketsRecord(String(i), price, now),
          image: undefined
        }))
      )
    yield* journal.append([{ record: eventRecord("1"), image: undefined }])
    yield* Writer.use((writer) => writer.caughtUp)
    let hits = 0
    for (let i = 0; i < cuts; i++) {
      const passes = Math.floor(draw.between(0, COMMIT_ANSWER_BYTES))
      offsets.add(passes)
      const cut = yield* cutter.cutNext(passes)
      yield* append(1_100 + i)
      yield* Deferred.await(cut)
      hits += 1
      // Else the next cut would meet the commits with which the database is opened again.
      yield* Writer.use((writer) => writer.caughtUp)
    }
    const database = yield* Database
    const rows = yield* database.query((sql) => sql<{ seq: number }[]>`select seq from market_history`)
    const seqs = new Set(rows.map(({ seq }) => seq))
    const expected = Array.from({ length: cuts * RECORDS_PER_CUT }, (_, i) => i + 2)
    return { hits, rows: rows.length, lost: expected.filter((seq) => !seqs.has(seq)).length, distinct: seqs.size }
  })
  const seen = yield* Effect.provide(drive, storage(cutter.url).pipe(Layer.provideMerge(memoryJournal(now))))
  const twice = yield* withoutMark(url, draw)
  const outcome: Outcome = {
    checks: [
      none("rows lost", seen.lost),
      none("rows stored twice", seen.rows - seen.distinct),
      exactly("rows stored", seen.rows, cuts * RECORDS_PER_CUT)
    ],
    least: [
      { what: "answers to COMMIT cut off", seen: seen.hits, atLeast: cuts },
      { what: "bytes at which they were cut", seen: offsets.size, atLeast: Math.min(6, cuts / 2) }
    ],
    controls: [{ what: "a writer that tries again without reading the mark", caught: twice > 0 }],
    counts: { cuts: seen.hits, "rows stored twice by the control": twice },
    notes: ["The writer, its Postgres and its ways are the house's own; the journal is one in memory."]
  }
  return outcome
})

/** Rows that it stored more than once. */
const withoutMark = Effect.fnUntraced(function* (url: Redacted.Redacted, draw: Draw) {
  const cutter = yield* commitCutter(url)
  const open = () => postgres(Redacted.value(cutter.url), { max: 1, onnotice: () => {} })
  const straight = postgres(Redacted.value(url), { max: 1, onnotice: () => {} })
  yield* Effect.promise(() => straight`create table control (seq integer not null)`)
  for (let seq = 0; seq < CONTROL_CUTS; seq++) {
    yield* cutter.cutNext(Math.floor(draw.between(0, COMMIT_ANSWER_BYTES)))
    const store = Effect.tryPromise(async () => {
      const sql = open()
      try {
        await sql.begin((inside) => inside`insert into control values (${seq})`)
      } finally {
        await sql.end({ timeout: 0 })
      }
    })
    yield* Effect.retry(store, { times: 5 })
  }
  const [found] = yield* Effect.promise(
    () => straight<{ twice: number }[]>`select (count(*) - count(distinct seq))::integer as twice from control`
  )
  yield* Effect.promise(() => straight.end({ timeout: 1 }))
  return found?.twice ?? 0
})
