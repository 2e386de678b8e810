import { assert, describe, it } from "@effect/vitest"
import { makeAnswers } from "../../src/graphql/Answers.ts"

describe("answers kept", () => {
  it("are given again, to the byte, while nothing has changed", () => {
    const answers = makeAnswers(() => "1")
    answers.begin("events")('{"data":{"events":"é"}}')
    assert.strictEqual(answers.find("events")?.toString(), '{"data":{"events":"é"}}')
    assert.strictEqual(answers.find("coverage"), undefined)
  })

  it("are forgotten as soon as something has changed", () => {
    let version = "1"
    const answers = makeAnswers(() => version)
    answers.begin("events")("old")
    version = "2"
    assert.strictEqual(answers.find("events"), undefined)
  })

  it("are not kept when something changed while they were made", () => {
    let version = "1"
    const answers = makeAnswers(() => version)
    const keep = answers.begin("events")
    version = "2"
    keep("read before the change")
    assert.strictEqual(answers.find("events"), undefined)
  })

  it("take no more than 32 MB, whatever is asked", () => {
    const answers = makeAnswers(() => "1")
    const large = "x".repeat(1_000_000)
    for (let i = 0; i < 40; i++) answers.begin(`${i}`)(large)
    assert.strictEqual([...Array(40).keys()].filter((i) => answers.find(`${i}`) !== undefined).length, 32)
  })
})
