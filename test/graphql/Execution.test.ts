import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { executeSync, getOperationAST, parse, validate } from "graphql"
import type { GraphQLSchema } from "graphql"
import { Access } from "../../src/access/Access.ts"
import { makeExecution } from "../../src/graphql/execution/Execution.ts"
import type { Execution } from "../../src/graphql/execution/Execution.ts"
import type { GraphQLContext, Resolver } from "../../src/graphql/Runtime.ts"
import { ApiRuntime } from "../../src/graphql/Runtime.ts"
import { ApiSchema, executable } from "../../src/graphql/Schema.ts"
import { api } from "./world.ts"

interface Both {
  /** The text of `data`, each made its own way. */
  readonly ours: string | undefined
  readonly theirs: string
  readonly failed: boolean
}

interface Api {
  readonly schema: GraphQLSchema
  readonly execution: Execution
}

const both = (api: Api, text: string, given: Readonly<Record<string, unknown>>, context: GraphQLContext): Both => {
  const document = parse(text)
  assert.deepStrictEqual(validate(api.schema, document), [])
  const { data, errors } = executeSync({ schema: api.schema, document, contextValue: context, variableValues: given })
  return { ours: planned(api, text, given, context), theirs: JSON.stringify(data), failed: errors !== undefined }
}

const planned = (
  { execution }: Api,
  text: string,
  given: Readonly<Record<string, unknown>>,
  context: GraphQLContext
) => {
  const document = parse(text)
  const operation = getOperationAST(document) ?? assert.fail("one operation")
  const variables = execution.variables({ document, operation }, given)
  return variables && execution.data({ document, operation }, variables, {}, context)
}

const FRAGMENTS = `query Grid($names: Boolean!, $bare: Boolean = false, $first: Int = 2) {
  list: events(first: $first, sort: KICKOFF_ASC) {
    nodes { ...Facts ... on Event @skip(if: $bare) { listings { state id } } comparisons(first: 2) { ...Offers } }
    nodes { kickoff ...Facts }
    cursor
  }
  events(first: 1) { totalCount __typename nodes { __typename id } }
}
fragment Facts on Event { id same: id name @include(if: $names) competition { name ...Country } }
fragment Country on Competition { countryName @skip(if: true) countryCode @include(if: true) }
fragment Offers on MarketComparison {
  market { key outcomes } line
  offers { bookmakerId state since changedAt margin reason { code text } outcomes { outcome price milli previousMilli state } }
  best { outcome price bookmakers ourEdge } skewMs excluded { bookmakerId reason { code } }
}`

const DOCUMENTS: readonly (readonly [what: string, text: string, variables?: Readonly<Record<string, unknown>>])[] = [
  ["aliases, fragments, merged and repeated fields", FRAGMENTS, { names: true }],
  ["the same with its switches the other way round", FRAGMENTS, { names: false, bare: true, first: 3 }],
  ["a switch set to its default by leaving it out", FRAGMENTS, { names: false }],
  [
    "arguments as literals, lists and objects",
    `{ events(filter: { countries: ["br"], text: "sao" }) { nodes { home } } }`
  ],
  [
    "arguments as variables",
    `query ($in: EventFilter) { events(filter: $in) { nodes { away } } }`,
    { in: { text: "gremio" } }
  ],
  ["names outside ASCII", `{ events { nodes { home competition { name } } } }`],
  [
    "catalogue and roster",
    `{ markets { key name period hasLine mappedAt comparable } bookmakers { id name ours enabled state } }`
  ],
  ["coverage", `{ coverage(first: 5) { nodes { bookmakerId missing mapped unmapped event { id status } } } }`],
  [
    "lists within lists, and nothing found",
    `{ events(filter: { text: "nobody" }) { nodes { id } totalCount } competitions { nodes { id } } }`
  ]
]

describe("an operation answered by its plan", () => {
  for (const [what, text, variables = {}] of DOCUMENTS) {
    it.effect(`is what graphql-js answers, to the byte: ${what}`, () =>
      Effect.gen(function* () {
        const { ours, theirs, failed } = both(yield* ApiSchema, text, variables, yield* someContext)
        assert.isFalse(failed, theirs)
        assert.strictEqual(ours, theirs)
      }).pipe(Effect.provide(api()))
    )
  }

  it.effect("is left to graphql-js where an argument is refused", () =>
    Effect.gen(function* () {
      const { ours, failed } = both(yield* ApiSchema, "{ events(first: -1) { totalCount } }", {}, yield* someContext)
      assert.isTrue(failed)
      assert.isUndefined(ours)
    }).pipe(Effect.provide(api()))
  )

  it.effect("is left to graphql-js where it asks about the schema", () =>
    Effect.gen(function* () {
      const text = "{ __schema { queryType { name } } }"
      assert.isUndefined(both(yield* ApiSchema, text, {}, yield* someContext).ours)
    }).pipe(Effect.provide(api()))
  )

  for (const [what, value] of [
    ["a field fails", () => assert.fail("no")],
    ["a field has to wait", () => Promise.resolve("late")],
    ["a null stands where none may", () => null],
    ["a value does not fit its type", () => ({ odd: true })]
  ] as const) {
    it.effect(`is left to graphql-js where ${what}`, () =>
      Effect.gen(function* () {
        assert.isUndefined(planned(yield* tiny({ strict: value }), "{ item { strict } }", {}, yield* someContext))
      }).pipe(Effect.provide(api()))
    )
  }

  it.effect("writes every kind of value as JSON does", () =>
    Effect.gen(function* () {
      const values = {
        id: () => 7,
        text: () => 'a "quoted" \\ line\n, \u0000 \ud800 é \u2028 and 🎾',
        whole: () => -2147483648,
        half: () => 1e21,
        yes: () => false,
        list: () => [["a", null], null, []],
        nothing: () => undefined,
        strict: () => "x".repeat(100)
      }
      const text = "{ item { id text whole half yes list nothing strict } items { id } none { id } }"
      const { ours, theirs } = both(yield* tiny(values), text, {}, yield* someContext)
      assert.strictEqual(ours, theirs)
    }).pipe(Effect.provide(api()))
  )
})

const someContext = Effect.gen(function* () {
  const caller = (yield* Access).authenticate(undefined) ?? assert.fail("a caller on this machine")
  return (yield* ApiRuntime).contextFor(caller, "test", undefined)
})

/** A schema of one type, with these resolvers. */
const tiny = Effect.fnUntraced(function* (fields: Readonly<Record<string, Resolver>>) {
  const sdl = `type Query { item: Item items: [Item!]! none: Item }
    type Item { id: ID text: String whole: Int half: Float yes: Boolean list: [[String]] nothing: String strict: String! }`
  const plain: Resolver = () => null
  const names = ["id", "text", "whole", "half", "yes", "list", "nothing", "strict"]
  const resolvers = {
    Query: { item: () => ({}), items: () => [{}, {}], none: () => undefined },
    Item: Object.fromEntries(names.map((name) => [name, fields[name] ?? plain]))
  }
  const schema = yield* executable(sdl, { resolvers, subscribers: {}, plainTypes: [] })
  return { schema, execution: makeExecution(schema, resolvers) }
})
