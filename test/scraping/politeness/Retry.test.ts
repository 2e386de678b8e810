import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import { Blocked, Gone, Throttled, Unreachable, Unreadable } from "../../../src/bookmakers/FetchError.ts"
import { BookmakerId } from "../../../src/domain/Bookmaker.ts"
import { LONGEST_WAIT_MS, MAX_ATTEMPTS, makeRetryBudget, retryDelay } from "../../../src/scraping/politeness/Retry.ts"

const fields = { bookmakerId: BookmakerId("alpha"), endpoint: "event" as const, message: "" }
const reset = new Unreachable(fields)

describe("the retry budget", () => {
  it("keeps all attempts within one and a half times what was scheduled, rounded up", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 500 }), (wishes) => {
        const budget = makeRetryBudget()
        let attempts = 0
        wishes.forEach((retries, i) => {
          budget.earn()
          attempts++
          for (let n = 0; n < retries; n++) if (budget.spend()) attempts++
          assert.isAtMost(attempts, Math.ceil(1.5 * (i + 1)))
        })
      })
    )
  })

  it("pays for one repetition of the first request, which is a bookmaker's list", () => {
    const budget = makeRetryBudget()
    budget.earn()
    assert.deepStrictEqual([budget.spend(), budget.spend()], [true, false])
  })
})

describe("a retry", () => {
  it("waits half a second, doubling, with jitter on top", () => {
    assert.deepStrictEqual(
      [retryDelay(reset, 1, 0, 0), retryDelay(reset, 2, 0, 0), retryDelay(reset, 1, 0, 0.5)],
      [500, 1_000, 625]
    )
    assert.isUndefined(retryDelay(reset, MAX_ATTEMPTS, 0, 0))
  })

  it("waits for the announced time where that is near, and leaves it to the next run otherwise", () => {
    const until = (at: number) => new Throttled({ ...fields, status: 429, until: at })
    assert.strictEqual(retryDelay(until(5_000), 1, 1_000, 0.9), 4_000)
    assert.isUndefined(retryDelay(until(LONGEST_WAIT_MS + 1_001), 1, 1_000, 0))
  })

  it("is not made of what a repetition cannot mend", () => {
    const faults = [new Blocked(fields), new Gone(fields), new Unreadable({ ...fields, path: "", sample: "" })]
    assert.deepStrictEqual(
      faults.map((error) => retryDelay(error, 1, 0, 0)),
      [undefined, undefined, undefined]
    )
  })
})
