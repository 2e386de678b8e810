/** What retention leaves of history: an instant of a day that is kept is told as before a day was dropped. */
import { assert, describe, layer } from "@effect/vitest"
import { Clock, Effect } from "effect"
import { TestClock } from "effect/testing"
import type { Record } from "../../../src/domain/Record.ts"
import { Database } from "../../../src/storage/Database.ts"
import { History } from "../../../src/storage/History.ts"
import { makePartitions } from "../../../src/storage/tables/Partitions.ts"
import { Server } from "../../support/postgres.ts"
import {
  betpawa,
  bookmakerRecord,
  confirmedRecord,
  eventRecord,
  factsOf,
  listingRecord,
  listingState,
  marketsRecord,
  NOW
} from "../../support/records.ts"
import { inNewDatabase, stored } from "../drained.ts"

const DAY = 86_400_000
const RETENTION_DAYS = 7

/** The upkeep of the day on which this one is the oldest that is kept. */
const keptFrom = (at: number) =>
  Effect.gen(function* () {
    const clock = yield* TestClock.make()
    yield* clock.setTime(at + RETENTION_DAYS * DAY)
    const partitions = makePartitions(yield* Database)
    yield* Effect.provideService(partitions.dropExpired(RETENTION_DAYS), Clock.Clock, clock)
  }).pipe(Effect.scoped)

const boardAt = (id: string, asOf: number) => History.use((reads) => reads.event(factsOf(id).id, asOf))

const closed = (id: string, at: number): Record => ({
  kind: "EVENT",
  at,
  eventId: factsOf(id).id,
  before: factsOf(id),
  after: undefined
})

/** Each row of history: its table, its event and its day, counted from NOW's. */
const rows = Effect.map(
  Database.use((database) =>
    database.query(
      (sql) => sql<{ row: string }[]>`
      select concat_ws(' ', of, nullif(event_id, ''), day - ${NOW}::timestamptz::date) as row from (
        select 'market' as of, event_id, day from market_history
        union all select 'listing', event_id, day from listing_history
        union all select 'event', event_id, day from event_history
        union all select 'bookmaker', '', at::date from bookmaker_history
      ) history order by 1`
    )
  ),
  (found) => found.map(({ row }) => row)
)

describe("a day that is dropped", () => {
  layer(Server.layer, { excludeTestServices: true, timeout: "60 seconds" })((it) => {
    it.effect("takes nothing from an instant of a later day, also where all has changed since", () =>
      inNewDatabase(
        Effect.gen(function* () {
          yield* stored(
            eventRecord("1", "First", NOW - 3_600_000),
            eventRecord("1", "Home"),
            listingRecord("1", listingState(), NOW),
            marketsRecord("1", 1_700, NOW - 3_600_000, betpawa, [0, 1]),
            marketsRecord("1", 1_850, NOW, betpawa, [0, 1]),
            confirmedRecord(["1"], NOW),
            bookmakerRecord({ state: "STALE", since: NOW - 1 }, NOW - 1),
            bookmakerRecord({ state: "CONFIRMED", since: NOW })
          )
          const change = NOW + 3 * DAY
          yield* stored(
            eventRecord("1", "Renamed", change),
            listingRecord("1", { ...listingState(), mappedCount: 7 }, change),
            marketsRecord("1", 1_900, change),
            confirmedRecord(["1"], change),
            bookmakerRecord({ state: "STALE", since: change }, change)
          )
          const instants = [NOW + DAY, NOW + 2 * DAY, change - 1, change]
          const boards = Effect.forEach(instants, (at) => boardAt("1", at))
          const before = yield* boards
          assert.deepStrictEqual(
            before.map((board) => board?.listings[0]?.markets.map(({ milli }) => milli[0])),
            [
              [1_850, 1_850],
              [1_850, 1_850],
              [1_850, 1_850],
              [1_900, 1_850]
            ]
          )
          yield* keptFrom(NOW + DAY)
          assert.deepStrictEqual(yield* boards, before)
          yield* keptFrom(NOW + DAY)
          yield* keptFrom(NOW + 2 * DAY)
          assert.deepStrictEqual((yield* boards).slice(1), before.slice(1))
          assert.deepStrictEqual(yield* rows, [
            "bookmaker 0",
            "bookmaker 3",
            "event 1 2",
            "event 1 3",
            "listing 1 2",
            "listing 1 3",
            "market 1 2",
            "market 1 2",
            "market 1 3"
          ])
        })
      )
    )

    it.effect("takes all of an event that had ended before it was over", () =>
      inNewDatabase(
        Effect.gen(function* () {
          yield* stored(
            eventRecord("1"),
            listingRecord("1", listingState(), NOW),
            marketsRecord("1", 1_850),
            confirmedRecord(["1"], NOW),
            closed("1", NOW + 1)
          )
          yield* keptFrom(NOW + DAY)
          assert.deepStrictEqual(yield* rows, [])
          const spans = yield* Database.use((database) => database.query((sql) => sql`select 1 from check_span`))
          assert.isEmpty(spans)
        })
      )
    )
  })
})
