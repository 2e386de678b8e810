import { NodeFileSystem } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { buildSchema, isEnumType, isInputObjectType, isInterfaceType, isObjectType } from "graphql"
import { LIMITS } from "../../src/graphql/admission/Limits.ts"
import { PLAIN_TYPES, resolvers, subscribers } from "../../src/graphql/Resolvers.ts"
import { readInstant } from "../../src/graphql/arguments/Scalars.ts"
import { executable, readSdl } from "../../src/graphql/Schema.ts"
import { ask } from "./http.ts"
import { api } from "./world.ts"

const sdl = await Effect.runPromise(readSdl.pipe(Effect.provide(NodeFileSystem.layer)))
const ALL = { resolvers, subscribers, plainTypes: PLAIN_TYPES }

describe("the SDL", () => {
  it("describes every type, field, argument and value", () => {
    const bare: string[] = []
    const check = (name: string, { description }: { readonly description?: string | null | undefined }): void => {
      if (description === null || description === undefined || description.trim() === "") bare.push(name)
    }
    for (const type of Object.values(buildSchema(sdl).getTypeMap())) {
      if (type.name.startsWith("__")) continue
      check(type.name, type)
      if (isEnumType(type)) for (const value of type.getValues()) check(`${type.name}.${value.name}`, value)
      if (isObjectType(type) || isInterfaceType(type) || isInputObjectType(type)) {
        for (const field of Object.values(type.getFields())) check(`${type.name}.${field.name}`, field)
      }
    }
    assert.deepStrictEqual(bare, [])
  })

  it("says all that a client's fold needs", () => {
    const types = buildSchema(sdl).getTypeMap()
    assert.include(types["Cursor"]?.description, "compare as strings")
    assert.include(types["OddsMessage"]?.description, "Pages count from 0")
    assert.include(types["OddsMessage"]?.description, "page 0 clears")
    // After a gap in the journal a snapshot comes in the middle of a stream.
    assert.include(sdl, "null on the first message and on page 0 of any snapshot")
  })

  it("says what an empty request for a run comes to", () => {
    assert.include(buildSchema(sdl).getTypeMap()["StartScrapeInput"]?.description, "`[]` = nothing")
  })

  it("has no list of nulls", () => {
    const fields = sdl
      .split("\n")
      .filter((line) => /\[\w+\]/.test(line.replace(/"[^"]*"/g, "")) && !line.trim().startsWith('"'))
    assert.deepStrictEqual(fields, [])
  })
})

describe("the start", () => {
  it.effect("joins every field with its resolver", () =>
    Effect.gen(function* () {
      const schema = yield* executable(sdl, ALL)
      assert.isDefined(schema.getQueryType()?.getFields()["events"]?.resolve)
    })
  )

  it.effect("stops naming a field that has no resolver", () =>
    Effect.gen(function* () {
      const fault = yield* Effect.flip(
        executable(
          `${sdl}\nextend type Query { "x" forgotten: Int }\nextend type Subscription { "x" unheard: Int }`,
          ALL
        )
      )
      assert.include(fault.message, "Query.forgotten is in the SDL and has no resolver")
      assert.include(fault.message, "Subscription.unheard")
    })
  )

  it.effect("stops naming a resolver that has no field", () =>
    Effect.gen(function* () {
      const fault = yield* Effect.flip(
        executable(sdl, { ...ALL, resolvers: { ...resolvers, Query: { ...resolvers["Query"], ghost: () => 1 } } })
      )
      assert.include(fault.message, "Query.ghost")
      const lost = yield* Effect.flip(executable(sdl, { ...ALL, plainTypes: [...PLAIN_TYPES, "Nothing"] }))
      assert.include(lost.message, "Nothing")
    })
  )

  it.effect("stops on an SDL that is none", () =>
    Effect.map(Effect.flip(executable("type Query {", ALL)), ({ message }) => assert.include(message, "schema/graphql"))
  )
})

describe("a DateTime", () => {
  it("is read from any instant with an offset", () => {
    assert.strictEqual(readInstant("2026-11-20T20:04:00Z"), Date.UTC(2026, 10, 20, 20, 4))
    assert.strictEqual(readInstant("2026-11-20T21:04:00.125+01:00"), Date.UTC(2026, 10, 20, 20, 4, 0, 125))
  })

  it("is refused without an offset, on days that do not exist, and in other notations", () => {
    for (const text of [
      "2026-11-20T20:04:00",
      "2026-11-20",
      "2026-02-29T00:00:00Z",
      "2026-04-31T00:00:00Z",
      "25/10/2026",
      "2026-11-20T24:00:00Z",
      1_795_000_000_000,
      null,
      ""
    ]) {
      assert.isUndefined(readInstant(text), String(text))
    }
  })
})

describe("introspection", () => {
  it.effect("is open, because the contract is public and people explore it in GraphiQL", () =>
    Effect.gen(function* () {
      const { data } = yield* ask(
        '{ __type(name: "Event") { fields { name description type { name kind ofType { name kind ofType { name } } } args { name defaultValue } } } }'
      )
      assert.include(JSON.stringify(data), "Sportradar")
      const { errors } = yield* ask(
        "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }"
      )
      assert.isAtMost(errors.length, LIMITS.validationErrors)
      assert.isNotEmpty(errors)
    }).pipe(Effect.provide(api()))
  )
})
