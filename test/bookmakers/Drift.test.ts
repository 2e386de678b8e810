import { assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import type { FetchError } from "../../src/bookmakers/FetchError.ts"
import { EventId } from "../../src/domain/Event.ts"
import { isMangled } from "../../src/domain/Snapshot.ts"
import type { Snapshot } from "../../src/domain/Snapshot.ts"
import { noPauses } from "../scraping/house.ts"
import { makeGate } from "../../src/scraping/politeness/Gate.ts"
import { adaptersOver, oddsOf, openGate } from "../support/adapters.ts"
import { detailPaths, everywhere, MatchesView, running } from "../simulator/support/running.ts"
import { hasRecordings, LIVE, PREMATCH, recording } from "../support/recordings.ts"

/** What a bookmaker's real adapter makes of a payload. */
const read = (
  bookmaker: string,
  payload: string,
  eventId: string
): Effect.Effect<Result.Result<Snapshot, FetchError>> =>
  adaptersOver(() => payload).pipe(
    Effect.map((adapters) => adapters.filter((adapter) => adapter.bookmaker.id === bookmaker)),
    Effect.flatMap(
      ([adapter]) =>
        adapter?.fetch({ bookmakerEventId: "1", eventId: EventId(eventId) }, openGate, undefined) ??
        Effect.die("no adapter")
    ),
    Effect.result
  )

const CASES = [
  { bookmaker: "betpawa-ng", file: PREMATCH.betpawa, eventId: "68995116" },
  { bookmaker: "betpawa-ng", file: PREMATCH.betpawaVersion4, eventId: "67691078" },
  { bookmaker: "sportybet-ng", file: PREMATCH.sportybet, eventId: "68995116" },
  { bookmaker: "bet9ja-ng", file: PREMATCH.bet9ja, eventId: "68995116" },
  { bookmaker: "betpawa-ng", file: LIVE.betpawa, eventId: "67645534" }
]

/**
 * What the law forbids of a payload whose fields are called something else: an outcome that would be withdrawn, one
 * that is open at another price or though it was suspended, one that nobody offered; and a reader that lost most of
 * the payload without a word to the breaker. A failed item breaks nothing.
 */
const broken = (sound: Snapshot, drifted: Result.Result<Snapshot, FetchError>): readonly string[] => {
  if (Result.isFailure(drifted)) return drifted.failure._tag === "Unreadable" ? [] : [drifted.failure._tag]
  const { board, rejected, unkeyedReject } = drifted.success
  const [before, after] = [oddsOf(sound.board), oddsOf(board)]
  const unread = new Set<string>(rejected)
  const lost = [...before].flatMap(([market, outcomes]) =>
    unread.has(market) || unkeyedReject
      ? []
      : [...outcomes.keys()]
          .filter((outcome) => after.get(market)?.has(outcome) !== true)
          .map((one) => `${market} ${one} is lost`)
  )
  const wrong = [...after]
    .filter(([market]) => !unread.has(market))
    .flatMap(([market, outcomes]) =>
      [...outcomes]
        .filter(([outcome, price]) => price !== "unreadable" && price !== before.get(market)?.get(outcome))
        .map(([outcome, price]) => `${market} ${outcome} is ${price}`)
    )
  const same = [...before].flatMap(([market, outcomes]) =>
    unread.has(market) ? [] : [...outcomes].filter(([outcome, price]) => after.get(market)?.get(outcome) === price)
  )
  const unheard = same.length * 2 < sound.board.states.length && !isMangled(drifted.success)
  return [...lost, ...wrong, ...(unheard ? [`only ${same.length} outcomes were read, and nobody is told`] : [])]
}

/** The faults of every renaming there is of a payload. */
const faultsOf = Effect.fnUntraced(function* (bookmaker: string, text: string, eventId: string) {
  const sound = Result.getOrThrow(yield* read(bookmaker, text, eventId))
  const payloads = renamings(JSON.parse(text))
  assert.isAbove(payloads.length, 20)
  return yield* Effect.forEach(payloads, ([what, payload]) =>
    Effect.map(read(bookmaker, JSON.stringify(payload), eventId), (drifted) =>
      broken(sound, drifted)
        .slice(0, 3)
        .map((one) => `${what}: ${one}`)
    )
  ).pipe(Effect.map((faults) => faults.flat()))
})

describe("a payload of the simulator whose fields are called something else", () => {
  it.effect("confirms and withdraws nothing that was not read, whichever field it is", () =>
    Effect.gen(function* () {
      const site = yield* running({ events: 40 })
      const matches = yield* site.read(MatchesView, "/_sim/events")
      const match = matches.find(({ ids }) => everywhere(ids)) ?? assert.fail("no match is listed everywhere")
      for (const [name, path] of detailPaths(match.ids)) {
        const { text } = yield* site.ask(path)
        const sound = Result.getOrThrow(yield* read(`${name}-ng`, text, match.sportradarId))
        assert.deepStrictEqual([sound.rejected.size, sound.unkeyedReject], [0, false])
        assert.isAbove(sound.board.shape.slots.length, 50)
        assert.deepStrictEqual(yield* faultsOf(`${name}-ng`, text, match.sportradarId), [])
      }
    })
  )
})

describe("a renamed field that the simulator makes on command", () => {
  it.effect("fails the item at every bookmaker and opens its breaker at the third", () =>
    Effect.gen(function* () {
      const site = yield* running({ events: 40 })
      const matches = yield* site.read(MatchesView, "/_sim/events")
      const match = matches.find(({ ids }) => everywhere(ids)) ?? assert.fail("no match is listed everywhere")
      yield* site.post("/_sim/faults", { kind: "renamedField" })
      const target = { bookmakerEventId: "1", eventId: EventId(match.sportradarId) }
      for (const [name, path] of detailPaths(match.ids)) {
        const { text } = yield* site.ask(path)
        const adapters = yield* adaptersOver(() => text)
        const adapter = adapters.find(({ bookmaker }) => bookmaker.id === `${name}-ng`) ?? assert.fail(name)
        const gate = yield* makeGate({
          bookmaker: adapter.bookmaker,
          pace: () => ({ concurrency: 1, delayMs: 0 }),
          standing: { state: "CONFIRMED", since: 0 },
          afterRefusal: { firstMs: 300_000, longestMs: 1_800_000 },
          pauses: noPauses,
          closing: () => false,
          turned: Effect.void
        })
        const fetch = Effect.suspend(() => Effect.flip(adapter.fetch(target, gate.open(undefined), undefined)))
        const errors = yield* Effect.all([fetch, fetch, fetch, fetch])
        assert.deepStrictEqual(
          errors.map(({ _tag }) => _tag),
          ["Unreadable", "Unreadable", "Unreadable", "Held"]
        )
      }
    })
  )
})

describe.skipIf(!hasRecordings)("a recorded payload whose fields are called something else", () => {
  for (const { bookmaker, file, eventId } of CASES) {
    it.effect(`(${file}) confirms and withdraws nothing that was not read, whichever field it is`, () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* faultsOf(bookmaker, recording(file), eventId), [])
      })
    )
  }

  it.effect("(SportyBet's ban on a market) leaves no price of it open", () =>
    Effect.gen(function* () {
      const text = recording(PREMATCH.sportybet).replaceAll(/"banned":\s*false/g, '"bannedValue":true')
      const taken = yield* read("sportybet-ng", text, "68995116")
      assert.deepStrictEqual(Result.isSuccess(taken) ? [...oddsOf(taken.success.board)] : [], [])
    })
  )

  const GRAMMARS: readonly (readonly [what: string, change: (key: string) => string])[] = [
    ["another separator", (key) => key.replaceAll("_", "-")],
    ["a doubled separator", (key) => key.replaceAll("_", "__")],
    ["another separator before the outcome", (key) => key.replace(/_([^_]*)$/, ".$1")],
    ["no separator before the outcome", (key) => key.replace(/_([^_]*)$/, "$1")],
    ["another sign before the line", (key) => key.replace("@", "#")],
    ["a separator before the line", (key) => key.replace("@", "_")],
    ["another prefix", (key) => key.replace(/^S_/, "P_")],
    ["small letters", (key) => key.toLowerCase()],
    ["other outcomes", (key) => `${key}Value`],
    ["no outcomes", (key) => key.replace(/_([^_]*)$/, "")]
  ]
  for (const [what, change] of GRAMMARS) {
    it.effect(`(Bet9ja's keys with ${what}) confirms and withdraws nothing that was not read`, () =>
      Effect.gen(function* () {
        const text = recording(PREMATCH.bet9ja)
        const sound = Result.getOrThrow(yield* read("bet9ja-ng", text, "68995116"))
        const payload: { D: { O: object } } = JSON.parse(text)
        const odds = Object.fromEntries(Object.entries(payload.D.O).map(([key, price]) => [change(key), price]))
        const drifted = yield* read(
          "bet9ja-ng",
          JSON.stringify({ ...payload, D: { ...payload.D, O: odds } }),
          "68995116"
        )
        assert.deepStrictEqual(broken(sound, drifted).slice(0, 3), [])
      })
    )
  }
})

/** The payload once per field, as a path or wherever its name stands, with that field called something else. */
const renamings = (payload: unknown): readonly (readonly [what: string, payload: unknown])[] => {
  const paths = new Set<string>()
  walk(payload, "$", (path, name) => {
    paths.add(path)
    return name
  })
  const names = new Set([...paths].map((path) => path.slice(path.lastIndexOf(".") + 1)))
  return [
    ...[...paths].map(
      (path) => [path, walk(payload, "$", (at, name) => (at === path ? `${name}Value` : name))] as const
    ),
    ...[...names].map((name) => [name, walk(payload, "$", (_, one) => (one === name ? `${one}Value` : one))] as const)
  ]
}

/** Rebuilds a value with every name as `named` gives it; members of a list share one path. */
const walk = (value: unknown, path: string, named: (path: string, name: string) => string): unknown => {
  if (Array.isArray(value)) return value.map((member) => walk(member, `${path}[]`, named))
  if (typeof value !== "object" || value === null || KEYED_BY_DATA.has(path)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const below = `${path}.${name}`
      return [named(below, name), walk(member, below, named)]
    })
  )
}

/** Their keys are Bet9ja's own grammar and no fields. */
const KEYED_BY_DATA: ReadonlySet<string> = new Set(["$.D.O", "$.D.AUX", "$.D.TRANS"])
