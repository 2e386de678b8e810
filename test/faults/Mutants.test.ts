import { assert, describe, it } from "vitest"
import { mutants } from "../../scripts/faults/mutants.ts"
import { settled, verdictOf } from "../../scripts/faults/mutants/Verdict.ts"
import type { Verdict } from "../../scripts/faults/mutants/Mutant.ts"
import { keepsItsPromise } from "../support/faults.ts"

describe("tests over broken safety code", () => keepsItsPromise(mutants))

describe("a test that ran out of its time", () => {
  const failing = (...failureMessages: readonly string[]) => ({
    testResults: [
      { message: "", status: "failed", assertionResults: [{ fullName: "a test", status: "failed", failureMessages }] }
    ]
  })
  const survived: Verdict = { fate: "survived", ran: 1, failed: [], seconds: 1 }
  const hung: Verdict = { fate: "hung", ran: 1, failed: ["a test"], seconds: 90 }

  it("hangs, and one that says what is wrong is a kill", () => {
    assert.strictEqual(verdictOf(failing("TestTimeoutError: Test timed out in 90000ms.\n    at x")).fate, "hung")
    assert.strictEqual(verdictOf(failing("AssertionError: expected 1 to equal 2")).fate, "killed")
  })

  it("has noticed only if the sound tree ends in time right after it", async () => {
    assert.deepStrictEqual(await settled(hung, () => Promise.resolve(survived)), hung)
    assert.strictEqual((await settled(hung, () => Promise.resolve(hung))).fate, "unrunnable")
  })

  it("is all that asks for another run", async () => {
    const unasked = () => Promise.reject(new Error("nobody has to look again"))
    const killed: Verdict = { ...hung, fate: "killed" }
    assert.deepStrictEqual(await settled(killed, unasked), killed)
    assert.deepStrictEqual(await settled(survived, unasked), survived)
  })
})
