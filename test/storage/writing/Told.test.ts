/** What is told again after a gap, and what counts as a check, against a real Postgres. */
import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { Database } from "../../../src/storage/Database.ts"
import { History } from "../../../src/storage/History.ts"
import { Server } from "../../support/postgres.ts"
import {
  baseRecord,
  confirmedRecord,
  eventRecord,
  factsOf,
  listingRecord,
  marketsRecord,
  NOW
} from "../../support/records.ts"
import { betpawa } from "../../support/records.ts"
import type { Record } from "../../../src/domain/Record.ts"
import { history, inNewDatabase, stored } from "../drained.ts"

const MINUTE = 60_000

const listed = listingRecord("1")

const gap: Record = { kind: "GAP", at: NOW, from: 4, to: 9, reason: { code: "OTHER", text: "The disk was full." } }

const spans = Database.use((database) =>
  database.query(
    (sql) => sql<{ markets: string[]; from_at: number; to_at: number; checks: number; times: number }[]>`
    select markets, from_at, to_at, checks, cardinality(times) as times from check_span order by markets, from_at`
  )
).pipe(
  Effect.map((rows) =>
    rows.map(({ markets, from_at, to_at, checks, times }) => [
      markets.join(),
      (from_at - NOW) / MINUTE,
      (to_at - NOW) / MINUTE,
      checks,
      times
    ])
  )
)

const confirmedAt = Effect.map(
  History.use((reads) => reads.event(factsOf("1").id, undefined)),
  (event) => event?.listings[0]?.confirmedAt
)

describe("a listing told again after a gap", () => {
  layer(Server.layer, { excludeTestServices: true, timeout: "60 seconds" })((it) => {
    it.effect("makes history only where price or state is another, and is no check", () =>
      inNewDatabase(
        Effect.gen(function* () {
          yield* stored(eventRecord("1"), listed, marketsRecord("1", 1_850, NOW, betpawa, [0, 1]))
          yield* stored(gap, baseRecord("1", [1_850, 1_900], NOW + MINUTE))
          assert.deepStrictEqual(yield* history, [
            [3, 1_850],
            [3, 1_850],
            [5, 1_900]
          ])
          assert.deepStrictEqual(yield* spans, [])
          assert.isUndefined(yield* confirmedAt)
          const event = yield* History.use((reads) => reads.event(factsOf("1").id, undefined))
          assert.deepStrictEqual(
            event?.listings[0]?.markets.map(({ milli }) => milli[0]),
            [1_850, 1_900]
          )
        })
      )
    )

    it.effect(
      "is the newest value also where it moved and came back: its times and the price before are told anew",
      () =>
        inNewDatabase(
          Effect.gen(function* () {
            yield* stored(eventRecord("1"), listed, marketsRecord("1", 1_850))
            const again = baseRecord("1", [1_850], NOW + MINUTE)
            const markets = again.markets.map((market) => ({ ...market, previous: market.milli.map(() => 1_900) }))
            yield* stored(gap, { ...again, markets })
            assert.deepStrictEqual(yield* history, [[3, 1_850]])
            const event = yield* History.use((reads) => reads.event(factsOf("1").id, undefined))
            assert.deepStrictEqual(
              event?.listings[0]?.markets.map(({ changedAt, previous }) => [changedAt, previous[0]]),
              [[NOW + MINUTE, 1_900]]
            )
          })
        )
    )

    it.effect("keeps out what was parked before it", () =>
      inNewDatabase(
        Effect.gen(function* () {
          const database = yield* Database
          yield* stored(eventRecord("1"), listed, marketsRecord("1", 1_850))
          yield* database.query((sql) => sql`alter table market_history add constraint dear check (milli[1] <> 1900)`)
          yield* stored(marketsRecord("1", 1_900))
          yield* stored(gap, baseRecord("1", [1_850]))
          yield* database.query((sql) => sql`alter table market_history drop constraint dear`)
          yield* History.use((reads) => reads.replayDeadLetters(undefined))
          const event = yield* History.use((reads) => reads.event(factsOf("1").id, undefined))
          assert.deepStrictEqual(
            event?.listings[0]?.markets.map(({ milli }) => milli[0]),
            [1_850]
          )
        })
      )
    )

    it.effect("is compared with what comes before it in the same batch", () =>
      inNewDatabase(
        Effect.gen(function* () {
          yield* stored(
            eventRecord("1"),
            marketsRecord("1", 1_850),
            gap,
            baseRecord("1", [1_850]),
            marketsRecord("1", 1_950),
            baseRecord("1", [1_950]),
            baseRecord("1", [2_000])
          )
          assert.deepStrictEqual(yield* history, [
            [2, 1_850],
            [5, 1_950],
            [7, 2_000]
          ])
        })
      )
    )

    it.effect("ends the markets it does not have, now and at every later instant, and not before", () =>
      inNewDatabase(
        Effect.gen(function* () {
          yield* stored(eventRecord("1"), listed, marketsRecord("1", 1_850, NOW, betpawa, [0, 1]))
          yield* stored(gap, baseRecord("1", [1_850], NOW + MINUTE))
          const countAt = (asOf: number | undefined) =>
            Effect.map(
              History.use((reads) => reads.event(factsOf("1").id, asOf)),
              (event) => event?.listings[0]?.markets.length
            )
          assert.deepStrictEqual(
            [yield* countAt(NOW), yield* countAt(NOW + MINUTE), yield* countAt(undefined)],
            [2, 1, 1]
          )
        })
      )
    )

    it.effect("leaves the gap's numbers behind", () =>
      inNewDatabase(
        Effect.gen(function* () {
          yield* stored(eventRecord("1"), gap)
          const gaps = yield* Database.use((database) =>
            database.query((sql) => sql`select from_seq, to_seq, reason from history_gap`)
          )
          assert.deepStrictEqual([...gaps], [{ from_seq: 4, to_seq: 9, reason: "The disk was full." }])
        })
      )
    )
  })
})

describe("check spans", () => {
  layer(Server.layer, { excludeTestServices: true, timeout: "60 seconds" })((it) => {
    it.effect("count one look once that two batches tell, and grow from batch to batch", () =>
      inNewDatabase(
        Effect.gen(function* () {
          yield* stored(eventRecord("1"), listed, marketsRecord("1", 1_850))
          for (const minutes of [0, 1, 1, 2, 9]) yield* stored(confirmedRecord(["1"], NOW + minutes * MINUTE))
          assert.deepStrictEqual(yield* spans, [
            ["", 0, 2, 3, 3],
            ["", 9, 9, 1, 1]
          ])
          assert.strictEqual(yield* confirmedAt, NOW + 9 * MINUTE)
        })
      )
    )

    it.effect("of some markets neither confirm the listing nor count for other markets", () =>
      inNewDatabase(
        Effect.gen(function* () {
          yield* stored(eventRecord("1"), listed, confirmedRecord(["1"], NOW))
          yield* stored(confirmedRecord(["1"], NOW + MINUTE, new Set(["1x2_ft"])))
          assert.strictEqual(yield* confirmedAt, NOW)
          const told = (markets: readonly string[]) =>
            Effect.map(
              History.use((reads) =>
                reads.rows(
                  {
                    events: [factsOf("1").id],
                    competitions: undefined,
                    bookmakers: undefined,
                    markets,
                    from: NOW,
                    to: NOW + MINUTE
                  },
                  10,
                  undefined
                )
              ),
              ({ checks }) => checks.length
            )
          assert.deepStrictEqual([yield* told(["1x2_ft"]), yield* told(["1x2_ft", "dc_ft"])], [2, 1])
        })
      )
    )

    it.effect("go on in another row after sixty looks, without a break between them", () =>
      inNewDatabase(
        Effect.gen(function* () {
          const looks = (from: number, to: number) =>
            Array.from({ length: to - from }, (_, i) => confirmedRecord(["1"], NOW + ((from + i) * MINUTE) / 2))
          yield* stored(eventRecord("1"), listed, ...looks(0, 59))
          yield* stored(...looks(59, 60))
          yield* stored(...looks(60, 62))
          assert.deepStrictEqual(yield* spans, [
            ["", 0, 29.5, 60, 60],
            ["", 29.5, 30.5, 2, 2]
          ])
        })
      )
    )
  })
})
