import { NodeFileSystem } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Documents } from "../../src/graphql/admission/Documents.ts"
import { readExamples, variablesOf } from "../../src/graphql/http/GraphiQL.ts"
import { formatCursor } from "../../src/graphql/arguments/Cursor.ts"
import { ask } from "./http.ts"
import { api, EPOCH, EVENTS, NOW } from "./world.ts"

const examples = await Effect.runPromise(readExamples.pipe(Effect.provide(NodeFileSystem.layer)))
const known = {
  now: NOW,
  eventId: EVENTS[0]?.facts.id,
  runId: "run-1",
  cursor: formatCursor({ epoch: EPOCH + 1, seq: 1 }, "")
}

describe("the examples of GraphiQL", () => {
  it("are at least fifteen, each a question in words", () => {
    assert.isAtLeast(examples.length, 15)
    for (const { question } of examples) assert.match(question, /^[A-Z].{10,}/)
  })

  for (const example of examples) {
    it.effect(`a viewer may ask: ${example.question}`, () =>
      Effect.gen(function* () {
        const documents = yield* Documents
        const admitted = documents.admit({
          query: example.query,
          operationName: undefined,
          variables: variablesOf(example, known),
          role: "viewer"
        })
        assert.strictEqual(admitted._tag, "Admitted", admitted._tag === "Refused" ? String(admitted.errors) : "")
      }).pipe(Effect.provide(api()))
    )
  }

  for (const example of examples.filter(({ query }) => !query.includes("subscription "))) {
    it.effect(`has an answer to: ${example.question}`, () =>
      Effect.gen(function* () {
        const { data, errors } = yield* ask(example.query, variablesOf(example, known))
        assert.deepStrictEqual(errors, [])
        for (const value of Object.values(data ?? {})) {
          assert.notInclude([null, undefined], value)
          assert.notMatch(JSON.stringify(value), /^\{"(?:totalCount":0|nodes":\[\]|messages":\[\])/)
        }
      }).pipe(Effect.provide(api()))
    )
  }
})
