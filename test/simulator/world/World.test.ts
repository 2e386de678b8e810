import { assert, describe, it } from "@effect/vitest"
import { BOOKMAKERS } from "../../../src/simulator/catalogue/Template.ts"
import type { BookmakerName } from "../../../src/simulator/catalogue/Template.ts"
import { textWord } from "../../../src/simulator/Hashing.ts"
import type { Match } from "../../../src/simulator/world/Calendar.ts"
import type { Offer } from "../../../src/simulator/world/Offer.ts"
import { World } from "../../../src/simulator/world/World.ts"
import { MINUTE, NOON } from "../support/running.ts"

const pricesOf = (offer: Offer): readonly (readonly number[])[] => offer.markets.map(({ prices }) => prices)

/** A digest of all prices at all bookmakers: a difference of a million numbers helps nobody. */
const boardOf = (world: World, time: number): number =>
  textWord(
    JSON.stringify(
      BOOKMAKERS.map((bookmaker) =>
        world.listed(bookmaker, time).map((match) => [match.number, pricesOf(world.offer(bookmaker, match, time))])
      )
    )
  )

/** The prices of one market of one match, or nothing where it is not open. */
const open = (
  world: World,
  bookmaker: BookmakerName,
  match: Match,
  canonical: string,
  line: number | null
): readonly number[] => {
  const market = world
    .offer(bookmaker, match, NOON)
    .markets.find(
      ({ template }) => template.canonical === canonical && template.lines.some(({ value }) => value === line)
    )
  if (market === undefined) return []
  const at = market.template.lines.findIndex(({ value }) => value === line),
    width = market.template.outcomes.length
  const prices = market.prices.slice(at * width, (at + 1) * width)
  return prices.every((price) => price > 0) ? prices : []
}
const shares = (prices: readonly number[]): readonly number[] => {
  const sum = prices.reduce((total, price) => total + 1 / price, 0)
  return prices.map((price) => 1 / price / sum)
}

describe("World", () => {
  it("is the same for the same seed and time, however the time was reached", () => {
    const walked = new World(7, 40)
    for (let minute = 0; minute < 90; minute += 7) boardOf(walked, NOON + minute * MINUTE)
    assert.strictEqual(boardOf(walked, NOON + 30 * MINUTE), boardOf(new World(7, 40), NOON + 30 * MINUTE))
    assert.notStrictEqual(boardOf(new World(8, 40), NOON), boardOf(new World(7, 40), NOON))
  })

  it("lists 1,300 matches of about 200 tournaments at any time, nine in ten of them everywhere", () => {
    const world = new World(1, 1_300)
    for (const time of [NOON, NOON + 36 * 60 * MINUTE]) {
      const matches = world.calendar.upcoming(time)
      const everywhere = matches.filter((match) =>
        BOOKMAKERS.every((bookmaker) => world.calendar.offers(bookmaker, match))
      )
      assert.strictEqual(new Set(matches.map(({ sportradarId }) => sportradarId)).size, 1_300)
      assert.isAbove(new Set(matches.map(({ tournament }) => tournament.index)).size, 160)
      assert.approximately(everywhere.length / 1_300, 0.9, 0.02)
      assert.isTrue(matches.every(({ kickoff }) => kickoff > time))
    }
  })

  it("replaces a match that kicks off and still knows it for a while", () => {
    const world = new World(1, 200)
    const [first] = world.calendar.upcoming(NOON)
    assert.isDefined(first)
    const after = world.calendar.upcoming(first.kickoff)
    assert.strictEqual(after.length, 200)
    assert.isUndefined(after.find(({ number }) => number === first.number))
    assert.strictEqual(world.calendar.find(first.number, first.kickoff + 9 * MINUTE)?.number, first.number)
    assert.isUndefined(world.calendar.find(first.number, first.kickoff + 10 * MINUTE))
  })

  it("offers about 50, 180 and 160 markets, one or two prices in a hundred suspended", () => {
    const world = new World(1, 300)
    const expected: { readonly [Name in BookmakerName]: number } = { betpawa: 52, sportybet: 182, bet9ja: 162 }
    for (const bookmaker of BOOKMAKERS) {
      const offers = world.listed(bookmaker, NOON).map((match) => world.offer(bookmaker, match, NOON))
      const offered = offers.flatMap(({ markets }) =>
        markets.filter(({ prices }) => prices.some((price) => price !== 0))
      )
      const prices = offered.flatMap((market) => market.prices.filter((price) => price !== 0))
      assert.approximately(offered.length / offers.length, expected[bookmaker], 8)
      assert.approximately(prices.filter((price) => price < 0).length / prices.length, 0.015, 0.006)
    }
  })

  it("prices a market alike at all three, and its markets in agreement with each other", () => {
    const world = new World(3, 120)
    let compared = 0
    for (const match of world.calendar.upcoming(NOON)) {
      const [three = [], double = [], total = []] = [
        ["1x2_ft", null],
        ["double_chance_ft", null],
        ["over_under_ft", 2.5]
      ].map(([canonical, line]) =>
        BOOKMAKERS.filter((bookmaker) => world.calendar.offers(bookmaker, match))
          .map((bookmaker) =>
            shares(open(world, bookmaker, match, String(canonical), typeof line === "number" ? line : null))
          )
          .filter((one) => one.length > 0)
      )
      for (const [at, ours] of [...three, ...total].entries()) {
        const [theirs = ours] = at < three.length ? three : total
        ours.forEach((share, outcome) => assert.approximately(share, theirs[outcome] ?? 0, 0.06))
        compared++
      }
      const [home = 0, draw = 0] = three[0] ?? [],
        [homeOrDraw] = double[0] ?? []
      if (home > 0 && homeOrDraw !== undefined) assert.approximately(2 * homeOrDraw, home + draw, 0.06)
    }
    assert.isAbove(compared, 500)
  })

  it("moves about one market in twenty within five minutes, and more than half in the last hour's", () => {
    const world = new World(1, 400)
    const moved = (matches: readonly Match[], from: number): number => {
      const before = matches.map((match) => world.offer("sportybet", match, from).markets)
      const after = matches.map((match) => world.offer("sportybet", match, from + 5 * MINUTE).markets)
      const all = before.flatMap((markets, at) => markets.map((market, index) => market !== after[at]?.[index]))
      return all.filter(Boolean).length / all.length
    }
    const listed = world.listed("sportybet", NOON)
    assert.approximately(
      moved(
        listed.filter(({ kickoff }) => kickoff > NOON + 180 * MINUTE),
        NOON
      ),
      0.05,
      0.015
    )
    const soon = listed.slice(0, 20)
    assert.isAbove(
      soon.map((match) => moved([match], match.kickoff - 30 * MINUTE)).reduce((sum, one) => sum + one, 0) / 20,
      0.4
    )
  })

  it("moves the share commanded, at once and the same every time", () => {
    const board = (): readonly [number, object] => {
      const world = new World(5, 60)
      const matches = world.listed("bet9ja", NOON)
      const before = matches.map((match) => world.offer("bet9ja", match, NOON).markets)
      world.move(NOON, 0.05)
      const after = matches.map((match) => world.offer("bet9ja", match, NOON))
      const all = before.flatMap((markets, at) => markets.map((market, index) => market !== after[at]?.markets[index]))
      return [all.filter(Boolean).length / all.length, after.map(pricesOf)]
    }
    const [share, prices] = board()
    assert.approximately(share, 0.05, 0.01)
    assert.deepStrictEqual(board()[1], prices)
  })
})
