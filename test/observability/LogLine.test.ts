import { assert, describe, it } from "@effect/vitest"
import { Effect, Logger } from "effect"
import { TestClock } from "effect/testing"
import { humanLine } from "../../src/observability/LogLine.ts"

/** What the logger writes while the effect runs. */
const linesOf = Effect.fnUntraced(function* (logging: Effect.Effect<void>) {
  const lines: string[] = []
  yield* Effect.provide(logging, Logger.layer([Logger.map(humanLine, (line) => lines.push(line))]))
  return lines
})

describe("a log line for people", () => {
  it.effect("is one line with time, level, sentence and values", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.UTC(2026, 10, 20, 20, 4, 5, 6))
      const lines = yield* linesOf(
        Effect.annotateLogs(Effect.logWarning("Actor crashed"), {
          actor: "books",
          lastError: "out of paper",
          restarts: 2
        })
      )
      assert.deepStrictEqual(lines, [
        `20:04:05.006 WARN  Actor crashed actor=books lastError="out of paper" restarts=2`
      ])
    })
  )

  it.effect("lets no control character through, from whatever name it came", () =>
    Effect.gen(function* () {
      const hostile = "Arsenal\u001b[2J\r\nERROR all is lost\u009b31m"
      const lines = yield* linesOf(Effect.annotateLogs(Effect.logInfo(hostile), { home: hostile }))
      assert.strictEqual(lines.length, 1)
      assert.notMatch(lines[0] ?? "", /\p{Cc}/u)
    })
  )
})
