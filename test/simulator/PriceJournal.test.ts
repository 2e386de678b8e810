import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { PriceJournal } from "../../src/simulator/PriceJournal.ts"
import { World } from "../../src/simulator/world/World.ts"
import { detailPaths, MatchesView, MINUTE, NOON, running } from "./support/running.ts"

const world = new World(1, 20)
const match = world.listed("betpawa", NOON).at(-1)

/** Serves one match every ten minutes. */
const filled = (servings: number, bound?: number): PriceJournal => {
  const journal = new PriceJournal(undefined, bound)
  for (let at = 0; at < servings; at++) {
    if (match !== undefined)
      journal.served(
        "betpawa",
        "1",
        match,
        world.offer("betpawa", match, NOON + at * 10 * MINUTE),
        false,
        NOON + at * 10 * MINUTE,
        at
      )
  }
  return journal
}
const boards = (journal: PriceJournal): readonly object[] => [
  ...journal.read("betpawa", match?.sportradarId ?? "", false)
]

describe("PriceJournal", () => {
  it("forgets the oldest servings beyond its bound and still reads whole boards", () => {
    const all = boards(filled(40)),
      kept = boards(filled(40, 150))
    assert.strictEqual(all.length, 40)
    assert.isAbove(kept.length, 1)
    assert.isBelow(kept.length, 40)
    assert.deepStrictEqual(kept, all.slice(-kept.length))
  })

  it("tells a serving in a list apart: of the markets it shows, and counted as no detail", () => {
    const journal = new PriceJournal(undefined)
    const wanted = new Set(["3743"])
    const serve = (at: number, ...of: readonly ReadonlySet<string>[]) =>
      match !== undefined &&
      journal.served("betpawa", "1", match, world.offer("betpawa", match, at), false, at, 1, ...of)
    serve(NOON, wanted)
    assert.deepStrictEqual(journal.summary(), [])
    serve(NOON)
    serve(NOON + 600 * MINUTE, wanted)
    const Board = Schema.Struct({
      part: Schema.Boolean,
      prices: Schema.Array(Schema.Struct({ native: Schema.Struct({ market: Schema.String }) }))
    })
    const told = Array.from(journal.read("betpawa", match?.sportradarId ?? "", true), (board) => {
      const { part, prices } = Schema.decodeUnknownSync(Board)(board)
      return [part, [...new Set(prices.map(({ native }) => native.market))]] as const
    })
    assert.deepStrictEqual(
      told.map(([part]) => part),
      [true, false, true]
    )
    assert.deepStrictEqual([told[0]?.[1], told[2]?.[1]], [["3743"], ["3743"]])
    assert.deepStrictEqual(
      journal.summary().map((each) => "servings" in each && each.servings),
      [1]
    )
  })

  it("marks a serving whose connection broke off", () => {
    const journal = new PriceJournal(undefined)
    if (match !== undefined)
      journal.served("betpawa", "1", match, world.offer("betpawa", match, NOON), false, NOON, 1)()
    assert.deepStrictEqual(
      boards(journal).map((board) => "whole" in board && board.whole),
      [false]
    )
  })

  it.effect("writes to its file what was served, definitions first", () =>
    Effect.gen(function* () {
      const folder = mkdtempSync(join(tmpdir(), "simulator-"))
      yield* Effect.addFinalizer(() => Effect.sync(() => rmSync(folder, { recursive: true })))
      const path = join(folder, "prices.jsonl")
      const id = yield* Effect.scoped(
        Effect.gen(function* () {
          const { read, ask } = yield* running({ journal: path })
          const { ids, sportradarId } = (yield* read(MatchesView, "/_sim/events")).findLast(
            ({ ids }) => ids.bet9ja !== undefined
          ) ?? { ids: {}, sportradarId: "" }
          yield* ask(detailPaths(ids)[2]?.[1] ?? "")
          return sportradarId
        })
      )
      const lines = readFileSync(path, "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line))
      const Line = Schema.Struct({ event: Schema.String, changed: Schema.Array(Schema.Unknown) })
      assert.deepStrictEqual(
        lines.slice(0, 3).map(({ bookmaker }) => bookmaker),
        ["betpawa", "sportybet", "bet9ja"]
      )
      const [served] = lines.slice(3).map((line) => Schema.decodeUnknownSync(Line)(line))
      assert.strictEqual(served?.event, id)
      assert.isAbove(served?.changed.length ?? 0, 100)
    })
  )
})
