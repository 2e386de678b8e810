import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { EventId } from "../../src/domain/Event.ts"
import type { Snapshot } from "../../src/domain/Snapshot.ts"
import { adaptersOver, oddsOf, openGate } from "../support/adapters.ts"

/** An event of one bookmaker in which 1X2's home price is what a test says, and the rest is sound. */
interface Form {
  readonly bookmaker: string
  readonly event: (home: unknown) => unknown
}

const betpawa = (prices: readonly unknown[], more: readonly unknown[] = []) => ({
  id: "1",
  name: "Home - Away",
  startTime: "2026-11-21T12:00:00Z",
  widgets: [{ id: "77", type: "SPORTRADAR" }],
  competition: { id: "9", name: "League" },
  region: { id: "8", name: "Country" },
  markets: [{ marketType: { id: "3743", name: "1X2 - FT" }, row: [{ prices }] }, ...more]
})

const sportybet = (outcomes: readonly unknown[], more: object = {}, others: readonly unknown[] = []) => ({
  bizCode: 10000,
  data: {
    eventId: "sr:match:77",
    estimateStartTime: Date.UTC(2026, 10, 21, 12),
    homeTeamName: "Home",
    awayTeamName: "Away",
    sport: { id: "sr:sport:1", category: { name: "Country", tournament: { id: "sr:tournament:9", name: "League" } } },
    markets: [{ id: "1", name: "1X2", status: 0, banned: false, outcomes, ...more }, ...others]
  }
})

const bet9ja = (odds: object) => ({
  R: "OK",
  D: {
    ID: 1,
    EXTID: "77",
    DS: "Home - Away",
    STARTDATE: "2026-11-21 12:00:00",
    GID: 9,
    GN: "League",
    SG: "Country",
    O: odds
  }
})

const outcome = (id: string, odds: unknown, more: object = {}) => ({ id, desc: id, odds, isActive: 1, ...more })

const FORMS: readonly Form[] = [
  {
    bookmaker: "betpawa-ng",
    event: (home) =>
      betpawa([
        { name: "1", odds: home },
        { name: "X", odds: 3.3 },
        { name: "2", odds: 3 }
      ])
  },
  {
    bookmaker: "sportybet-ng",
    event: (home) => sportybet([outcome("1", home), outcome("2", "3.30"), outcome("3", "3.00")])
  },
  { bookmaker: "bet9ja-ng", event: (home) => bet9ja({ S_1X2_1: home, S_1X2_X: "3.3", S_1X2_2: "3" }) }
]

const read = (bookmaker: string, event: unknown): Effect.Effect<Snapshot> => readText(bookmaker, JSON.stringify(event))

const readText = (bookmaker: string, text: string): Effect.Effect<Snapshot> =>
  adaptersOver(() => text).pipe(
    Effect.map((adapters) => adapters.filter((adapter) => adapter.bookmaker.id === bookmaker)),
    Effect.flatMap(
      ([adapter]) =>
        adapter?.fetch({ bookmakerEventId: "1", eventId: EventId("77") }, openGate, undefined) ??
        Effect.die("no adapter")
    ),
    Effect.orDie
  )

const price = ({ board }: Snapshot, market: string, key: string) => oddsOf(board).get(market)?.get(key)

const NO_PRICES: readonly (readonly [what: string, raw: unknown])[] = [
  ["O99 null", null],
  ["O101 below nought", -1.85],
  ["O103 as text with a sign", "-1.85"],
  ["O104 beyond 10 000", 10_001],
  ["O106 with a comma", "1,85"],
  ["O108 hexadecimal", "0x10"],
  ["O109 with letters", "1.85abc"],
  ["O110 in Arabic digits", "١٫٨٥"],
  ["O111 a fraction", "17/20"],
  ["O112 American", "-118"],
  ["O115 a boolean", true],
  ["an exponent", "1e3"],
  ["an object", { price: 2 }],
  ["a list", [2]],
  ["blanks", "  "],
  ["only a thousandth short of one", 0.999]
]

describe("an open price that is none", () => {
  for (const { bookmaker, event } of FORMS) {
    for (const [what, raw] of NO_PRICES) {
      it.effect(`(${what}) makes that outcome unreadable at ${bookmaker}, and no other`, () =>
        Effect.gen(function* () {
          const taken = yield* read(bookmaker, event(raw))
          assert.strictEqual(price(taken, "1x2_ft", "home"), "unreadable")
          assert.strictEqual(price(taken, "1x2_ft", "draw"), 3.3)
          assert.strictEqual(price(taken, "1x2_ft", "away"), 3)
          assert.strictEqual(taken.rejected.size, 0)
        })
      )
    }
  }

  it.effect(
    "(O100 nought, O102 one) is unreadable where the bookmaker has a flag for suspension, and suspended where that is its way",
    () =>
      Effect.gen(function* () {
        const states = (raw: unknown) =>
          Effect.forEach(FORMS, ({ bookmaker, event }) =>
            read(bookmaker, event(raw)).pipe(Effect.map((taken) => price(taken, "1x2_ft", "home")))
          )
        assert.deepStrictEqual(yield* states(0), ["unreadable", "unreadable", "unreadable"])
        assert.deepStrictEqual(yield* states("0.00"), ["unreadable", "suspended", "unreadable"])
        assert.deepStrictEqual(yield* states(1), ["unreadable", "unreadable", "suspended"])
        assert.deepStrictEqual(yield* states("1"), ["unreadable", "unreadable", "suspended"])
        assert.deepStrictEqual(yield* states("-"), ["unreadable", "unreadable", "suspended"])
        assert.deepStrictEqual(yield* states(""), ["unreadable", "unreadable", "suspended"])
      })
  )

  it.effect("(infinity, written as 1e400) is unreadable", () =>
    Effect.gen(function* () {
      for (const { bookmaker, event } of FORMS) {
        const taken = yield* readText(bookmaker, JSON.stringify(event(123456)).replace("123456", "1e400"))
        assert.strictEqual(price(taken, "1x2_ft", "home"), "unreadable")
      }
    })
  )
})

describe("a price", () => {
  const PRICES: readonly (readonly [raw: unknown, expected: number, finer: number])[] = [
    [1.85, 1.85, 0],
    ["1.85", 1.85, 0],
    [1.8500000000000001, 1.85, 0],
    [1.001, 1.001, 0],
    [10_000, 10_000, 0],
    [185, 185, 0],
    [1.8567, 1.856, 1],
    ["4", 4, 0],
    ["11.75", 11.75, 0]
  ]
  for (const { bookmaker, event } of FORMS) {
    for (const [raw, expected, finer] of PRICES) {
      it.effect(`of ${JSON.stringify(raw)} is ${expected} at ${bookmaker}`, () =>
        Effect.gen(function* () {
          const taken = yield* read(bookmaker, event(raw))
          assert.strictEqual(price(taken, "1x2_ft", "home"), expected)
          assert.strictEqual(taken.finerPrices, finer)
        })
      )
    }
  }
})

describe("suspension", () => {
  it.effect("is told before any look at the price (O124)", () =>
    Effect.gen(function* () {
      const one = yield* read(
        "betpawa-ng",
        betpawa([
          { name: "1", odds: 0, suspended: true },
          { name: "X", odds: 100, suspended: true }
        ])
      )
      assert.deepStrictEqual([price(one, "1x2_ft", "home"), price(one, "1x2_ft", "draw")], ["suspended", "suspended"])
      const two = yield* read(
        "sportybet-ng",
        sportybet([outcome("1", "rubbish", { isActive: 0 }), outcome("2", "3.30")])
      )
      assert.deepStrictEqual([price(two, "1x2_ft", "home"), price(two, "1x2_ft", "draw")], ["suspended", 3.3])
    })
  )

  it.effect("of a whole SportyBet market follows from its status or ban, whatever its outcomes say", () =>
    Effect.gen(function* () {
      for (const state of [{ status: 1 }, { status: 2 }, { status: 99 }, { banned: true }]) {
        const taken = yield* read("sportybet-ng", sportybet([outcome("1", "2.40")], state))
        assert.strictEqual(price(taken, "1x2_ft", "home"), "suspended")
      }
    })
  )

  it.effect("of a SportyBet market is not open while its ban is a word that nobody knows", () =>
    Effect.gen(function* () {
      const sound = { id: "29", name: "GG/NG", status: 0, outcomes: [outcome("74", "1.80"), outcome("76", "1.90")] }
      for (const banned of ["true", 1, "yes", {}]) {
        const taken = yield* read("sportybet-ng", sportybet([outcome("1", "2.40")], { banned }, [sound, sound]))
        assert.deepStrictEqual([[...taken.rejected], price(taken, "btts_ft", "yes")], [["1x2_ft"], 1.8])
      }
    })
  )

  it.effect("of a whole SportyBet event follows from its ban", () =>
    Effect.gen(function* () {
      const { bizCode, data } = sportybet([outcome("1", "2.40")])
      const taken = yield* read("sportybet-ng", { bizCode, data: { ...data, banned: true } })
      assert.strictEqual(price(taken, "1x2_ft", "home"), "suspended")
    })
  )

  it.effect("is never concluded from a field that is missing", () =>
    Effect.gen(function* () {
      const sound = { id: "29", name: "GG/NG", status: 0, outcomes: [outcome("74", "1.80"), outcome("76", "1.90")] }
      const market = yield* read("sportybet-ng", sportybet([outcome("1", "2.40")], { status: undefined }, [sound]))
      assert.deepStrictEqual([...market.rejected], ["1x2_ft"])
      const one = yield* read("sportybet-ng", sportybet([outcome("1", "2.40", { isActive: undefined })], {}, [sound]))
      assert.strictEqual(price(one, "1x2_ft", "home"), "unreadable")
      const other = yield* read(
        "betpawa-ng",
        betpawa([{ name: "1" }, { name: "X", odds: 3, suspended: "maybe" }, { name: "2", odds: 3 }])
      )
      assert.deepStrictEqual(
        [price(other, "1x2_ft", "home"), price(other, "1x2_ft", "draw")],
        ["unreadable", "unreadable"]
      )
    })
  )
})

describe("a market", () => {
  it.effect("without one of its outcomes (O116) is taken as it is", () =>
    Effect.gen(function* () {
      const { board } = yield* read("bet9ja-ng", bet9ja({ S_1X2_1: "2", S_1X2_2: "3" }))
      assert.deepStrictEqual(board.shape.slots[0]?.layout.outcomes, ["home", "away"])
    })
  )

  it.effect("with an outcome nobody knows (O117) counts it as unmapped, by name", () =>
    Effect.gen(function* () {
      const one = yield* read(
        "betpawa-ng",
        betpawa([
          { name: "1", odds: 2 },
          { name: "Y", odds: 9 }
        ])
      )
      assert.deepStrictEqual(one.unmapped, [{ nativeId: "3743/Y", name: "1X2 - FT: Y", outcomeCount: 1 }])
      const two = yield* read("sportybet-ng", sportybet([outcome("1", "2.00"), outcome("4711", "9.00")]))
      assert.deepStrictEqual(
        two.unmapped.map(({ nativeId }) => nativeId),
        ["1/4711"]
      )
      const three = yield* read("bet9ja-ng", bet9ja({ S_1X2_1: "2", S_1X2_Y: "9", S_NEW_1: "2", S_NEW_2: "3" }))
      assert.deepStrictEqual(
        three.unmapped.map(({ nativeId, outcomeCount }) => [nativeId, outcomeCount]),
        [
          ["S_1X2/Y", 1],
          ["S_NEW", 2]
        ]
      )
    })
  )

  it.effect("with one outcome at two prices (O118) has that one unreadable, because nobody can say which counts", () =>
    Effect.gen(function* () {
      const taken = yield* read(
        "betpawa-ng",
        betpawa([
          { name: "1", odds: 2 },
          { name: "1", odds: 2.1 },
          { name: "X", odds: 3 }
        ])
      )
      assert.deepStrictEqual([price(taken, "1x2_ft", "home"), price(taken, "1x2_ft", "draw")], ["unreadable", 3])
    })
  )

  it.effect("under a new id (O127) is unmapped, not guessed by its name", () =>
    Effect.gen(function* () {
      const taken = yield* read(
        "betpawa-ng",
        betpawa(
          [{ name: "1", odds: 2 }],
          [{ marketType: { id: "999", name: "1X2 - FT" }, row: [{ prices: [{ name: "1", odds: 2 }] }] }]
        )
      )
      assert.deepStrictEqual(taken.unmapped, [{ nativeId: "999", name: "1X2 - FT", outcomeCount: 1 }])
    })
  )

  it.effect("with a line that is none (O128) keeps the snapshot from withdrawing anything", () =>
    Effect.gen(function* () {
      const total = (handicap: unknown) =>
        betpawa(
          [{ name: "1", odds: 2 }],
          [
            ...["4693", "3795", "4703", "4833"].map((id) => ({
              marketType: { id, name: "Sound" },
              row: [{ prices: ["1X", "Yes", "1", "Odd"].map((name) => ({ name, odds: 2 })) }]
            })),
            { marketType: { id: "5000", name: "Total" }, row: [{ handicap, prices: [{ name: "Over", odds: 2 }] }] }
          ]
        )
      for (const handicap of [null, 1e9, "10", 2.3])
        assert.isTrue((yield* read("betpawa-ng", total(handicap))).unkeyedReject)
      const totals = (specifier: string | undefined) =>
        sportybet([outcome("1", "2.00")], {}, [
          ...["10", "29", "11", "26"].map((id) => ({
            id,
            name: "Sound",
            status: 0,
            outcomes: ["9", "74", "4", "70"].map((token) => outcome(token, "2.00"))
          })),
          { id: "18", name: "Total", status: 0, specifier, outcomes: [outcome("12", "2.00")] }
        ])
      for (const specifier of [undefined, "total=", "total=1e9", "total=2,5", "goals=2"]) {
        assert.isTrue((yield* read("sportybet-ng", totals(specifier))).unkeyedReject)
      }
      const SOUND = { S_1X2_1: "2", S_DC_1X: "2", S_GGNG_Y: "2", S_DNB_1: "2", S_OE_OD: "2" }
      for (const key of ["S_OU_O", "S_OU@_O", "S_OU@1000000000_O", "S_OU@x_O"]) {
        assert.isTrue((yield* read("bet9ja-ng", bet9ja({ ...SOUND, [key]: "2" }))).unkeyedReject)
      }
    })
  )

  it.effect("with a line of nought has a line", () =>
    Effect.gen(function* () {
      const one = yield* read(
        "betpawa-ng",
        betpawa(
          [],
          [
            {
              marketType: { id: "3774", name: "AH" },
              row: [{ specifier: { hcp: "0" }, prices: [{ name: "1", odds: 2 }] }]
            }
          ]
        )
      )
      assert.strictEqual(price(one, "asian_handicap_ft@0", "home"), 2)
      const two = yield* read(
        "sportybet-ng",
        sportybet([], { id: "16", specifier: "hcp=0", outcomes: [outcome("1714", "2.00")] })
      )
      assert.strictEqual(price(two, "asian_handicap_ft@0", "home"), 2)
      const three = yield* read("bet9ja-ng", bet9ja({ "S_AH@0_1": "2" }))
      assert.strictEqual(price(three, "asian_handicap_ft@0", "home"), 2)
    })
  )

  it.effect("of a European handicap has its line from the home side, however it is written", () =>
    Effect.gen(function* () {
      const taken = yield* read(
        "sportybet-ng",
        sportybet([], { id: "14", specifier: "hcp=0:1", outcomes: [outcome("1711", "4.00")] })
      )
      assert.strictEqual(price(taken, "handicap_3way_ft@-1", "home"), 4)
    })
  )
})

describe("names", () => {
  it.effect("lose what must not be shown or stored, and keep the rest (J90–J93)", () =>
    Effect.gen(function* () {
      const event = {
        ...betpawa([{ name: "1", odds: 2 }]),
        name: null,
        participants: [
          { name: "Mu\u0308n\u0000chen\u202E", position: 1 },
          { name: `\ud800${"x".repeat(500)}`, position: 2 }
        ]
      }
      const { listed } = yield* read("betpawa-ng", event)
      assert.strictEqual(listed.home, "Mün chen")
      assert.strictEqual(listed.away.length, 120)
      assert.isTrue(listed.away.isWellFormed())
    })
  )
})

describe("an event", () => {
  const BROKEN: readonly (readonly [what: string, bookmaker: string, event: unknown, path: RegExp])[] = [
    ["a null body", "betpawa-ng", null, /\$ /],
    ["a list for an object", "sportybet-ng", [], /\$ /],
    ["an error envelope", "sportybet-ng", { bizCode: 11000, message: "busy" }, /bizCode.*11000/],
    ["a renamed field", "betpawa-ng", { ...betpawa([]), startTime: undefined, start: "x" }, /\$\.startTime/],
    [
      "no markets",
      "sportybet-ng",
      { bizCode: 10000, data: { ...sportybet([]).data, markets: undefined } },
      /data\.markets/
    ],
    ["no odds", "bet9ja-ng", { R: "OK", D: { ...bet9ja({}).D, O: undefined } }, /\$\.D\.O/],
    [
      "seconds for milliseconds",
      "sportybet-ng",
      { bizCode: 10000, data: { ...sportybet([]).data, estimateStartTime: 1_778_065_200 } },
      /estimateStartTime/
    ],
    [
      "a day that does not exist",
      "bet9ja-ng",
      { R: "OK", D: { ...bet9ja({}).D, STARTDATE: "2027-02-29 10:00:00" } },
      /STARTDATE/
    ],
    ["a time without a zone", "betpawa-ng", { ...betpawa([]), startTime: "2026-03-29T02:30:00" }, /startTime/],
    ["no Sportradar id", "betpawa-ng", { ...betpawa([]), widgets: null }, /none came where 77 was asked for/],
    [
      "an id too large to be exact",
      "bet9ja-ng",
      { R: "OK", D: { ...bet9ja({}).D, EXTID: 2 ** 53 } },
      /none came where 77/
    ]
  ]
  for (const [what, bookmaker, event, path] of BROKEN) {
    it.effect(`with ${what} is Unreadable at ${bookmaker}, naming where`, () =>
      Effect.gen(function* () {
        const adapters = yield* adaptersOver(() => JSON.stringify(event))
        const [adapter] = adapters.filter((one) => one.bookmaker.id === bookmaker)
        const error = yield* Effect.flip(
          adapter?.fetch({ bookmakerEventId: "1", eventId: EventId("77") }, openGate, undefined) ?? Effect.die("none")
        )
        assert.strictEqual(error._tag, "Unreadable")
        assert.match(error.message, path)
      })
    )
  }

  it.effect("is gone where the bookmaker says so in its own way", () =>
    Effect.gen(function* () {
      const bodies: readonly (readonly [string, unknown])[] = [
        ["sportybet-ng", { bizCode: 19000, message: "Invalid" }],
        ["bet9ja-ng", { R: "E" }],
        ["bet9ja-ng", { R: "OK", D: false }]
      ]
      for (const [bookmaker, body] of bodies) {
        const adapters = yield* adaptersOver(() => JSON.stringify(body))
        const [adapter] = adapters.filter((one) => one.bookmaker.id === bookmaker)
        const error = yield* Effect.flip(
          adapter?.fetch({ bookmakerEventId: "1", eventId: EventId("77") }, openGate, undefined) ?? Effect.die("none")
        )
        assert.strictEqual(error._tag, "Gone")
      }
    })
  )
})
