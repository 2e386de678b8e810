/** Which of the oldest commits the journal may forget. */
import { assert, describe, it } from "@effect/vitest"
import { KEEP_BYTES, KEEP_MS, KEEP_RECORDS, expired } from "../../../src/journal/commit/Retention.ts"
import type { Segment } from "../../../src/journal/thread/ThreadMessages.ts"

const NOW = 1_000_000
const ALL = Infinity

/** Commits of one record each, the newest last. */
const commits = (...changes: readonly Partial<Segment>[]): readonly Segment[] =>
  changes.map((change, i) => ({ last: i + 1, at: NOW, records: 1, bytes: 1, ...change }))

const OLD = { at: NOW - KEEP_MS }

describe("commits that may go", () => {
  it.each([
    ["the one that is as old as the window, and no younger one", commits(OLD, { at: NOW - KEEP_MS + 1 }), ALL, 1],
    ["all before it", commits(OLD, OLD, OLD, {}), ALL, 3],
    ["none that was not released", commits(OLD, OLD, {}), 1, 1],
    ["none while none was released", commits(OLD, OLD), 0, 0],
    ["what lies more records back than are kept", commits({}, { records: KEEP_RECORDS }, {}), ALL, 2],
    ["none while they are just as many", commits({}, { records: KEEP_RECORDS - 2 }, {}), ALL, 0],
    ["what lies more bytes back than are kept", commits({}, { bytes: KEEP_BYTES }, {}), ALL, 2],
    ["none while they are just as many bytes", commits({}, { bytes: KEEP_BYTES - 2 }, {}), ALL, 0],
    ["none of none", [], ALL, 0]
  ])("are %s", (_, segments, released, gone) => {
    assert.strictEqual(expired(segments, released, NOW, KEEP_MS), gone)
  })
})
