/** Causes that are no row's fault: the writer has to hold, park nothing, and store everything once they are gone. */
import { Effect } from "effect"
import { Database } from "../../../src/storage/Database.ts"
import { History } from "../../../src/storage/History.ts"
import { marketsRecord } from "../../../test/support/records.ts"
import { appendAll, ofHistory, ofLetters, storedAll } from "./accounts.ts"

interface Cause {
  readonly name: string
  readonly make: readonly string[]
  readonly mend: readonly string[]
  /** What the writer says while it holds. */
  readonly said: string
  /** Days before now of the record that meets it. */
  readonly daysAgo: number
}

const CAUSES: readonly Cause[] = [
  {
    name: "a missing partition",
    make: ["alter table market_history detach partition market_history_default"],
    mend: ["alter table market_history attach partition market_history_default default"],
    said: "no partition of relation",
    daysAgo: 400
  },
  {
    name: "an unknown SQLSTATE",
    make: [
      `create function refuse() returns trigger language plpgsql as $$ begin raise exception 'strange' using errcode = 'ZX123'; end $$`,
      "create trigger refuse before insert on market_history for each row execute function refuse()"
    ],
    mend: ["drop trigger refuse on market_history"],
    said: "ZX123",
    daysAgo: 0
  }
]

export const parksNothing = Effect.fnUntraced(function* (rowsSoFar: number, now: number) {
  const database = yield* Database
  const run = (texts: readonly string[]) => Effect.forEach(texts, (text) => database.query((sql) => sql.unsafe(text)))
  const before = { letters: (yield* ofLetters).rows, rows: (yield* ofHistory).rows }
  let parked = 0
  for (const { daysAgo, make, mend, said } of CAUSES) {
    yield* run(make)
    yield* appendAll([marketsRecord(String(rowsSoFar), 1_600 + daysAgo, now - daysAgo * 86_400_000)])
    yield* Effect.gen(function* () {
      const { lastError } = yield* History.use((history) => history.stats)
      if (!(lastError ?? "").includes(said)) return yield* Effect.fail("not held yet")
    }).pipe(Effect.delay("20 millis"), Effect.eventually)
    parked += (yield* ofLetters).rows - before.letters
    yield* run(mend)
    yield* storedAll
  }
  return {
    parked,
    causes: CAUSES.length,
    asked: CAUSES.length,
    stored: (yield* ofHistory).rows - before.rows
  }
})
