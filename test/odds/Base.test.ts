/** What a base from Postgres does to the books: it fills what is unknown, and never overrides what was observed since. */
import { assert, describe, it } from "@effect/vitest"
import { DEFAULT_TIERS } from "../../src/domain/Freshness.ts"
import type { BookmakerId } from "../../src/domain/Bookmaker.ts"
import { MarketKey } from "../../src/domain/Market.ts"
import type { Standing } from "../../src/domain/Freshness.ts"
import type { Record } from "../../src/domain/Record.ts"
import type { BaseEvent, BasePart } from "../../src/odds/Base.ts"
import { marketAt } from "../../src/odds/Reading.ts"
import { step } from "../../src/odds/Step.ts"
import type { Head, Told } from "../../src/odds/Step.ts"
import { fold, makeTable } from "../../src/odds/Table.ts"
import { EVENT, OURS, THEIRS, facts, snapshot } from "../support/snapshots.ts"

const HOME_WIN = ["1x2_ft home 2400", "1x2_ft draw 3300", "1x2_ft away 3000"]
const TOTALS = ["over_under_ft@2.5 over 1850", "over_under_ft@2.5 under 1950"]
const NOW = 10_000_000

const makeBooks = () => {
  const head: Head = { table: makeTable(), seen: new Map(), missed: new Map() }
  const tell = (message: Told): readonly Record[] => {
    const changes = step(head, message)
    for (const change of changes) fold(head.table, change)
    return changes.flatMap((change): readonly Record[] => (change._tag === "Book" ? change.records : [change.record]))
  }
  return { tell, book: (bookmakerId = OURS) => head.table.events.get(EVENT)?.books.get(bookmakerId) }
}

/** What a database holds of books that were told the same. */
const stored = (confirmedAt: number, ...prices: readonly string[]): BaseEvent => {
  const books = makeBooks()
  books.tell({ _tag: "Place", facts: facts(), at: confirmedAt })
  books.tell({ _tag: "Observe", snapshot: snapshot(confirmedAt, prices) })
  const book = books.book()
  if (book === undefined) throw new Error("nothing was told")
  const markets = book.shape.slots.flatMap((_, slot) => marketAt(book, slot) ?? [])
  return {
    facts: facts(),
    listings: [{ bookmakerId: OURS, phase: "PREMATCH", listing: book.listing, confirmedAt, markets }]
  }
}

const base = (event: BaseEvent, change: Partial<BasePart> = {}): Extract<Told, { readonly _tag: "Base" }> => ({
  _tag: "Base",
  now: NOW,
  tiers: DEFAULT_TIERS,
  part: { events: [event], bookmakers: new Map(), ...change }
})

const kinds = (records: readonly Record[]) => records.map(({ kind }) => kind)

const prices = (books: ReturnType<typeof makeBooks>) => {
  const book = books.book()
  return book?.shape.slots.map((_, slot) => {
    const market = marketAt(book, slot)
    return `${market?.market.key} ${market?.state} ${market?.milli.join()} ${market?.changedAt}`
  })
}

describe("a base", () => {
  it("fills an empty table, tells each listing whole, and confirms nothing", () => {
    const books = makeBooks()
    const told = books.tell(base(stored(NOW - 60_000, ...TOTALS, ...HOME_WIN)))
    assert.deepStrictEqual(kinds(told), ["EVENT", "BASE"])
    assert.deepStrictEqual(prices(books), [
      `1x2_ft CONFIRMED 2400,3300,3000 ${NOW - 60_000}`,
      `over_under_ft@2.5 CONFIRMED 1850,1950 ${NOW - 60_000}`
    ])
    assert.strictEqual(books.book()?.confirmedAt, NOW - 60_000)
    assert.isEmpty(books.tell(base(stored(NOW - 60_000), { events: [] })))
  })

  it("is what the next snapshot is compared with: what did not change is told by nothing but its confirmation", () => {
    const books = makeBooks()
    books.tell(base(stored(NOW - 60_000, ...TOTALS)))
    assert.isEmpty(books.tell({ _tag: "Observe", snapshot: snapshot(NOW + 1, TOTALS) }))
    assert.deepStrictEqual(kinds(books.tell({ _tag: "Tick", now: NOW + 1_000, tiers: DEFAULT_TIERS })), ["CONFIRMED"])
  })

  it("never overrides what was observed since, and leaves it to the next snapshot to withdraw what only it has", () => {
    const books = makeBooks()
    books.tell({ _tag: "Place", facts: facts(), at: NOW - 1 })
    books.tell({
      _tag: "Observe",
      snapshot: snapshot(NOW - 1, ["1x2_ft home 2500", "1x2_ft draw 3300", "1x2_ft away 3000"])
    })
    const told = books.tell(base(stored(NOW - 60_000, ...TOTALS, ...HOME_WIN)))
    assert.deepStrictEqual(kinds(told), ["BASE"])
    assert.deepStrictEqual(prices(books), [
      `1x2_ft CONFIRMED 2500,3300,3000 ${NOW - 1}`,
      `over_under_ft@2.5 STALE 1850,1950 ${NOW - 1}`
    ])
    assert.strictEqual(books.book()?.confirmedAt, NOW - 1)
    const broken = { ...snapshot(NOW + 1, HOME_WIN), rejected: new Set([MarketKey("over_under_ft@2.5")]) }
    books.tell({ _tag: "Observe", snapshot: broken })
    assert.include(prices(books)?.[1], "STALE")
    books.tell({ _tag: "Observe", snapshot: snapshot(NOW + 2, HOME_WIN) })
    assert.include(prices(books)?.[1], "WITHDRAWN")
  })

  it("tells nothing of a listing that was observed since and lacks nothing", () => {
    const books = makeBooks()
    books.tell({ _tag: "Place", facts: facts(), at: NOW - 1 })
    books.tell({ _tag: "Observe", snapshot: snapshot(NOW - 1, HOME_WIN) })
    assert.isEmpty(books.tell(base(stored(NOW - 60_000, ...HOME_WIN))))
  })

  it("is told as old as it is: what has run out meanwhile is at no moment shown as confirmed", () => {
    for (const [confirmedAt, code] of [
      [NOW - 5 * 3_600_000, "OVERDUE"],
      [undefined, "OVERDUE"]
    ] as const) {
      const books = makeBooks()
      const event = stored(NOW - 5 * 3_600_000, ...TOTALS)
      const told = books.tell(base({ ...event, listings: event.listings.map((one) => ({ ...one, confirmedAt })) }))
      assert.deepStrictEqual(kinds(told), ["EVENT", "BASE"])
      assert.strictEqual(books.book()?.listing.reason?.code, code)
      assert.isEmpty(books.tell({ _tag: "Tick", now: NOW, tiers: DEFAULT_TIERS }))
    }
  })

  it("closes what has kicked off meanwhile", () => {
    const books = makeBooks()
    books.tell({ ...base(stored(NOW - 60_000, ...TOTALS)), now: facts().kickoff + 1 })
    assert.strictEqual(books.book()?.listing.reason?.code, "KICKED_OFF")
  })

  it("shows nothing fresh of a bookmaker that was unreliable, and has that one judged anew", () => {
    const books = makeBooks()
    const blocked = { state: "STALE", since: NOW - 30_000, reason: { code: "BLOCKED", text: "Refused." } } as const
    const told = books.tell(
      base(stored(NOW - 60_000, ...TOTALS), {
        bookmakers: new Map<BookmakerId, Standing>([
          [OURS, blocked],
          [THEIRS, { state: "CONFIRMED", since: 1 }]
        ])
      })
    )
    assert.deepStrictEqual(kinds(told), ["EVENT", "BASE", "BOOKMAKER"])
    assert.deepStrictEqual([books.book()?.listing.state, books.book()?.listing.reason?.code], ["STALE", "BLOCKED"])
    const [last] = told.slice(-1)
    assert.deepInclude(last, { bookmakerId: OURS, state: "CONFIRMED" })
  })
})
