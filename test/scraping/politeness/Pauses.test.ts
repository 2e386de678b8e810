import { NodeFileSystem } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { TestClock } from "effect/testing"
import { Throttled } from "../../../src/bookmakers/FetchError.ts"
import { NO_PAUSE, Pauses } from "../../../src/scraping/politeness/Pauses.ts"
import { START, alpha, beta, eventAt, house, HOUR, play } from "../house.ts"

const MINUTE = 60_000

describe("a pause that a bookmaker asked for", () => {
  it.effect("is kept over a restart, never shortened, and in whole seconds", () =>
    Effect.gen(function* () {
      const folder = yield* (yield* FileSystem.FileSystem).makeTempDirectoryScoped()
      const process = <A, E>(use: (pauses: Pauses["Service"]) => Effect.Effect<A, E>) =>
        Effect.provide(Pauses.use(use), Pauses.layer(folder), { local: true })
      yield* process((pauses) => pauses.keep(alpha, { throttledUntil: 5_001 }))
      yield* process((pauses) => pauses.keep(alpha, { throttledUntil: 2_000, refusedUntil: 9_000 }))
      const [kept, other] = yield* process((pauses) => Effect.succeed([pauses.of(alpha), pauses.of(beta)]))
      assert.deepStrictEqual(kept, { throttledUntil: 6_000, refusedUntil: 9_000 })
      assert.deepStrictEqual(other, NO_PAUSE)
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )

  it.effect("is none where its file cannot be read", () =>
    Effect.gen(function* () {
      const files = yield* FileSystem.FileSystem
      const folder = yield* files.makeTempDirectoryScoped()
      yield* files.writeFileString(`${folder}/pauses.json`, "{")
      const pause = yield* Effect.provide(
        Pauses.use((pauses) => Effect.succeed(pauses.of(alpha))),
        Pauses.layer(folder)
      )
      assert.deepStrictEqual(pause, NO_PAUSE)
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )

  it.effect("is kept when it is asked for and obeyed by the next process", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play([eventAt(1_001, START + 5 * HOUR)])
      played.answer = ({ bookmakerId, endpoint, at }) =>
        bookmakerId === alpha
          ? new Throttled({ bookmakerId, endpoint, status: 429, until: at + 10 * MINUTE, message: "429" })
          : undefined
      yield* Effect.provide(TestClock.adjust("1 minute"), house(played, "SCHEDULED"))
      const until = played.pauses.get(alpha)?.throttledUntil ?? 0
      assert.isAtLeast(until, START + 10 * MINUTE)
      assert.isFalse(played.pauses.has(beta))

      const before = played.requests.length
      played.answer = () => undefined
      yield* Effect.provide(TestClock.adjust("20 minutes"), house(played, "SCHEDULED"))
      const again = played.requests.slice(before).filter(({ bookmakerId }) => bookmakerId === alpha)
      assert.isAbove(again.length, 0)
      assert.deepStrictEqual(
        again.filter(({ at }) => at < until),
        []
      )
    })
  )

  it.effect("is obeyed for a refusal also when the bookmaker was switched off meanwhile", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play([eventAt(1_001, START + 5 * HOUR)])
      played.published.set(alpha, { state: "STALE", since: START, reason: { code: "DISABLED", text: "switched off" } })
      played.pauses.set(alpha, { throttledUntil: 0, refusedUntil: START + 4 * MINUTE })
      yield* Effect.provide(TestClock.adjust("10 minutes"), house(played, "SCHEDULED"))
      const asked = played.requests.filter(({ bookmakerId }) => bookmakerId === alpha)
      assert.isAtLeast(asked[0]?.at ?? 0, START + 4 * MINUTE)
    })
  )

  it.effect("is not believed beyond the longest there is, should the clock have been set back", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play([eventAt(1_001, START + 24 * HOUR)])
      played.pauses.set(alpha, { throttledUntil: START + 20 * HOUR, refusedUntil: START + 20 * HOUR })
      yield* Effect.provide(TestClock.adjust("40 minutes"), house(played, "SCHEDULED"))
      assert.isTrue(played.requests.some(({ bookmakerId }) => bookmakerId === alpha))
    })
  )
})
