import { assert, describe, it } from "@effect/vitest"
import { BookmakerId } from "../../src/domain/Bookmaker.ts"
import { EventId } from "../../src/domain/Event.ts"
import type { ListedEvent } from "../../src/domain/Event.ts"
import { countryOf } from "../../src/matching/Countries.ts"
import {
  DUPLICATE_FOR_MS,
  competitionOf,
  forgotten,
  hourApart,
  identify,
  remembered
} from "../../src/matching/Identity.ts"
import type { Known, Verdict } from "../../src/matching/Identity.ts"

const [first, second, third] = [BookmakerId("first"), BookmakerId("second"), BookmakerId("third")]
const roster = [first, second, third]
const NOW = Date.UTC(2026, 10, 20, 12)
const KICKOFF = NOW + 3_600_000 * 5

const listing = (change: Partial<ListedEvent> = {}): ListedEvent => ({
  bookmakerEventId: "n1",
  eventId: EventId("68995116"),
  home: "Wuhan Three Towns",
  away: "Qingdao Hainiu",
  kickoff: KICKOFF,
  competition: { nativeId: "c1", name: "Chinese Super League", country: "China" },
  ...change
})

const hear = (
  known: Known | undefined,
  bookmakerId: BookmakerId,
  change: Partial<ListedEvent> = {},
  at = NOW
): Verdict => identify(known, { bookmakerId, listed: listing(change), roster, at })

const placed = (verdict: Verdict): Known => {
  assert.strictEqual(verdict._tag, "Placed")
  return verdict._tag === "Placed" ? verdict.known : assert.fail("parked")
}

const whyParked = (verdict: Verdict): string => (verdict._tag === "Parked" ? verdict.why : assert.fail("placed"))

/** Hears each change in turn, all of them placeable. */
const all = (known: Known | undefined, ...said: readonly (readonly [BookmakerId, Partial<ListedEvent>])[]): Known =>
  said.reduce<Known | undefined>((held, [id, change]) => placed(hear(held, id, change)), known) ??
  assert.fail("nothing said")

describe("Identity", () => {
  it("joins the listings of one Sportradar id and keeps the facts of whoever was first", () => {
    const known = all(
      undefined,
      [second, {}],
      [first, { bookmakerEventId: "a", home: "Wuhan 3T", away: "Qingdao" }],
      [third, { bookmakerEventId: "x" }]
    )
    assert.deepStrictEqual(
      [...known.placed.listedAt],
      [
        [second, "n1"],
        [first, "a"],
        [third, "x"]
      ]
    )
    assert.strictEqual(known.placed.facts.home, "Wuhan Three Towns")
    assert.strictEqual(known.placed.facts.competition.id, "china-chinese-super-league")
    assert.strictEqual(known.placed.facts.competition.countryCode, "CN")
  })

  it("keeps one object for facts that nobody changed", () => {
    const before = all(undefined, [first, {}])
    assert.strictEqual(placed(hear(before, first)).placed, before.placed)
  })

  it("does not flap when spellings alternate", () => {
    const before = all(undefined, [first, {}])
    const spellings = Array.from(
      { length: 12 },
      (_, i) => [first, { home: i % 2 === 0 ? "Wuhan TT" : "Wuhan Three Towns" }] as const
    )
    assert.strictEqual(all(before, ...spellings).placed.facts, before.placed.facts)
  })

  it("believes a rename that its owner says three times in a row, and no one else's", () => {
    const renamed = [first, { home: "Wuhan Zall" }] as const
    const before = all(undefined, [first, {}])
    assert.strictEqual(all(before, renamed, renamed).placed.facts.home, "Wuhan Three Towns")
    assert.strictEqual(all(before, renamed, renamed, renamed).placed.facts.home, "Wuhan Zall")
    const elsewhere = [second, { home: "Wuhan Zall" }] as const
    assert.strictEqual(all(before, elsewhere, elsewhere, elsewhere, elsewhere).placed.facts.home, "Wuhan Three Towns")
  })

  it("takes the kickoff of the first bookmaker in roster order", () => {
    const known = all(
      undefined,
      [third, { kickoff: KICKOFF + 3_600_000 }],
      [second, {}],
      [third, { kickoff: KICKOFF + 3_600_000 }]
    )
    assert.strictEqual(known.placed.facts.kickoff, KICKOFF)
    assert.strictEqual(
      all(known, [second, { kickoff: KICKOFF + 86_400_000 }]).placed.facts.kickoff,
      KICKOFF + 86_400_000
    )
  })

  it("keeps a remembered kickoff until the bookmaker whose word counts was heard", () => {
    const { facts } = all(undefined, [first, {}]).placed
    const known = remembered(
      facts,
      new Map([
        [first, "n1"],
        [third, "x"]
      ])
    )
    assert.strictEqual(all(known, [third, { bookmakerEventId: "x", kickoff: KICKOFF + 3_600_000 }]).placed.facts, facts)
    assert.strictEqual(all(known, [first, { kickoff: KICKOFF + 60_000 }]).placed.facts.kickoff, KICKOFF + 60_000)
  })

  it("finds after a restart whose names the facts carry", () => {
    const { facts } = all(undefined, [second, {}]).placed
    const known = remembered(
      facts,
      new Map([
        [first, "a"],
        [second, "n1"]
      ])
    )
    const heardOther = all(known, [first, { bookmakerEventId: "a", home: "Wuhan TT" }])
    assert.isUndefined(heardOther.owner)
    assert.strictEqual(all(heardOther, [second, {}]).owner, second)
    assert.strictEqual(all(heardOther, [second, { home: "Wuhan Zall" }]).owner, first)
  })

  it("knows an hour's difference as a time zone misread", () => {
    assert.isTrue(hourApart(KICKOFF, KICKOFF - 3_600_000))
    assert.isFalse(hourApart(KICKOFF, KICKOFF - 3_600_001))
  })

  it.each([
    ["no Sportradar id", { eventId: undefined }, "no Sportradar id"],
    ["an id that is no number", { eventId: EventId("sr:match:1") }, "not a number"],
    ["M150 an empty team name", { home: " " }, "no two teams"],
    ["M151 the same team twice", { away: "wuhan  THREE towns" }, "Both of its teams"],
    ["M153 an outright", { home: "", away: "" }, "no two teams"],
    ["M130 a kickoff that is none", { kickoff: NaN }, "no plausible instant"],
    ["M132 kickoff 0", { kickoff: 0 }, "no plausible instant"],
    ["M133 a kickoff in seconds", { kickoff: KICKOFF / 1000 }, "no plausible instant"],
    ["M133 a kickoff in microseconds", { kickoff: KICKOFF * 1000 }, "no plausible instant"],
    ["M143 the year 9999", { kickoff: Date.UTC(9999, 0, 1) }, "no plausible instant"],
    ["M145 a match that has begun", { kickoff: NOW }, "kicked off"]
  ])("parks %s", (_, change, why) => {
    assert.include(whyParked(hear(undefined, first, change)), why)
  })

  it("takes a duplicate of the same listing for the same (M146)", () => {
    const before = all(undefined, [first, {}])
    assert.strictEqual(placed(hear(before, first)).placed, before.placed)
  })

  it("parks a second listing of one match, until the first was not seen for ten minutes (M147)", () => {
    const before = all(undefined, [first, {}])
    assert.include(
      whyParked(hear(before, first, { bookmakerEventId: "n2" }, NOW + DUPLICATE_FOR_MS - 1)),
      "second listing"
    )
    const later = placed(hear(before, first, { bookmakerEventId: "n2" }, NOW + DUPLICATE_FOR_MS))
    assert.strictEqual(later.placed.listedAt.get(first), "n2")
  })

  it("parks a listing whose teams stand the other way round (O119)", () => {
    const before = all(undefined, [first, {}])
    for (const id of [second, first])
      assert.include(whyParked(hear(before, id, { home: "Qingdao Hainiu", away: "Wuhan Three Towns" })), "crosswise")
  })

  it("believes no kickoff in the past of a match that is still to come (M145)", () => {
    const before = all(undefined, [first, {}], [second, { bookmakerEventId: "b" }])
    assert.include(whyParked(hear(before, first, { kickoff: NOW - 1 })), "it is to at")
    assert.strictEqual(
      placed(hear(before, first, { kickoff: NOW - 1 }, KICKOFF)).placed.facts.id,
      before.placed.facts.id
    )
  })

  it("forgets one bookmaker's listing and takes it up again", () => {
    const both = all(undefined, [first, {}], [second, { bookmakerEventId: "b" }])
    const left = forgotten(both, first)
    assert.deepStrictEqual([...left.placed.listedAt.keys()], [second])
    assert.strictEqual(left.placed.facts, both.placed.facts)
    assert.deepStrictEqual(all(left, [first, {}]).placed.listedAt.get(first), "n1")
  })
})

describe("countries", () => {
  it.each([
    ["England", "GB-ENG", "England"],
    ["Northern Ireland", "GB-NIR", "Northern Ireland"],
    ["china", "CN", "China"],
    ["Turkey", "TR", "Türkiye"],
    ["Germany", "DE", "Germany"],
    ["Bosnia & Herzegovina", "BA", "Bosnia & Herzegovina"],
    ["Bosnia and Herzegovina", "BA", "Bosnia & Herzegovina"],
    ["Korea Republic", "KR", "South Korea"],
    ["England Amateur", "GB-ENG", "England Amateur"],
    ["International Clubs", "ZZ", "International"],
    ["", "ZZ", "International"],
    ["Zanzibar", "ZZ", "Zanzibar"]
  ])("reads %s as %s", (spelled, code, name) => {
    assert.deepStrictEqual(countryOf(spelled), { code, name })
  })

  it("gives a competition one id however its country is spelled", () => {
    const spelled = ["Côte d'Ivoire", "Ivory Coast"].map(
      (country) => competitionOf({ nativeId: "1", name: "Ligue 1", country }).id
    )
    assert.deepStrictEqual(spelled, ["cote-d-ivoire-ligue-1", "cote-d-ivoire-ligue-1"])
  })
})
