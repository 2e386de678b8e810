import { assert, describe, it } from "@effect/vitest"
import { Clock, ConfigProvider, Effect, Exit, Layer } from "effect"
import { TestClock } from "effect/testing"
import { Access } from "../../src/access/Access.ts"
import { settableClock } from "../support/settableClock.ts"

const VIEWER = "v".repeat(20)
const OPERATOR = "o".repeat(20)

const configured = (env: Readonly<Record<string, string>>) =>
  Access.layer.pipe(Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env }))))

const OPEN = configured({})
const GUARDED = configured({
  ACCESS_TOKENS: `viewer:${VIEWER}, operator:${OPERATOR}`,
  ACCESS_ORIGINS: "https://desk.example"
})

describe("without tokens", () => {
  it.effect("everyone on this machine is an operator", () =>
    Effect.gen(function* () {
      const access = yield* Access
      assert.strictEqual(access.authenticate(undefined)?.role, "operator")
      assert.isTrue(access.mayCome("127.0.0.1:4000", undefined))
      assert.isTrue(access.mayCome("localhost:4000", "http://localhost:4000"))
      assert.isTrue(access.mayCome("[::1]:4000", undefined))
    }).pipe(Effect.provide(OPEN))
  )

  it.effect("a page under another name is not let in, also when its name leads here", () =>
    Effect.gen(function* () {
      const access = yield* Access
      for (const origin of [
        "http://evil.example",
        "null",
        "http://localhost:4000.evil.example",
        "http://localhost:4001"
      ]) {
        assert.isFalse(access.mayCome("localhost:4000", origin), origin)
      }
      assert.isFalse(access.mayCome("rebound.example:4000", undefined))
      assert.isFalse(access.mayCome("rebound.example:4000", "http://rebound.example:4000"))
      assert.isFalse(access.mayCome(undefined, undefined))
    }).pipe(Effect.provide(OPEN))
  )

  it.effect("only loopback is listened on, and the refusal says what to set", () =>
    Effect.gen(function* () {
      const access = yield* Access
      yield* Effect.forEach(["127.0.0.1", "localhost", "::1"], access.mayListen)
      for (const host of ["0.0.0.0", "::", "192.168.1.4", "128.0.0.1"]) {
        const refusal = yield* Effect.flip(access.mayListen(host))
        assert.include(refusal.message, host)
        assert.include(refusal.message, "ACCESS_TOKENS")
      }
    }).pipe(Effect.provide(OPEN))
  )
})

describe("with tokens", () => {
  it.effect("a token gives its role, anything else nothing", () =>
    Effect.gen(function* () {
      const access = yield* Access
      assert.strictEqual(access.authenticate(`Bearer ${VIEWER}`)?.role, "viewer")
      assert.strictEqual(access.authenticate(OPERATOR)?.role, "operator")
      for (const credential of [
        undefined,
        "",
        "Bearer",
        `Bearer ${VIEWER}x`,
        VIEWER.slice(1),
        `operator:${OPERATOR}`
      ]) {
        assert.isUndefined(access.authenticate(credential), String(credential))
      }
    }).pipe(Effect.provide(GUARDED))
  )

  it.effect("any address may be listened on, and listed origins may come", () =>
    Effect.gen(function* () {
      const access = yield* Access
      yield* access.mayListen("0.0.0.0")
      assert.isTrue(access.mayCome("odds.example", "https://desk.example"))
      assert.isTrue(access.mayCome("odds.example", "https://odds.example"))
      assert.isFalse(access.mayCome("odds.example", "https://desk.example.evil"))
    }).pipe(Effect.provide(GUARDED))
  )

  it.effect.each([600_000, -600_000])("a host's clock set by %d ms neither refuses nor grants anything", (by) =>
    Effect.gen(function* () {
      const { host, setBy } = yield* settableClock
      yield* Effect.gen(function* () {
        const access = yield* Access
        const granted = () => Array.from({ length: 200 }, () => access.mayAsk("192.0.2.1")).filter(Boolean).length
        assert.strictEqual(granted(), 100)
        yield* setBy(by)
        assert.strictEqual(granted(), 0)
        yield* TestClock.adjust("1 second")
        assert.strictEqual(granted(), 50)
      }).pipe(Effect.provide(GUARDED), Effect.provideService(Clock.Clock, host))
    })
  )

  for (const tokens of ["admin:" + "x".repeat(20), "x".repeat(20), "viewer:s3cret", "viewer:"]) {
    it.effect(`a setting that grants nothing sensible stops the start without showing it: ${tokens.slice(0, 8)}`, () =>
      Effect.gen(function* () {
        const exit = yield* Effect.exit(Effect.scoped(Layer.build(configured({ ACCESS_TOKENS: tokens }))))
        assert.isTrue(Exit.isFailure(exit))
        const text = String(Exit.isFailure(exit) ? exit.cause : "")
        assert.include(text, "ACCESS_TOKENS")
        assert.notInclude(text, tokens.split(":").at(-1) || "nothing to hide")
      })
    )
  }
})
