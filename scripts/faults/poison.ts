/**
 * R9 and R10: rows that Postgres will never take among good ones, the real writer and a real Postgres.
 *
 * What has to be stored is counted by number from the records that were made, not from what the writer says of itself.
 */
import { Effect, Layer } from "effect"
import type { Journal } from "../../src/journal/Journal.ts"
import { Database } from "../../src/storage/Database.ts"
import { History } from "../../src/storage/History.ts"
import type { Writer } from "../../src/storage/Writer.ts"
import { memoryJournal } from "../../test/support/MemoryJournal.ts"
import { Server, storage } from "../../test/support/postgres.ts"
import { exactly, none } from "./FaultRun.ts"
import type { FaultRun, Outcome, Size } from "./FaultRun.ts"
import { appendAll, currentFaults, ofHistory, ofLetters, storedAll } from "./poison/accounts.ts"
import { dropsTheBatch } from "./poison/control.ts"
import { CURABLE, FORBIDDEN, mixed } from "./poison/records.ts"
import { parksNothing } from "./poison/holds.ts"
import { drawFrom } from "./house/Draw.ts"

const SIZES = { short: { good: 3_000, bad: 30 }, long: { good: 100_000, bad: 1_000 } } as const

export const poison: FaultRun = {
  name: "poison",
  promise: "A row that Postgres refuses is parked alone, is put back once, and never over a newer value",
  run: (size, seed) => Effect.runPromise(Effect.scoped(Effect.provide(poisoned(size, seed), Server.layer)))
}

type Rooms = Journal | Database | Writer | History

const poisoned = Effect.fnUntraced(function* (size: Size, seed: number) {
  const { bad, good } = SIZES[size]
  const now = Date.now()
  const mix = mixed(good, bad, now, drawFrom(seed).share)
  const url = yield* Server.use((server) => server.newDatabase)
  const main = Effect.gen(function* () {
    const database = yield* Database
    yield* database.opened
    const forbid = `alter table market_history add constraint forbidden check (milli[1] <> ${FORBIDDEN})`
    yield* database.query((sql) => sql.unsafe(forbid))
    const began = performance.now()
    yield* appendAll(mix.records)
    yield* storedAll
    const seconds = (performance.now() - began) / 1000
    const parked = yield* ofLetters
    const before = yield* ofHistory
    yield* database.query((sql) => sql`alter table market_history drop constraint forbidden`)
    const replays = yield* Effect.all(
      [1, 2].map(() => History.use((history) => history.replayDeadLetters(undefined))),
      { concurrency: 2 }
    )
    return {
      seconds,
      before,
      parked,
      replayed: replays.reduce((sum, { replayed }) => sum + replayed, 0),
      after: yield* ofHistory,
      left: yield* ofLetters,
      current: yield* currentFaults(mix),
      held: yield* parksNothing(mix.records.length, now)
    }
  })
  const use = (effect: Effect.Effect<Outcome, unknown, Rooms>) =>
    Effect.provide(effect, storage(url).pipe(Layer.provideMerge(memoryJournal(now))))
  return yield* use(
    Effect.gen(function* () {
      const seen = yield* main
      const curable = [...mix.poison].filter(([, kind]) => kind === CURABLE).map(([seq]) => seq)
      const goodSeqs = mix.records.flatMap((_, i) => (mix.poison.has(i + 1) ? [] : [i + 1]))
      const control = yield* dropsTheBatch(mix)
      return {
        checks: [
          exactly("good rows stored", seen.before.rows, good),
          none("good rows missing", goodSeqs.filter((seq) => !seen.before.seqs.has(seq)).length),
          exactly("rows parked", seen.parked.rows, bad),
          none("bad rows not parked", [...mix.poison.keys()].filter((seq) => !seen.parked.seqs.has(seq)).length),
          none("letters without payload, reason, first seen or tries", seen.parked.incomplete),
          exactly("put back by two replays at once", seen.replayed, curable.length),
          exactly("rows after the replay", seen.after.rows, good + curable.length),
          none("put back and missing", curable.filter((seq) => !seen.after.seqs.has(seq)).length),
          exactly("still parked", seen.left.rows, bad - curable.length),
          none("newest values that are not the newest", seen.current),
          none("rows parked for a missing partition or an unknown SQLSTATE", seen.held.parked),
          exactly("rows stored once those causes were gone", seen.held.stored, seen.held.asked)
        ],
        least: [
          { what: "kinds of poison", seen: new Set(mix.poison.values()).size, atLeast: 12 },
          { what: "put back", seen: curable.length, atLeast: bad / 2 },
          { what: "causes that were held for", seen: seen.held.causes, atLeast: 2 }
        ],
        controls: [{ what: "a writer that drops the batch", caught: control.stored < control.asked }],
        counts: {
          good,
          poison: bad,
          "seconds to store all": Math.round(seen.seconds * 10) / 10,
          "reasons (SQLSTATE)": seen.parked.states.join(" ")
        },
        notes: [
          "The writer, its Postgres and its ways are the house's own; the journal is one in memory.",
          "Poison is evenly spread: more than 20 in one batch are a schema fault, which holds and parks nothing."
        ]
      } satisfies Outcome
    })
  )
})
