import { Agent, request } from "node:http"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { makeAnswers } from "../../src/graphql/http/Answers.ts"
import type { Answers } from "../../src/graphql/http/Answers.ts"
import { Server } from "../../src/graphql/Server.ts"
import { ask } from "./http.ts"
import { api, EVENTS } from "./world.ts"

describe("answers kept", () => {
  it("are given again, to the byte, from the second time on, while nothing has changed", () => {
    const answers = makeAnswers(() => "1")
    const text = '{"data":{"events":"é"}}'
    assert.strictEqual(twice(answers, "events", text), text)
    assert.strictEqual(answers.get("events", () => "another")?.toString(), text)
    assert.strictEqual(answers.get("coverage", () => "its own")?.toString(), "its own")
  })

  it("are not kept for a question that comes once", () => {
    const answers = makeAnswers(() => "1")
    answers.get("events", () => "first")
    assert.strictEqual(answers.get("events", () => "made anew")?.toString(), "made anew")
  })

  it("are forgotten as soon as something has changed", () => {
    let version = "1"
    const answers = makeAnswers(() => version)
    twice(answers, "events", "old")
    version = "2"
    assert.strictEqual(twice(answers, "events", "new"), "new")
  })

  it("are none where nothing could be answered", () => {
    const answers = makeAnswers(() => "1")
    assert.isUndefined(answers.get("events", () => undefined))
    assert.isUndefined(answers.get("events", () => undefined))
    assert.strictEqual(answers.get("events", () => "by now")?.toString(), "by now")
  })

  it("take no more than 32 MB, whatever is asked", () => {
    const answers = makeAnswers(() => "1")
    const large = "x".repeat(1_000_000)
    const questions = [...Array(40).keys()].map(String)
    for (const question of questions) twice(answers, question, large)
    assert.strictEqual(
      questions.filter((question) => answers.get(question, () => "")?.length === large.length).length,
      32
    )
  })
})

/** What the second time is answered. */
const twice = (answers: Answers, question: string, text: string): string | undefined => {
  answers.get(question, () => text)
  return answers.get(question, () => text)?.toString()
}

describe("a list asked for again", () => {
  it.effect("is answered on the same connection, which stays open", () =>
    Effect.gen(function* () {
      const { port } = yield* Server
      const agent = new Agent({ keepAlive: true, maxSockets: 1 })
      const ports = yield* Effect.forEach([1, 2, 3, 4], () => localPort(port, agent))
      agent.destroy()
      assert.deepStrictEqual([...new Set(ports)], [ports[0]])
    }).pipe(Effect.provide(api()))
  )

  it.effect("shows that an event has begun", () =>
    Effect.gen(function* () {
      const question = "{ events(first: 1) { nodes { id status } } }"
      const before = yield* ask(question)
      assert.include(before.text, "UPCOMING")
      assert.strictEqual((yield* ask(question)).text, before.text)
      yield* TestClock.setTime(EVENTS[0]?.facts.kickoff ?? 0)
      assert.include((yield* ask(question)).text, "STARTED")
    }).pipe(Effect.provide(api()))
  )

  it.effect("is not answered with what another question got", () =>
    Effect.gen(function* () {
      const document = "query ($first: Int!) { events(first: $first) { nodes { id } } }"
      const one = yield* ask(document, { first: 1 })
      const two = yield* ask(document, { first: 2 })
      assert.notStrictEqual(one.text, two.text)
      assert.strictEqual((yield* ask(document, { first: 1 })).text, one.text)
    }).pipe(Effect.provide(api()))
  )
})

/** Asks for the events and answers the client's own port. */
const localPort = (port: number, agent: Agent) =>
  Effect.callback<number | undefined>((resume) => {
    const body = JSON.stringify({ query: "{ events { nodes { id } } }" })
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) }
    request({ host: "127.0.0.1", port, path: "/graphql", method: "POST", headers, agent }, (response) => {
      const own = response.socket.localPort
      response.resume().on("end", () => resume(Effect.succeed(own)))
    }).end(body)
  })
