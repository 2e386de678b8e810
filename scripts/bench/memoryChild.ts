/**
 * The process that `memory` and `warmup` look at: fills a folder with a board, or starts on what lies there.
 *
 * `fill <folder>` prints RSS before the first price and after three cycles of moves, `open <folder>` the time to a
 * whole board. Run with --expose-gc, because what waits to be collected is no memory of ours, nor are the empty pages
 * that V8 keeps for its next garbage: only this flavour of a collection gives them back, as V8's own does in a quiet time.
 */
import { argv } from "node:process"
import { setTimeout as pause } from "node:timers/promises"
import { Effect, Layer } from "effect"
import { PublishedBoard } from "../../src/odds/PublishedBoard.ts"
import { booksIn, observeCycle } from "./books.ts"
import { basePayloads } from "./basePayloads.ts"

const [, , verb = "", folder = ""] = argv
const CYCLES = 3

const collected = Effect.promise(async () => {
  for (let i = 0; i < 4; i++) {
    globalThis.gc?.({ type: "major", execution: "sync", flavor: "last-resort" })
    await pause(50)
  }
  return process.memoryUsage()
})

const fill = Effect.gen(function* () {
  const board = yield* PublishedBoard
  const bases = yield* Effect.promise(basePayloads)
  const empty = yield* collected
  for (let cycle = 0; cycle <= CYCLES; cycle++) yield* observeCycle(bases, cycle)
  const busy = process.memoryUsage()
  const warm = yield* collected
  return { ...board.size(), empty, busy, warm }
})

const open = Effect.gen(function* () {
  const began = performance.now()
  const rooms = yield* Layer.build(booksIn(folder))
  return yield* Effect.provideContext(
    Effect.map(PublishedBoard, (board) => ({ ms: performance.now() - began, ...board.size() })),
    rooms
  )
})

const found =
  verb === "fill"
    ? await Effect.runPromise(Effect.provide(fill, booksIn(folder)))
    : await Effect.runPromise(Effect.scoped(open))
console.log(JSON.stringify(found))
process.exit()
