/** What is told again after a gap: everything that changes without a disk have touched, and what has left since. */
import { assert, describe, it } from "@effect/vitest"
import { EVICT_AFTER_KICKOFF_MS, EventId } from "../../src/domain/Event.ts"
import { DEFAULT_TIERS } from "../../src/domain/Freshness.ts"
import type { Record } from "../../src/domain/Record.ts"
import { everything, makeUndurable, slices } from "../../src/odds/Rebase.ts"
import { step } from "../../src/odds/Step.ts"
import type { Head, Told } from "../../src/odds/Step.ts"
import { fold, makeTable } from "../../src/odds/Table.ts"
import type { Change } from "../../src/odds/Table.ts"
import { EVENT, OURS, facts, snapshot } from "../support/snapshots.ts"

const makeBooks = () => {
  const head: Head = { table: makeTable(), seen: new Map(), missed: new Map() }
  const tell = (message: Told): readonly Change[] => {
    const changes = step(head, message)
    for (const change of changes) fold(head.table, change)
    return changes
  }
  return { head, tell }
}

const recordsOf = (changes: readonly Change[]): readonly Record[] =>
  changes.flatMap((change): readonly Record[] => (change._tag === "Book" ? change.records : [change.record]))

const counted = (records: readonly Record[]): readonly string[] =>
  [...Map.groupBy(records, ({ kind }) => kind)].map(([kind, all]) => `${all.length} ${kind}`)

describe("telling again", () => {
  it("closes an event that left memory while nothing could be kept", () => {
    const { tell } = makeBooks()
    const undurable = makeUndurable()
    tell({ _tag: "Place", facts: facts(), at: 0 })
    const gone = tell({ _tag: "Tick", now: facts().kickoff + EVICT_AFTER_KICKOFF_MS, tiers: DEFAULT_TIERS })
    undurable.note(gone)
    const touched = undurable.take()
    assert(touched !== undefined)
    const told = recordsOf(tell({ _tag: "Rebase", touched, at: 1 }))
    assert.deepStrictEqual(told, [{ kind: "EVENT", at: 1, eventId: EVENT, before: facts(), after: undefined }])
    assert.isUndefined(undurable.take())
  })

  it("closes an event that left and came back meanwhile, and tells it anew with all it has", () => {
    const { head, tell } = makeBooks()
    const undurable = makeUndurable()
    const later = facts({ kickoff: facts().kickoff + 10 * EVICT_AFTER_KICKOFF_MS })
    tell({ _tag: "Place", facts: facts(), at: 0 })
    undurable.note(tell({ _tag: "Tick", now: facts().kickoff + EVICT_AFTER_KICKOFF_MS, tiers: DEFAULT_TIERS }))
    const at = facts().kickoff + EVICT_AFTER_KICKOFF_MS + 1
    undurable.note(tell({ _tag: "Place", facts: later, at }))
    undurable.note(tell({ _tag: "Observe", snapshot: snapshot(at, ["btts_ft yes 1800", "btts_ft no 2000"]) }))
    const [first, second] = slices(undurable.take() ?? everything(head.table))
    const told = [first, second].flatMap((touched) =>
      touched === undefined ? [] : recordsOf(tell({ _tag: "Rebase", touched, at: at + 1 }))
    )
    assert.deepStrictEqual(
      told.map((record) => (record.kind === "EVENT" ? (record.after?.kickoff ?? "left") : record.kind)),
      ["left", later.kickoff, "BASE", "BASE"]
    )
    assert.strictEqual(head.table.events.get(EVENT)?.books.size, 1)
  })

  it("covers every event, listing and bookmaker once, in turns of fifty listings", () => {
    const { head, tell } = makeBooks()
    for (let i = 0; i < 60; i++) {
      const eventId = EventId(String(i))
      tell({ _tag: "Place", facts: facts({ id: eventId }), at: 0 })
      tell({ _tag: "Observe", snapshot: snapshot(1_000, ["btts_ft yes 1800", "btts_ft no 2000"], { eventId }) })
    }
    tell({ _tag: "Bookmaker", bookmakerId: OURS, standing: { state: "STALE", since: 1 }, at: 1 })
    const turns = slices(everything(head.table)).map((touched) => recordsOf(tell({ _tag: "Rebase", touched, at: 2 })))
    assert.deepStrictEqual(turns.map(counted), [["60 EVENT", "1 BOOKMAKER"], ["50 BASE"], ["10 BASE"]])
  })
})
