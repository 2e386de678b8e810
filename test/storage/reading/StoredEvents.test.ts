/** An event at any retained instant: nothing that came later shows through. */
import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import type { Record } from "../../../src/domain/Record.ts"
import { Database } from "../../../src/storage/Database.ts"
import { History } from "../../../src/storage/History.ts"
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

const MINUTE = 60_000

const boardAt = (asOf: number) => History.use((reads) => reads.event(factsOf("1").id, asOf))

describe("a competition", () => {
  layer(Server.layer, { excludeTestServices: true, timeout: "60 seconds" })((it) => {
    it.effect("has each bookmaker's ids beside our own", () =>
      inNewDatabase(
        Effect.gen(function* () {
          yield* stored(
            eventRecord("1"),
            listingRecord("1", { ...listingState(), bookmakerCompetitionId: "sr:17" }, NOW),
            listingRecord("1", { ...listingState(), bookmakerCompetitionId: "sr:17" }, NOW + 1),
            listingRecord("1", { ...listingState(), bookmakerCompetitionId: "sr:18" }, NOW + 2)
          )
          const ids = yield* Database.use((database) =>
            database.query(
              (sql) => sql`
              select competition_id, bookmaker_id, bookmaker_competition_id as theirs from competition_listing order by 3`
            )
          )
          const ours = { competition_id: "england-premier-league", bookmaker_id: "betpawa-ng" }
          assert.deepStrictEqual(
            [...ids],
            [
              { ...ours, theirs: "sr:17" },
              { ...ours, theirs: "sr:18" }
            ]
          )
        })
      )
    )
  })
})

describe("an event at an instant", () => {
  layer(Server.layer, { excludeTestServices: true, timeout: "60 seconds" })((it) => {
    it.effect("begins anew also where its return is told again after a gap", () =>
      inNewDatabase(
        Effect.gen(function* () {
          const event = eventRecord("1")
          yield* stored(event, listingRecord("1"), marketsRecord("1", 1_850))
          yield* stored({ ...event, at: NOW + MINUTE, before: event.after, after: undefined })
          yield* stored({ ...event, at: NOW + 2 * MINUTE, before: event.after })
          const board = yield* History.use((reads) => reads.event(event.eventId, undefined))
          assert.deepStrictEqual(board?.listings, [])
        })
      )
    )

    for (const [what, lengths] of [
      ["once it is back", [3, 1, 1, 1, 1, 1]],
      ["when it came back among changes of others", [4, 4]],
      ["when it left and came back within one batch", [8]]
    ] as const) {
      it.effect(`begins anew ${what}: nothing of its earlier life stands, then or now`, () =>
        inNewDatabase(
          Effect.gen(function* () {
            const at = (minutes: number) => NOW + minutes * MINUTE
            const left: Record = {
              kind: "EVENT",
              at: at(2),
              eventId: factsOf("1").id,
              before: factsOf("1"),
              after: undefined
            }
            const lives: Record[] = [
              eventRecord("1"),
              listingRecord("1"),
              marketsRecord("1", 1_850, NOW, betpawa, [0, 1]),
              left,
              marketsRecord("2", 1_850, at(4)),
              eventRecord("1", "Home", at(5)),
              listingRecord("1", listingState(), at(6)),
              marketsRecord("1", 1_850, at(6))
            ]
            for (const length of lengths) yield* stored(...lives.splice(0, length))
            const boards = yield* Effect.forEach([at(1), at(4), at(5), at(6), undefined], (then) =>
              Effect.map(
                History.use((reads) => reads.event(factsOf("1").id, then)),
                (board) => board?.listings.map(({ listing, markets }) => `${listing.state} ${markets.length}`)
              )
            )
            assert.deepStrictEqual(boards, [
              ["CONFIRMED 2"],
              ["CONFIRMED 2"],
              ["WITHDRAWN 0"],
              ["CONFIRMED 1"],
              ["CONFIRMED 1"]
            ])
          })
        )
      )
    }

    it.effect("has the facts, the listing and the prices of then, and was unknown before", () =>
      inNewDatabase(
        Effect.gen(function* () {
          const later = { ...listingState(), mappedCount: 7, unmapped: [] }
          yield* stored(eventRecord("1", "Home"), listingRecord("1", listingState(), NOW), marketsRecord("1", 1_850))
          yield* stored(
            eventRecord("1", "Renamed", NOW + 2 * MINUTE),
            listingRecord("1", later, NOW + 2 * MINUTE),
            marketsRecord("1", 1_900, NOW + 2 * MINUTE)
          )
          const then = yield* boardAt(NOW + MINUTE)
          assert.strictEqual(then?.facts.home, "Home")
          assert.deepStrictEqual(then?.listings[0]?.listing, listingState())
          assert.deepStrictEqual(then?.listings[0]?.markets[0]?.milli, [1_850, 1_950])
          const now = yield* boardAt(NOW + 2 * MINUTE)
          assert.deepStrictEqual([now?.facts.home, now?.listings[0]?.listing.mappedCount], ["Renamed", 7])
          assert.isUndefined(yield* boardAt(NOW - 1))
        })
      )
    )

    it.effect("knows how its bookmaker stood as a whole at that time", () =>
      inNewDatabase(
        Effect.gen(function* () {
          const blocked = {
            state: "STALE",
            since: NOW - MINUTE,
            reason: { code: "BLOCKED", text: "It refuses.", until: NOW + MINUTE }
          } as const
          const returned = { state: "CONFIRMED", since: NOW + 2 * MINUTE } as const
          yield* stored(
            eventRecord("1", "Home", NOW - 2 * MINUTE),
            listingRecord("1", listingState(), NOW - 2 * MINUTE)
          )
          yield* stored(bookmakerRecord(blocked), bookmakerRecord(returned, NOW + 2 * MINUTE))
          const standings = yield* Effect.forEach([-1, 0, 2 * MINUTE - 1, 2 * MINUTE], (after) =>
            Effect.map(boardAt(NOW + after), (event) => event?.listings[0]?.bookmaker)
          )
          assert.deepStrictEqual(standings, [undefined, blocked, blocked, returned])
        })
      )
    )

    it.effect("was confirmed when it was last looked at by then, not when its span ended", () =>
      inNewDatabase(
        Effect.gen(function* () {
          yield* stored(eventRecord("1"), listingRecord("1", listingState(), NOW), marketsRecord("1", 1_850))
          yield* stored(confirmedRecord(["1"], NOW), confirmedRecord(["1"], NOW + 2 * MINUTE))
          yield* stored(confirmedRecord(["1"], NOW + 4 * MINUTE))
          const confirmedAt = (asOf: number) => Effect.map(boardAt(asOf), (event) => event?.listings[0]?.confirmedAt)
          assert.deepStrictEqual(
            [
              yield* confirmedAt(NOW + MINUTE),
              yield* confirmedAt(NOW + 3 * MINUTE),
              yield* confirmedAt(NOW + 9 * MINUTE)
            ],
            [NOW, NOW + 2 * MINUTE, NOW + 4 * MINUTE]
          )
        })
      )
    )
  })
})
