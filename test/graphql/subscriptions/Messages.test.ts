import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { clear, makePending, note } from "../../../src/broadcast/Pending.ts"
import type { Route } from "../../../src/broadcast/Subscriber.ts"
import { EventId } from "../../../src/domain/Event.ts"
import type { Position } from "../../../src/domain/Record.ts"
import { formatCursor } from "../../../src/graphql/arguments/Cursor.ts"
import { readFilter } from "../../../src/graphql/arguments/Filter.ts"
import { makeMoment } from "../../../src/graphql/reading/Moment.ts"
import type { View } from "../../../src/graphql/reading/Parents.ts"
import { makeMessages } from "../../../src/graphql/subscriptions/Messages.ts"
import type { OddsMessageParent } from "../../../src/graphql/subscriptions/OddsMessage.ts"
import { makePublishedBoard } from "../../../src/odds/PublishedBoard.ts"
import { step } from "../../../src/odds/Step.ts"
import type { Head, Told } from "../../../src/odds/Step.ts"
import { fold, makeTable } from "../../../src/odds/Table.ts"
import { facts, OURS, snapshot } from "../../support/snapshots.ts"
import { bookmakers, EPOCH } from "./house.ts"

const filter = Result.getOrThrow(readFilter(null, bookmakers))

/** Messages over a board; each renders as a kilobyte for each of its pieces. */
const stand = () => {
  const { board, advance } = makePublishedBoard(makeTable(), { epoch: EPOCH, seq: 0 })
  const head: Head = { table: makeTable(), seen: new Map(), missed: new Map() }
  const pending = makePending()
  const sent: OddsMessageParent[] = []
  const view = (): View => ({
    at: 0,
    bookmakers,
    roster: bookmakers.map((bookmaker) => ({
      bookmaker,
      enabled: true,
      paused: false,
      ...board.bookmaker(bookmaker.id)
    })),
    standing: () => board.bookmaker(OURS).standing,
    skewBoundMs: 0,
    tiers: [],
    knownSince: 0
  })
  const messages = makeMessages({ board, moment: () => makeMoment(board, view()), now: () => 0 }, filter, (message) => {
    sent.push(message)
    return "x".repeat(1_000 * (message.events.length + message.listings.length + message.offers.length))
  })
  const tell = (...told: readonly Told[]): void => {
    for (const message of told) {
      for (const change of step(head, message)) {
        fold(head.table, change)
        for (const record of change._tag === "Book" ? change.records : [change.record]) {
          advance([change], { epoch: EPOCH, seq: board.mark().seq + 1 }, true)
          note(pending, filter, { ...board.mark(), record, durable: true })
        }
      }
    }
  }
  return { board, messages, pending, sent, tell }
}

const whole = (mark: Position) => ({ ...mark, confirmedTo: mark.seq })

const event = (id: string, home: number): readonly Told[] => [
  { _tag: "Place", facts: facts({ id: EventId(id), kickoff: 100_000_000 + Number(id) }), at: 0 },
  { _tag: "Observe", snapshot: snapshot(home, [`1x2_ft home ${home}`], { eventId: EventId(id) }) }
]

describe("a snapshot in pages", () => {
  const roster = () => {
    const stage = stand()
    stage.tell(...Array.from({ length: 300 }, (_, i) => event(String(i), 1_850)).flat())
    clear(stage.pending)
    return stage
  }

  it("tells again what changed after its page, and ends at the newest position", () => {
    const { board, messages, pending, sent, tell } = roster()
    const route = messages.snapshot("FIRST")
    const pages = [route.next(pending, whole(board.mark()))]
    tell(...event("0", 1_900))
    while (pages.at(-1)?.last === false) pages.push(route.next(pending, whole(board.mark())))
    const last = sent.at(-1)
    assert.isAbove(pages.length, 2)
    assert.isTrue(last?.lastPage)
    assert.strictEqual(last?.cursor, formatCursor(board.mark(), filter.part))
    const told = sent.flatMap(({ offers }) =>
      offers.filter(({ eventId }) => eventId === "0").map(({ state }) => state?.milli[0])
    )
    assert.strictEqual(told.at(-1), 1_900)
    assert.strictEqual(pending.size, 0)
  })

  it("is made once for all who take it together, and anew for who comes after a change", () => {
    const { board, messages, pending, sent, tell } = roster()
    const [one, two, late] = [0, 1, 2].map(() => messages.snapshot("FIRST"))
    const take = (route: Route | undefined) => route?.next(pending, whole(board.mark()))
    const first = take(one)
    const renderings = sent.length
    assert.strictEqual(take(two), first)
    assert.strictEqual(sent.length, renderings)
    tell(...event("0", 1_900))
    clear(pending)
    assert.notStrictEqual(take(late), first)
    const second = take(one)
    assert.strictEqual(take(two), second)
    assert.notStrictEqual(take(late), second)
  })

  it("keeps every page within its bytes, in ascending cursors that chain", () => {
    const { board, messages, pending, sent } = roster()
    const route = messages.snapshot("FIRST")
    const pages = [route.next(pending, whole(board.mark()))]
    const kept = [sent.at(-1)]
    while (pages.at(-1)?.last === false) {
      pages.push(route.next(pending, whole(board.mark())))
      kept.push(sent.at(-1))
    }
    for (const { payload } of pages) assert.isAtMost(payload.length, 256 * 1024)
    assert.deepStrictEqual(
      kept.map((message) => message?.page),
      kept.map((_, i) => i)
    )
    for (const [i, message] of kept.entries()) {
      assert.strictEqual(message?.previousCursor, kept[i - 1]?.cursor ?? null)
      assert.isTrue((kept[i - 1]?.cursor ?? "") < (message?.cursor ?? ""))
    }
  })
})
