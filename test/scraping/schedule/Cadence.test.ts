import { assert, describe, it } from "@effect/vitest"
import { BookmakerId } from "../../../src/domain/Bookmaker.ts"
import { EventId } from "../../../src/domain/Event.ts"
import { DEFAULT_TIERS } from "../../../src/domain/Freshness.ts"
import { compareUrgency, dueAt, duePart, lateAt, retryAfter } from "../../../src/scraping/schedule/Cadence.ts"
import type { PlanEntry, Refreshed } from "../../../src/scraping/schedule/Cadence.ts"

const MINUTE = 60_000
const NOW = 1_000 * MINUTE
const [alpha, beta] = [BookmakerId("alpha"), BookmakerId("beta")]

const entry = (id: string, untilKickoff: number, listings = 2): PlanEntry => ({
  eventId: EventId(id),
  kickoff: NOW + untilKickoff,
  listings,
  targets: [alpha, beta].map((bookmakerId) => ({ bookmakerId, bookmakerEventId: id }))
})

const ago = (milliseconds: number): Refreshed => ({ confirmedAt: NOW - milliseconds, retryAt: undefined })

describe("cadence", () => {
  it.each([
    ["29 minutes to kickoff", 29, 0.5],
    ["31 minutes", 31, 1],
    ["119 minutes", 119, 1],
    ["126 minutes", 126, 5],
    ["23 hours", 23 * 60, 5],
    ["25 hours", 25 * 60, 30],
    ["a month", 30 * 24 * 60, 30]
  ])("at %s", (_, minutes, every) => {
    assert.strictEqual(lateAt(DEFAULT_TIERS, NOW + minutes * MINUTE, NOW), NOW + every * MINUTE)
  })

  it("is late as soon as it enters a tier that asks for more", () => {
    assert.strictEqual(lateAt(DEFAULT_TIERS, NOW + 122 * MINUTE, NOW), NOW + 2 * MINUTE)
    assert.strictEqual(lateAt(DEFAULT_TIERS, NOW + 32 * MINUTE, NOW - MINUTE / 2), NOW + MINUTE / 2)
  })

  it("asks a tenth of the cadence before it is late, four seconds at the most", () => {
    const lead = (minutes: number) =>
      lateAt(DEFAULT_TIERS, NOW + minutes * MINUTE, NOW) - dueAt(DEFAULT_TIERS, NOW + minutes * MINUTE, ago(0))
    assert.deepStrictEqual([lead(20), lead(90), lead(600)], [3_000, 4_000, 4_000])
  })

  it("is due at once when never confirmed", () => {
    assert.isBelow(dueAt(DEFAULT_TIERS, NOW + MINUTE, { confirmedAt: undefined, retryAt: undefined }), NOW)
  })

  it("takes nothing that is within its cadence", () => {
    assert.isUndefined(duePart(entry("1", 600 * MINUTE), DEFAULT_TIERS, NOW, () => ago(4 * MINUTE)))
  })

  it("takes along what falls due with it, and nothing fresher", () => {
    const due = (other: Refreshed) =>
      duePart(entry("1", 600 * MINUTE), DEFAULT_TIERS, NOW, (id) =>
        id === alpha ? ago(5 * MINUTE) : other
      )?.targets.map(({ bookmakerId }) => bookmakerId)
    assert.deepStrictEqual(due(ago(4.5 * MINUTE)), [alpha, beta])
    assert.deepStrictEqual(due(ago(4.4 * MINUTE)), [alpha])
  })

  it("leaves a failing listing alone until its next try", () => {
    const failing = { confirmedAt: undefined, retryAt: NOW + 1 }
    assert.isUndefined(duePart(entry("1", MINUTE), DEFAULT_TIERS, NOW, () => failing))
  })

  it("tries a failing listing less and less often, at its cadence at the least", () => {
    const kickoff = NOW + 600 * MINUTE
    assert.deepStrictEqual(
      [1, 2, 3, 4, 5, 9].map((failures) => retryAfter(DEFAULT_TIERS, kickoff, failures, NOW) - NOW),
      [30_000, 60_000, 120_000, 240_000, 300_000, 300_000]
    )
  })
})

describe("urgency", () => {
  it("puts the half hour before kickoff first, then two hours, then kickoff, then how many list it", () => {
    const entries = [
      entry("far", 300 * MINUTE),
      entry("soon", 90 * MINUTE),
      entry("rare", 300 * MINUTE, 1),
      entry("now", 10 * MINUTE),
      entry("wide", 300 * MINUTE, 3)
    ]
    assert.deepStrictEqual(
      entries.sort(compareUrgency(NOW)).map(({ eventId }) => eventId),
      ["now", "soon", "wide", "far", "rare"]
    )
  })
})
