/** R12 and the cursor of queries: whatever a client comes with, it is told plainly where it stands, and stands right afterwards. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { EventId } from "../../../src/domain/Event.ts"
import { formatCursor, parseCursor } from "../../../src/graphql/arguments/Cursor.ts"
import type { Told } from "../../../src/odds/Step.ts"
import { facts, snapshot } from "../../support/snapshots.ts"
import { foldOf, oddsOf, reached, ready, subscribe } from "./client.ts"
import type { Client, Odds } from "./client.ts"
import { EPOCH, House, house } from "./house.ts"

const ID = EventId("1")
const place: Told = { _tag: "Place", facts: facts({ id: ID }), at: 0 }
const seen = (at: number, home: number): Told => ({
  _tag: "Observe",
  snapshot: snapshot(at, [`1x2_ft home ${home}`, "1x2_ft draw 3400", "1x2_ft away 4200"], { eventId: ID })
})

/** Five records, of which the first three are out of the journal. */
const begin = Effect.gen(function* () {
  const home = yield* House
  home.tell(place, seen(1_000, 1_850))
  for (const [at, price] of [
    [2_000, 1_900],
    [3_000, 1_950]
  ] as const)
    home.tell(seen(at, price))
  home.raiseFloor(3)
  const cursor = home.digest({}).cursor
  return { home, cursor, at: parseCursor(cursor) ?? assert.fail("no cursor") }
})

type Position = NonNullable<ReturnType<typeof parseCursor>>

const WHOLE = "zzzz"
const LARGEST = Number.MAX_SAFE_INTEGER

const cursors: Readonly<{ [name: string]: readonly [make: (at: Position) => string, reason: string] }> = {
  "an empty one": [() => "", "INVALID_CURSOR"],
  "a negative number": [() => "-1", "INVALID_CURSOR"],
  "a fraction": [() => "1.5", "INVALID_CURSOR"],
  "a number in its exponent form": [() => "1e308", "INVALID_CURSOR"],
  "a word": [() => "latest", "INVALID_CURSOR"],
  "a huge one": [() => "9".repeat(10_000), "INVALID_CURSOR"],
  "one in capitals": [({ seq }) => formatCursor({ epoch: EPOCH, seq }, "").toUpperCase(), "INVALID_CURSOR"],
  "one with a NUL behind it": [(at) => `${formatCursor(at, at.filter)}\u0000`, "INVALID_CURSOR"],
  "a forged one of the right width": [() => `${"z".repeat(9)}${"z".repeat(11)}${WHOLE}`, "INVALID_CURSOR"],
  "one whose place is beyond every whole number": [
    () => `${EPOCH.toString(36).padStart(9, "0")}${"z".repeat(11)}${WHOLE}`,
    "INVALID_CURSOR"
  ],
  "one of the future": [({ filter, seq }) => formatCursor({ epoch: EPOCH, seq: seq + 1 }, filter), "INVALID_CURSOR"],
  "one of the far future": [({ filter }) => formatCursor({ epoch: EPOCH, seq: LARGEST }, filter), "INVALID_CURSOR"],
  "one of a journal to come": [({ filter }) => formatCursor({ epoch: EPOCH + 1, seq: 1 }, filter), "INVALID_CURSOR"],
  "one of another journal": [({ filter }) => formatCursor({ epoch: EPOCH - 1, seq: 1 }, filter), "EPOCH_CHANGED"],
  "one of another filter": [({ seq }) => formatCursor({ epoch: EPOCH, seq }, "0123456789"), "FILTER_CHANGED"],
  "one out of the window": [({ filter }) => formatCursor({ epoch: EPOCH, seq: 2 }, filter), "TOO_OLD"],
  "the very first one": [({ filter }) => formatCursor({ epoch: EPOCH, seq: 0 }, filter), "TOO_OLD"],
  "one that waits for confirmations out of the window": [
    ({ filter }) => `${formatCursor({ epoch: EPOCH, seq: 4 }, "").slice(0, 20)}zzzx${filter}`,
    "TOO_OLD"
  ],
  "one of an unfinished snapshot": [({ filter, seq }) => formatCursor({ epoch: EPOCH, seq }, filter, 3), "FIRST"]
}

describe("a cursor that cannot be gone on from", () => {
  for (const [name, [make, reason]] of Object.entries(cursors)) {
    it.effect(`gets exactly one snapshot and its reason, subscribed and polled: ${name}`, () =>
      Effect.gen(function* () {
        const { home, cursor, at } = yield* begin
        const client = yield* ready(home.url)
        subscribe(client, { after: make(at) })
        yield* reached(client, cursor)
        subscribe(client, { cursor: make(at) }, "poll", CHANGES)
        const { messages } = yield* answerOf<Changes>(client, "poll", "changesSince")
        for (const told of [oddsOf(client), messages]) {
          assert.deepStrictEqual(
            told.map(({ kind, reason: why }) => [kind, why]),
            [["SNAPSHOT", reason]]
          )
          assert.strictEqual(foldOf(told).digest, home.digest({}).digest)
        }
        home.tell(seen(5_000, 2_000))
        yield* reached(client, home.digest({}).cursor)
        assert.deepStrictEqual(foldOf(oddsOf(client)).faults, [])
        assert.strictEqual(foldOf(oddsOf(client)).digest, home.digest({}).digest)
      }).pipe(Effect.scoped, Effect.provide(house()))
    )
  }

  for (const value of [-1, 0, 1.5, 1e308, true, [], {}]) {
    it.effect(`is refused with the document where it is no text: ${JSON.stringify(value)}`, () =>
      Effect.gen(function* () {
        const client = yield* ready((yield* House).url)
        subscribe(client, { after: value })
        const { payload } = yield* client.until(({ id }) => id === "1")
        assert.include(JSON.stringify(payload), "VALIDATION_FAILED")
      }).pipe(Effect.scoped, Effect.provide(house()))
    )
  }
})

describe("the cursor of a query", () => {
  it.effect("is where the answer was read: a subscription brings all that came after it, and nothing else", () =>
    Effect.gen(function* () {
      const { home } = yield* begin
      const client = yield* ready(home.url)
      subscribe(client, {}, "q", "query { events { cursor nodes { id } } }")
      const { cursor: after } = yield* answerOf<{ readonly cursor: string }>(client, "q", "events")
      subscribe(client, { after }, "quiet")
      home.tell(seen(5_000, 2_000))
      subscribe(client, { after }, "late")
      for (const id of ["quiet", "late"]) {
        yield* reached(client, home.digest({}).cursor, id)
        const [first, ...rest] = oddsOf(client, id)
        assert.deepInclude(first, { kind: "RESUMED", cursor: after })
        const offers = rest.flatMap((message) => message.offers)
        assert.deepStrictEqual(
          offers.map(({ outcomes }) => outcomes[0]?.milli),
          [2_000]
        )
      }
    }).pipe(Effect.scoped, Effect.provide(house()))
  )
})

const CHANGES = `query ($cursor: Cursor!) { changesSince(cursor: $cursor, first: 5) { cursor hasMore messages {
  kind reason page lastPage cursor previousCursor serverTime durable removed
  events { id kickoff home away competition { id } }
  listings { id eventId state bookmaker { id } }
  offers { id eventId state changedAt outcomes { outcome milli state } }
  comparisons { id best { outcome price } }
  confirmations { listingId confirmedAt }
  bookmakers { id state }
} } }`

interface Changes {
  readonly messages: readonly Odds[]
}

const answerOf = <A>(client: Client, id: string, field: string): Effect.Effect<A> =>
  Effect.map(
    client.until(({ id: about, type }) => about === id && type !== "complete"),
    ({ payload }) => {
      const { [field]: answer } = payload?.data ?? assert.fail(JSON.stringify(payload))
      return JSON.parse(JSON.stringify(answer))
    }
  )
