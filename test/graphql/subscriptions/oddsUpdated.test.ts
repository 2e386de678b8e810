import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { EVICT_AFTER_KICKOFF_MS, EventId } from "../../../src/domain/Event.ts"
import { DEFAULT_TIERS } from "../../../src/domain/Freshness.ts"
import { formatCursor, parseCursor } from "../../../src/graphql/arguments/Cursor.ts"
import type { Told } from "../../../src/odds/Step.ts"
import { OURS, THEIRS, facts, snapshot } from "../../support/snapshots.ts"
import { foldOf, oddsOf, reached, ready, subscribe } from "./client.ts"
import { EPOCH, House, house } from "./house.ts"

const PRICES = [
  "1x2_ft home 1850",
  "1x2_ft draw 3400",
  "1x2_ft away 4200",
  "over_under_ft@2.5 over 1900",
  "over_under_ft@2.5 under 1950",
  "over_under_ft@3.5 over 2900",
  "over_under_ft@3.5 under 1400"
]
const moved = (home: number) => [`1x2_ft home ${home}`, ...PRICES.slice(1)]
const KICKOFF = 100_000_000

const place = (id: string, change = {}): Told => ({
  _tag: "Place",
  facts: facts({ id: EventId(id), ...change }),
  at: 0
})
const seen = (id: string, at: number, prices = PRICES, bookmakerId = OURS): Told => ({
  _tag: "Observe",
  snapshot: snapshot(at, prices, { eventId: EventId(id), bookmakerId })
})
const tick = (now: number): Told => ({ _tag: "Tick", now, tiers: DEFAULT_TIERS })
const bookmaker = (state: "STALE" | "CONFIRMED", at: number): Told => ({
  _tag: "Bookmaker",
  bookmakerId: OURS,
  at,
  standing: { state, since: at, ...(state === "STALE" && { reason: { code: "BLOCKED", text: "Refused." } }) }
})

describe("oddsUpdated", () => {
  it.effect("begins with a snapshot and folds to the server's state through every kind of change", () =>
    Effect.gen(function* () {
      const home = yield* House
      const filter = { countries: ["CN"] }
      home.tell(place("1"), place("2"), seen("1", 1_000), seen("1", 1_000, PRICES, THEIRS), seen("2", 1_000))
      const client = yield* ready(home.url)
      subscribe(client, { filter })
      const steps: readonly (readonly Told[])[] = [
        [seen("1", 2_000, moved(1_900))],
        [seen("1", 3_000, moved(1_900), THEIRS), seen("2", 3_000, moved(2_000))],
        [place("3"), seen("3", 4_000)],
        [place("4", { competition: { ...facts().competition, countryCode: "NG" } }), seen("4", 4_500)],
        [place("4"), seen("2", 5_000, moved(2_100))],
        [place("2", { competition: { ...facts().competition, countryCode: "NG" } })],
        [bookmaker("STALE", 6_000)],
        [seen("1", 6_500, moved(2_200))],
        [bookmaker("CONFIRMED", 7_000)],
        [tick(80_000_000)],
        [place("1", { kickoff: KICKOFF + 60_000 })],
        [tick(KICKOFF + 60_000)],
        [tick(KICKOFF + 60_000 + EVICT_AFTER_KICKOFF_MS)]
      ]
      for (const told of steps) {
        home.tell(...told)
        // What is outside the filter is told by a sign of life.
        yield* TestClock.adjust("6 seconds")
        const { digest, cursor } = home.digest(filter)
        yield* reached(client, cursor)
        const fold = foldOf(oddsOf(client))
        assert.deepStrictEqual(fold.faults, [])
        assert.strictEqual(fold.digest, digest, `${JSON.stringify(told[0])}\n${fold.lines.join("\n")}`)
      }
      const [first] = oddsOf(client)
      assert.strictEqual(first?.kind, "SNAPSHOT")
      assert.strictEqual(first?.reason, "FIRST")
      assert.isNull(first?.previousCursor)
    }).pipe(Effect.provide(house()))
  )

  it.effect("sends an event that enters the filter whole, and one that leaves as removed", () =>
    Effect.gen(function* () {
      const home = yield* House
      const elsewhere = { competition: { ...facts().competition, countryCode: "NG" } }
      home.tell(place("1", elsewhere), seen("1", 1_000))
      const client = yield* ready(home.url)
      subscribe(client, { filter: { countries: ["CN"] } })
      yield* client.until(({ type }) => type === "next")
      home.tell(place("1"))
      yield* reached(client, home.digest({ countries: ["CN"] }).cursor)
      const entered = oddsOf(client).at(-1)
      assert.deepStrictEqual(
        entered?.events.map(({ id }) => id),
        ["1"]
      )
      assert.deepStrictEqual(
        entered?.listings.map(({ id }) => id),
        ["1/betpawa-ng"]
      )
      assert.strictEqual(entered?.offers.length, 2)
      home.tell(place("1", elsewhere))
      yield* reached(client, home.digest({ countries: ["CN"] }).cursor)
      assert.deepStrictEqual(oddsOf(client).at(-1)?.removed, ["1"])
    }).pipe(Effect.provide(house()))
  )

  it.effect("compares without a bookmaker as soon as it is stale, and with it once it is seen again", () =>
    Effect.gen(function* () {
      const home = yield* House
      const elsewhere = { competition: { ...facts().competition, countryCode: "NG" } }
      home.tell(place("1"), place("2"), place("3", elsewhere))
      home.tell(seen("1", 1_000, moved(2_000)), seen("1", 1_000, PRICES, THEIRS))
      home.tell(seen("2", 1_000, PRICES, THEIRS), seen("3", 1_000))
      const filter = { countries: ["CN"] }
      const client = yield* ready(home.url)
      subscribe(client, { filter })
      yield* reached(client, home.digest(filter).cursor)
      const best = () =>
        oddsOf(client)
          .at(-1)
          ?.comparisons.map((comparison) => [comparison.id, comparison.best[0]?.price])
      home.tell(bookmaker("STALE", 2_000))
      yield* reached(client, home.digest(filter).cursor)
      assert.deepStrictEqual(best(), [
        ["1/1x2_ft", "1.85"],
        ["1/over_under_ft@2.5", "1.90"]
      ])
      home.tell(bookmaker("CONFIRMED", 3_000), seen("1", 4_000, moved(2_000)))
      yield* reached(client, home.digest(filter).cursor)
      assert.deepStrictEqual(best(), [
        ["1/1x2_ft", "2.00"],
        ["1/over_under_ft@2.5", "1.90"]
      ])
    }).pipe(Effect.provide(house()))
  )

  it.effect("goes on exactly where a cursor was given, and says so", () =>
    Effect.gen(function* () {
      const home = yield* House
      const filter = { events: ["1"] }
      home.tell(place("1"), seen("1", 1_000))
      const first = yield* ready(home.url)
      subscribe(first, { filter })
      yield* reached(first, home.digest(filter).cursor)
      const held = oddsOf(first)
      const after = held.at(-1)?.cursor ?? ""
      home.tell(
        seen("1", 2_000, moved(1_900)),
        place("2"),
        seen("1", 3_000, [...moved(1_900).slice(0, 3), "over_under_ft@2.5 over 2000", ...PRICES.slice(4)])
      )

      const second = yield* ready(home.url)
      subscribe(second, { filter, after })
      yield* reached(second, home.digest(filter).cursor)
      const messages = oddsOf(second)
      assert.deepStrictEqual(
        messages.map(({ kind }) => kind),
        ["RESUMED", "DELTA"]
      )
      assert.strictEqual(messages[0]?.cursor, after)
      assert.strictEqual(messages[1]?.previousCursor, after)
      assert.isFalse(messages[0]?.lastPage)
      assert.isTrue(messages[1]?.lastPage)
      assert.strictEqual(foldOf([...held, ...messages.slice(1)]).digest, home.digest(filter).digest)
      home.tell(seen("1", 4_000, moved(2_000)))
      yield* reached(second, home.digest(filter).cursor)
      assert.deepStrictEqual(foldOf(oddsOf(second)).faults, [])
    }).pipe(Effect.provide(house()))
  )

  it.effect("says in its first word that nothing was missed", () =>
    Effect.gen(function* () {
      const home = yield* House
      home.tell(place("1"), seen("1", 1_000))
      const { cursor: after } = home.digest({})
      const client = yield* ready(home.url)
      subscribe(client, { after })
      yield* reached(client, after)
      assert.deepStrictEqual(
        oddsOf(client).map(({ kind, lastPage }) => [kind, lastPage]),
        [["RESUMED", true]]
      )
    }).pipe(Effect.provide(house()))
  )

  it.effect("goes on from the cursor of a query, which belongs to no filter", () =>
    Effect.gen(function* () {
      const home = yield* House
      home.tell(place("1"), seen("1", 1_000))
      const after = formatCursor({ epoch: EPOCH, seq: 1 }, "")
      const client = yield* ready(home.url)
      subscribe(client, { after })
      yield* reached(client, home.digest({}).cursor)
      assert.deepStrictEqual(
        oddsOf(client).map(({ kind, previousCursor }) => [kind, previousCursor]),
        [
          ["RESUMED", null],
          ["DELTA", after]
        ]
      )
    }).pipe(Effect.provide(house()))
  )

  it.effect("answers every cursor it cannot go on from with one snapshot and the reason", () =>
    Effect.gen(function* () {
      const home = yield* House
      home.tell(place("1"), seen("1", 1_000))
      home.tell(seen("1", 2_000, moved(1_900)))
      home.raiseFloor(2)
      const { cursor } = home.digest({})
      const parsed = parseCursor(cursor)
      const part = parsed?.filter ?? ""
      const cases: readonly (readonly [string, string])[] = [
        ["", "INVALID_CURSOR"],
        ["-1", "INVALID_CURSOR"],
        ["1.5", "INVALID_CURSOR"],
        ["9".repeat(500), "INVALID_CURSOR"],
        [formatCursor({ epoch: EPOCH, seq: 1_000 }, part), "INVALID_CURSOR"],
        [formatCursor({ epoch: EPOCH - 1, seq: 1 }, part), "EPOCH_CHANGED"],
        [formatCursor({ epoch: EPOCH, seq: 3 }, "0123456789"), "FILTER_CHANGED"],
        [formatCursor({ epoch: EPOCH, seq: 1 }, part), "TOO_OLD"],
        [formatCursor({ epoch: EPOCH, seq: 3 }, part, 0), "FIRST"]
      ]
      for (const [after, reason] of cases) {
        const client = yield* ready(home.url)
        subscribe(client, { after })
        yield* reached(client, cursor)
        assert.deepStrictEqual(
          oddsOf(client).map((odds) => [odds.kind, odds.reason]),
          [["SNAPSHOT", reason]],
          after
        )
        assert.strictEqual(foldOf(oddsOf(client)).digest, home.digest({}).digest)
      }
    }).pipe(Effect.provide(house()))
  )

  it.effect("sends a wide snapshot in pages of at most 256 kB that fold to the newest state", () =>
    Effect.gen(function* () {
      const home = yield* House
      const ids = Array.from({ length: 400 }, (_, i) => String(1_000 + i))
      home.tell(...ids.flatMap((id) => [place(id), seen(id, 1_000), seen(id, 1_000, PRICES, THEIRS)]))
      const client = yield* ready(home.url)
      subscribe(client, {})
      yield* client.until(({ type }) => type === "next")
      home.tell(...ids.map((id) => seen(id, 2_000, moved(1_900))), place("1"), seen("1", 3_000))
      yield* reached(client, home.digest({}).cursor)
      const messages = oddsOf(client)
      assert.isAbove(messages.filter(({ kind }) => kind === "SNAPSHOT").length, 1)
      for (const message of client.received) assert.isBelow(Buffer.byteLength(JSON.stringify(message)), 256 * 1024)
      const fold = foldOf(messages)
      assert.deepStrictEqual(fold.faults, [])
      assert.strictEqual(fold.digest, home.digest({}).digest)
      assert.deepStrictEqual(
        messages.filter(({ lastPage }) => !lastPage).map(({ page }) => page),
        [...messages.keys()].slice(0, messages.filter(({ lastPage }) => !lastPage).length)
      )
    }).pipe(Effect.provide(house()))
  )

  it.effect("starts at now without a base where none is wanted", () =>
    Effect.gen(function* () {
      const home = yield* House
      home.tell(place("1"), seen("1", 1_000))
      const client = yield* ready(home.url)
      subscribe(client, { snapshot: false })
      yield* client.until(({ type }) => type === "next")
      home.tell(seen("1", 2_000, moved(1_900)))
      yield* reached(client, home.digest({}).cursor)
      const messages = oddsOf(client)
      assert.strictEqual(messages[0]?.kind, "RESUMED")
      assert.deepStrictEqual(
        messages.at(-1)?.offers.map(({ id }) => id),
        ["1/betpawa-ng/1x2_ft"]
      )
      assert.deepStrictEqual(foldOf(messages).faults, [])
    }).pipe(Effect.provide(house()))
  )

  it.effect("confirms listings seen again, and gives a sign of life in silence", () =>
    Effect.gen(function* () {
      const home = yield* House
      home.tell(place("1"), seen("1", 1_000), tick(1_500))
      const client = yield* ready(home.url)
      subscribe(client, {})
      yield* client.until(({ type }) => type === "next")
      home.tell(seen("1", 2_000), tick(2_500))
      yield* TestClock.adjust("1 second")
      yield* reached(client, home.digest({}).cursor)
      const confirmed = oddsOf(client).at(-1)
      assert.strictEqual(confirmed?.kind, "CONFIRMED")
      assert.deepStrictEqual(confirmed?.confirmations, [
        { listingId: "1/betpawa-ng", confirmedAt: new Date(2_000).toISOString() }
      ])
      yield* TestClock.adjust("6 seconds")
      yield* client.until((message) => JSON.stringify(message).includes("HEARTBEAT"))
    }).pipe(Effect.provide(house()))
  )

  /** A client to whom a change was told while a confirmation before it waited for its second. */
  const overtaken = Effect.gen(function* () {
    const home = yield* House
    home.tell(place("1"), seen("1", 1_000), tick(1_500))
    const client = yield* ready(home.url)
    subscribe(client, {})
    yield* client.until(({ type }) => type === "next")
    home.tell(seen("1", 2_000), tick(2_500), place("2"))
    yield* client.until((message) => JSON.stringify(message).includes("DELTA"))
    return { home, client }
  })
  const CONFIRMED = [["1/betpawa-ng", new Date(2_000).toISOString()]]

  it.effect("lets a client follow a confirmation that a change has overtaken", () =>
    Effect.gen(function* () {
      const { home, client } = yield* overtaken
      assert.deepStrictEqual([...foldOf(oddsOf(client)).confirmed], [])
      yield* TestClock.adjust("1 second")
      yield* client.until((message) => JSON.stringify(message).includes("CONFIRMED"))
      const fold = foldOf(oddsOf(client))
      assert.deepStrictEqual([...fold.confirmed], CONFIRMED)
      assert.deepStrictEqual(fold.faults, [])
      assert.strictEqual(fold.mine, home.digest({}).cursor)
      assert.strictEqual(fold.digest, home.digest({}).digest)
    }).pipe(Effect.provide(house()))
  )

  it.effect("confirms after an absence what a change had overtaken before it", () =>
    Effect.gen(function* () {
      const { home, client } = yield* overtaken
      const held = oddsOf(client)
      const back = yield* ready(home.url)
      subscribe(back, { after: held.at(-1)?.cursor })
      yield* reached(back, home.digest({}).cursor)
      const fold = foldOf([...held, ...oddsOf(back).slice(1)])
      assert.strictEqual(oddsOf(back)[0]?.kind, "RESUMED")
      assert.deepStrictEqual([...fold.confirmed], CONFIRMED)
      assert.strictEqual(fold.digest, home.digest({}).digest)
    }).pipe(Effect.provide(house()))
  )

  it.effect("sends everybody a snapshot after a gap", () =>
    Effect.gen(function* () {
      const home = yield* House
      home.tell(place("1"), seen("1", 1_000))
      const client = yield* ready(home.url)
      subscribe(client, {})
      yield* client.until(({ type }) => type === "next")
      home.record({ kind: "GAP", at: 2_000, from: 1, to: 2, reason: { code: "OTHER", text: "The disk was full." } })
      yield* client.until((message) => JSON.stringify(message).includes("GAP"))
      assert.deepStrictEqual(
        oddsOf(client).map(({ kind, reason, previousCursor }) => [kind, reason, previousCursor]),
        [
          ["SNAPSHOT", "FIRST", null],
          ["SNAPSHOT", "GAP", null]
        ]
      )
    }).pipe(Effect.provide(house()))
  )

  it.effect("sends whoever comes back while the disk is unusable a snapshot that is not durable", () =>
    Effect.gen(function* () {
      const home = yield* House
      home.tell(place("1"), seen("1", 1_000))
      const { cursor: after } = home.digest({})
      home.breakDisk()
      home.tell(seen("1", 2_000, moved(1_900)))
      const client = yield* ready(home.url)
      subscribe(client, { after })
      yield* reached(client, home.digest({}).cursor)
      assert.deepStrictEqual(
        oddsOf(client).map(({ kind, reason, durable }) => [kind, reason, durable]),
        [["SNAPSHOT", "GAP", false]]
      )
      assert.strictEqual(foldOf(oddsOf(client)).digest, home.digest({}).digest)
    }).pipe(Effect.provide(house()))
  )

  it.effect("refuses what it cannot serve with a sentence", () =>
    Effect.gen(function* () {
      const home = yield* House
      const client = yield* ready(home.url)
      const refused = Effect.fnUntraced(function* (id: string, variables: object) {
        subscribe(client, variables, id)
        const message = yield* client.until((each) => each.id === id && each.type !== "complete")
        return message.payload?.errors?.[0]
      })
      const bookmakerFault = yield* refused("a", { filter: { bookmakers: ["bet9ja"] } })
      assert.strictEqual(bookmakerFault?.extensions.code, "BAD_INPUT")
      assert.include(bookmakerFault?.message, "bet9ja-ng")
      assert.strictEqual((yield* refused("b", { filter: { markets: ["*"] } }))?.extensions.code, "FILTER_TOO_WIDE")
      assert.include((yield* refused("c", { conflateMs: 60_001 }))?.message, "60001")
    }).pipe(Effect.provide(house()))
  )

  it.effect("ends with an error what its own document makes unanswerable, and nobody else", () =>
    Effect.gen(function* () {
      const home = yield* House
      const client = yield* ready(home.url)
      subscribe(client, {}, "good")
      const query = 'subscription { oddsUpdated { kind events { listings(bookmakers: ["nope"]) { id } } } }'
      for (const id of ["a", "b"]) {
        subscribe(client, {}, id, query)
        // Answerable until there is an event.
        yield* client.until((message) => message.type === "next" && message.id === id)
      }
      home.tell(place("1"), seen("1", 1_000))
      for (const id of ["a", "b"]) {
        const { type, payload } = yield* client.until((message) => message.id === id && message.type !== "next")
        assert.strictEqual(type, "error")
        assert.include(JSON.stringify(payload), '"code":"BAD_INPUT"')
        assert.include(JSON.stringify(payload), "nope")
        assert.include(JSON.stringify(payload), '"requestId"')
      }
      yield* reached(client, home.digest({}).cursor, "good")
      assert.strictEqual(home.stats().subscriptions, 1)
    }).pipe(Effect.provide(house()))
  )

  it.effect("carries the bytes that graphql-js makes of the same document", () =>
    Effect.gen(function* () {
      const home = yield* House
      home.tell(place("1"), seen("1", 1_000))
      const client = yield* ready(home.url)
      const query = `subscription Odds($more: Boolean! = true) {
      changes: oddsUpdated { ...Message prices: offers @skip(if: false) { id outcomes { price } } }
    }
    fragment Message on OddsMessage { __typename kind events @include(if: $more) { title: name listings(bookmakers: ["betpawa-ng"]) { id } } }`
      subscribe(client, {}, "1", query)
      const message = yield* client.until(({ type }) => type === "next")
      assert.strictEqual(
        JSON.stringify(message.payload),
        JSON.stringify({
          data: {
            changes: {
              __typename: "OddsMessage",
              kind: "SNAPSHOT",
              events: [{ title: "Wuhan Three Towns - Qingdao Hainiu", listings: [{ id: "1/betpawa-ng" }] }],
              prices: [
                { id: "1/betpawa-ng/1x2_ft", outcomes: [{ price: "1.85" }, { price: "3.40" }, { price: "4.20" }] },
                { id: "1/betpawa-ng/over_under_ft@2.5", outcomes: [{ price: "1.90" }, { price: "1.95" }] }
              ]
            }
          }
        })
      )
    }).pipe(Effect.provide(house()))
  )
})
