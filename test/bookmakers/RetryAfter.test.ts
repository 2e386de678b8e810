import { assert, describe, it } from "@effect/vitest"
import { retryAt } from "../../src/bookmakers/http/RetryAfter.ts"

const NOW = Date.UTC(2026, 10, 20, 12)
const date = (offsetMs: number) => new Date(NOW + offsetMs).toUTCString()

describe("a date in Retry-After", () => {
  it("is waited for as long as its writer meant, whatever our clock says", () => {
    for (const skew of [0, -600_000, 600_000, 86_400_000]) {
      const until = retryAt({ "retry-after": date(60_000), date: date(0) }, NOW + skew)
      assert.strictEqual(until, NOW + skew + 60_000)
    }
  })

  it("is taken by our own clock where the answer has no date of its own", () => {
    assert.strictEqual(retryAt({ "retry-after": date(60_000) }, NOW), NOW + 60_000)
    assert.strictEqual(retryAt({ "retry-after": date(60_000), date: "today" }, NOW), NOW + 60_000)
  })

  it("in the past is waited for a second, and one far ahead a quarter of an hour", () => {
    assert.strictEqual(retryAt({ "retry-after": date(-60_000), date: date(0) }, NOW), NOW + 1_000)
    assert.strictEqual(retryAt({ "retry-after": date(86_400_000), date: date(0) }, NOW), NOW + 900_000)
  })
})
