import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import { digestOf } from "../../src/client/Digest.ts"
import { makeFold } from "../../src/client/Fold.ts"
import type { OddsMessage } from "../../src/client/Board.ts"
import { makeFold as makeStrangersFold } from "../support/client.ts"
import { bookmaker, cursorAt, delta, event, listing, message, offer } from "./messages.ts"
import { ODDS_STATES } from "../../src/client/generated.ts"
import { worse } from "../../src/client/Row.ts"
import { worst } from "../../src/domain/Freshness.ts"

const BOOKMAKERS = ["ours", "theirs"]
const EVENTS = ["1", "2", "3"]

/** What happens at a server: each changes one thing. */
type Happening =
  | { readonly kind: "EVENT"; readonly event: string; readonly hour: number }
  | { readonly kind: "GONE"; readonly event: string }
  | { readonly kind: "OFFER"; readonly event: string; readonly bookmaker: string; readonly milli: number }
  | { readonly kind: "LISTING"; readonly event: string; readonly bookmaker: string; readonly stale: boolean }
  | { readonly kind: "BOOKMAKER"; readonly bookmaker: string; readonly stale: boolean }

const anEvent = fc.constantFrom(...EVENTS)
const aBookmaker = fc.constantFrom(...BOOKMAKERS)
const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({ kind: fc.constant("EVENT" as const), event: anEvent, hour: fc.integer({ min: 10, max: 20 }) }),
  fc.record({ kind: fc.constant("GONE" as const), event: fc.constant("3") }),
  fc.record({
    kind: fc.constant("OFFER" as const),
    event: anEvent,
    bookmaker: aBookmaker,
    milli: fc.integer({ min: 1_010, max: 9_000 })
  }),
  fc.record({ kind: fc.constant("LISTING" as const), event: anEvent, bookmaker: aBookmaker, stale: fc.boolean() }),
  fc.record({ kind: fc.constant("BOOKMAKER" as const), bookmaker: aBookmaker, stale: fc.boolean() })
)

/** The server's side: of everything that happened in a stretch the newest, whole. An event that has gone stays away. */
const contentsOf = (all: readonly Happening[], from: number, to: number): Partial<OddsMessage> => {
  const gone = new Set(all.slice(0, to).flatMap((one) => (one.kind === "GONE" ? [one.event] : [])))
  const newest = new Map<string, Happening>()
  for (const one of all.slice(from, to)) {
    const where = "event" in one ? one.event : ""
    newest.set([one.kind, where, "bookmaker" in one ? one.bookmaker : ""].join("/"), one)
  }
  const stretch = [...newest.values()].filter((one) => one.kind === "GONE" || !("event" in one) || !gone.has(one.event))
  return {
    events: stretch.flatMap((one) =>
      one.kind === "EVENT" ? [event(one.event, `2026-11-21T${one.hour}:00:00.000Z`)] : []
    ),
    offers: stretch.flatMap((one) => (one.kind === "OFFER" ? [offer(one.event, one.bookmaker, one.milli)] : [])),
    listings: stretch.flatMap((one) =>
      one.kind === "LISTING" ? [listing(one.event, one.bookmaker, one.stale ? "STALE" : "CONFIRMED")] : []
    ),
    bookmakers: stretch.flatMap((one) =>
      one.kind === "BOOKMAKER" ? [bookmaker(one.bookmaker, one.stale ? "STALE" : "CONFIRMED")] : []
    ),
    removed: stretch.flatMap((one) => (one.kind === "GONE" ? [one.event] : []))
  }
}

const base = message("SNAPSHOT", {
  cursor: cursorAt(0),
  events: EVENTS.map((id) => event(id)),
  bookmakers: BOOKMAKERS.map((id) => bookmaker(id))
})

const foldOf = (messages: readonly OddsMessage[]) => {
  const fold = makeFold()
  const verdicts = messages.map(fold.accept)
  return { fold, verdicts, digest: () => digestOf(fold.board()) }
}

/** Cuts what happened into messages at these places. */
const messagesOf = (all: readonly Happening[], cuts: readonly number[]): readonly OddsMessage[] => {
  const ends = [...new Set([...cuts.filter((cut) => cut > 0 && cut < all.length), all.length])].sort((a, b) => a - b)
  return ends.map((end, i) => delta(ends[i - 1] ?? 0, end, contentsOf(all, ends[i - 1] ?? 0, end)))
}

describe("the fold", () => {
  it("ends in the same state however changes are merged into messages", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(happening, { minLength: 1, maxLength: 40 }),
        fc.array(fc.nat(40)),
        async (all, cuts) => {
          const one = foldOf([base, ...messagesOf(all, [])])
          const many = foldOf([base, ...messagesOf(all, cuts)])
          const each = foldOf([base, ...messagesOf(all, [...all.keys()])])
          assert.strictEqual(await many.digest(), await one.digest())
          assert.strictEqual(await each.digest(), await one.digest())
        }
      )
    )
  })

  it("has the digest of a fold that somebody else wrote from the SDL", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { maxLength: 40 }), fc.array(fc.nat(40)), async (all, cuts) => {
        const messages = [base, ...messagesOf([...all, { kind: "GONE", event: "3" }], cuts)]
        const stranger = makeStrangersFold()
        for (const one of messages) stranger.apply(one)
        assert.strictEqual(await foldOf(messages).digest(), stranger.digest())
      })
    )
  })

  it("changes nothing by what it hears twice", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { minLength: 1, maxLength: 20 }), fc.nat(19), async (all, again) => {
        const messages = [base, ...messagesOf(all, [...all.keys()])]
        const once = foldOf(messages)
        const twice = foldOf([...messages, ...messages.slice(1 + again)])
        assert.strictEqual(await twice.digest(), await once.digest())
        assert.deepStrictEqual(
          twice.verdicts.slice(messages.length),
          messages.slice(1 + again).map(() => "IGNORED")
        )
      })
    )
  })

  it("calls a message that does not follow on what it holds a gap, and changes nothing", async () => {
    const { fold, digest } = foldOf([base])
    const before = await digest()
    assert.strictEqual(fold.accept(delta(2, 3, { offers: [offer("1", "ours", 2_000)] })), "GAP")
    assert.strictEqual(await digest(), before)
    assert.strictEqual(fold.cursor(), cursorAt(0))
  })

  it("calls a delta without a base a gap", () => {
    assert.strictEqual(makeFold().accept(delta(0, 1)), "GAP")
  })

  it("shows a first base while it comes, and has a cursor only with its last page", () => {
    const fold = makeFold()
    fold.accept(message("SNAPSHOT", { cursor: cursorAt(1), lastPage: false, events: [event("1")] }))
    assert.lengthOf(fold.board().rows(), 1)
    assert.isUndefined(fold.cursor())
    const rest = { page: 1, previousCursor: cursorAt(1), cursor: cursorAt(2), events: [event("2")] }
    fold.accept(message("SNAPSHOT", rest))
    assert.lengthOf(fold.board().rows(), 2)
    assert.strictEqual(fold.cursor(), cursorAt(2))
  })

  it("keeps the old base and its cursor until the last page of a new one", () => {
    const { fold } = foldOf([base])
    fold.accept(message("SNAPSHOT", { cursor: cursorAt(8), lastPage: false, events: [event("9")] }))
    assert.lengthOf(fold.board().rows(), 3)
    assert.strictEqual(fold.cursor(), cursorAt(0))
    fold.accept(message("SNAPSHOT", { page: 1, previousCursor: cursorAt(8), cursor: cursorAt(9) }))
    assert.deepStrictEqual(
      fold
        .board()
        .rows()
        .map((row) => row.event.id),
      ["9"]
    )
    assert.strictEqual(fold.cursor(), cursorAt(9))
  })

  it("calls a missing page a gap", () => {
    const fold = makeFold()
    fold.accept(message("SNAPSHOT", { lastPage: false }))
    assert.strictEqual(fold.accept(message("SNAPSHOT", { page: 2, previousCursor: cursorAt(1) })), "GAP")
  })

  it("takes a confirmation that is told at a cursor it knows, and never an older one", () => {
    const { fold } = foldOf([{ ...base, listings: [listing("1", "ours")] }])
    const confirmed = (confirmedAt: string) =>
      fold.accept(
        message("CONFIRMED", {
          cursor: cursorAt(0),
          previousCursor: cursorAt(0),
          confirmations: [{ listingId: "1/ours", confirmedAt }]
        })
      )
    confirmed("2026-11-20T20:05:00.000Z")
    confirmed("2026-11-20T20:04:00.000Z")
    const [row] = fold.board().rows()
    assert.strictEqual(row?.listings.get("ours")?.confirmedAt, "2026-11-20T20:05:00.000Z")
  })
})

describe("the rows", () => {
  it("are the same value until something of their event changes", () => {
    const { fold } = foldOf([base])
    const [one, two] = fold.board().rows()
    fold.accept(delta(0, 1, { offers: [offer("1", "ours", 2_000)] }))
    const after = fold.board().rows()
    assert.notStrictEqual(after[0], one)
    assert.strictEqual(after[1], two)
  })

  it("are in order of kickoff, also after one has moved", () => {
    const { fold } = foldOf([base])
    fold.accept(delta(0, 1, { events: [event("1", "2026-11-22T20:00:00.000Z")] }))
    assert.deepStrictEqual(
      fold
        .board()
        .rows()
        .map((row) => row.event.id),
      ["2", "3", "1"]
    )
  })

  it("go with their event", () => {
    const { fold } = foldOf([base])
    assert.lengthOf(fold.board().rows(), 3)
    fold.accept(delta(0, 1, { removed: ["2"] }))
    assert.deepStrictEqual(
      fold
        .board()
        .rows()
        .map((row) => row.event.id),
      ["1", "3"]
    )
  })

  it("show everything of a bookmaker that went stale as stale, and rest no best price or edge on it", () => {
    const best = { outcome: "home", price: "2", milli: 2_000, bookmakers: ["theirs"], ourEdge: 0.1 }
    const comparison = { id: "1/1x2_ft", eventId: "1", best: [best], skewMs: 5, excluded: [] }
    const { fold } = foldOf([{ ...base, offers: [offer("1", "theirs", 2_000)], comparisons: [comparison] }])
    fold.accept(delta(0, 1, { bookmakers: [bookmaker("theirs", "STALE")] }))
    const [row] = fold.board().rows()
    assert.strictEqual(row?.offers.get("theirs/1x2_ft")?.state, "STALE")
    assert.strictEqual(row?.offers.get("theirs/1x2_ft")?.outcomes[0]?.state, "STALE")
    assert.strictEqual(row?.offers.get("theirs/1x2_ft")?.reason?.code, "BREAKER_OPEN")
    assert.deepStrictEqual(row?.comparisons.get("1x2_ft")?.best, [
      { outcome: "home", price: null, milli: null, bookmakers: [], ourEdge: null }
    ])
    fold.accept(delta(1, 2, { bookmakers: [bookmaker("theirs")] }))
    assert.strictEqual(fold.board().rows()[0]?.offers.get("theirs/1x2_ft")?.state, "CONFIRMED")
  })
})

describe("the worse of two states", () => {
  it("is the one that the server takes", () => {
    for (const one of ODDS_STATES) {
      for (const other of ODDS_STATES) {
        const { state } = worst({ state: one, since: 0 }, { state: other, since: 0 })
        assert.strictEqual(worse(one, other), state)
      }
    }
    assert.lengthOf(ODDS_STATES, 6)
  })
})
