/** Counts what lies in Postgres by the numbers of the records. */
import { Effect } from "effect"
import type { Record } from "../../../src/domain/Record.ts"
import { Journal } from "../../../src/journal/Journal.ts"
import { Database } from "../../../src/storage/Database.ts"
import { Writer } from "../../../src/storage/Writer.ts"
import type { Mixed } from "./records.ts"

export const appendAll = Effect.fnUntraced(function* (records: readonly Record[]) {
  const journal = yield* Journal
  yield* journal.append(records.map((record) => ({ record, image: undefined })))
})

export const storedAll = Writer.use((writer) => writer.caughtUp)

export const ofHistory = Effect.gen(function* () {
  const database = yield* Database
  const rows = yield* database.query((sql) => sql<{ seq: number }[]>`select seq from market_history`)
  return { rows: rows.length, seqs: new Set(rows.map(({ seq }) => seq)) }
})

export const ofLetters = Effect.gen(function* () {
  const database = yield* Database
  const rows = yield* database.query(
    (sql) => sql<{ seq: number; sqlstate: string; whole: boolean }[]>`
    select seq, sqlstate, octet_length(payload) > 0 and reason <> '' and first_seen <= now() and tries > 0 as whole
    from dead_letter`
  )
  return {
    rows: rows.length,
    seqs: new Set(rows.map(({ seq }) => seq)),
    incomplete: rows.filter(({ whole }) => !whole).length,
    states: [...new Set(rows.map(({ sqlstate }) => sqlstate))].sort()
  }
})

/** How many markets stand at another price than the last record that Postgres could take says. */
export const currentFaults = Effect.fnUntraced(function* ({ poison, records }: Mixed) {
  const newest = new Map<string, number>()
  records.forEach((record, i) => {
    const kind = poison.get(i + 1)
    if (record.kind === "MARKETS" && (kind === undefined || kind.startsWith("a price that a constraint"))) {
      newest.set(record.event.id, record.markets[0]?.milli[0] ?? 0)
    }
  })
  const database = yield* Database
  const rows = yield* database.query(
    (sql) => sql<{ event_id: string; milli: number[] }[]>`select event_id, milli from market_current`
  )
  const wrong = rows.filter(({ event_id, milli }) => newest.get(event_id) !== milli[0]).length
  return wrong + Math.abs(rows.length - newest.size)
})
