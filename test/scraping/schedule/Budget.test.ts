import { assert, describe, it } from "@effect/vitest"
import { BookmakerId } from "../../../src/domain/Bookmaker.ts"
import { EventId } from "../../../src/domain/Event.ts"
import { DEFAULT_TIERS } from "../../../src/domain/Freshness.ts"
import { allowance, compareOverdue, deal } from "../../../src/scraping/schedule/Budget.ts"
import type { Due } from "../../../src/scraping/schedule/Budget.ts"

const MINUTE = 60_000
const NOW = 1_000 * MINUTE
const [alpha, beta] = [BookmakerId("alpha"), BookmakerId("beta")]

const due = (id: string, untilKickoff: number, since: number): Due => ({
  since: NOW - since,
  entry: {
    eventId: EventId(id),
    kickoff: NOW + untilKickoff,
    listings: 2,
    targets: [alpha, beta].map((bookmakerId) => ({ bookmakerId, bookmakerEventId: id }))
  }
})

describe("a budget", () => {
  it("is what a bookmaker's permits can serve", () => {
    assert.strictEqual(allowance({ limit: 15, heldMs: 600 }, 1_000), 25)
    assert.strictEqual(allowance({ limit: 15, heldMs: 5_000 }, 1_000), 15)
  })

  it("goes to what is near kickoff first, and there to the most overdue", () => {
    const order = [due("far", 600 * MINUTE, 90_000), due("soon", 90 * MINUTE, 5_000), due("sooner", 80 * MINUTE, 9_000)]
      .concat(due("now", 20 * MINUTE, 0))
      .sort(compareOverdue(DEFAULT_TIERS, NOW))
    assert.deepStrictEqual(
      order.map(({ entry }) => entry.eventId),
      ["now", "sooner", "soon", "far"]
    )
  })

  it("that is spent leaves the rest over, and the event's other bookmakers go without it", () => {
    const entries = [due("1", MINUTE, 0), due("2", MINUTE, 0)].map(({ entry }) => entry)
    const { taken, left } = deal(
      entries,
      new Map([
        [alpha, 5],
        [beta, 1]
      ])
    )
    const named = (of: typeof taken) =>
      of.map(({ eventId, targets }) => [eventId, ...targets.map((t) => t.bookmakerId)])
    assert.deepStrictEqual(named(taken), [
      ["1", alpha, beta],
      ["2", alpha]
    ])
    assert.deepStrictEqual(named(left), [["2", beta]])
  })
})
