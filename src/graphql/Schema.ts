/**
 * The executable schema: the SDL of `schema/graphql/` joined with its resolvers.
 *
 * The two are checked against each other at start. A field without a resolver, or a resolver without a field, stops
 * the process naming it, so a forgotten line in `Resolvers.ts` is never found by a user.
 */
import { fileURLToPath } from "node:url"
import { Context, Data, Effect, FileSystem, Layer } from "effect"
import { buildSchema, isObjectType, isScalarType, isSpecifiedScalarType } from "graphql"
import type { GraphQLObjectType, GraphQLSchema } from "graphql"
import { PLAIN_TYPES, resolvers, subscribers } from "./Resolvers.ts"
import { makeExecution } from "./execution/Execution.ts"
import type { Execution } from "./execution/Execution.ts"
import type { AnyResolver, ResolverMap } from "./Runtime.ts"
import { attachScalar, scalars } from "./arguments/Scalars.ts"

/** SDL and resolvers do not fit together; one sentence per fault. */
export class SchemaFault extends Data.TaggedError("SchemaFault")<{ readonly message: string }> {}

/** What is joined with the SDL. */
export interface Parts {
  readonly resolvers: ResolverMap
  /** Of the fields of `Subscription`: what makes the stream of payloads. */
  readonly subscribers: Readonly<Record<string, AnyResolver>>
  /** Types whose parents carry every field as a property of that name. */
  readonly plainTypes: readonly string[]
}

export class ApiSchema extends Context.Service<
  ApiSchema,
  {
    readonly schema: GraphQLSchema
    /** The same schema's operations from memory, as text. */
    readonly execution: Execution
  }
>()("oddswire/graphql/ApiSchema") {
  static readonly layer = Layer.effect(
    ApiSchema,
    Effect.gen(function* () {
      const schema = yield* executable(yield* readSdl, { resolvers, subscribers, plainTypes: PLAIN_TYPES })
      return { schema, execution: makeExecution(schema, resolvers) }
    })
  )
}

/** All files of `schema/graphql/` as one document. */
export const readSdl = Effect.gen(function* () {
  const files = yield* FileSystem.FileSystem
  const names = (yield* files.readDirectory(FOLDER)).filter((name) => name.endsWith(".graphql")).sort()
  const texts = yield* Effect.forEach(names, (name) => files.readFileString(`${FOLDER}/${name}`))
  return texts.join("\n")
})

/** Joins SDL and parts; fails naming everything that does not fit. */
export const executable = Effect.fnUntraced(function* (sdl: string, parts: Parts) {
  const schema = yield* Effect.try({
    try: () => buildSchema(sdl),
    catch: (error) =>
      new SchemaFault({ message: `schema/graphql: ${error instanceof Error ? error.message : String(error)}` })
  })
  const faults = [...unresolved(schema, parts), ...homeless(schema, parts)]
  if (faults.length > 0) return yield* Effect.fail(new SchemaFault({ message: faults.join("\n") }))
  attach(schema, parts)
  return schema
})

const FOLDER = fileURLToPath(new URL("../../schema/graphql", import.meta.url))

const ownObjects = (schema: GraphQLSchema): readonly GraphQLObjectType[] =>
  Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter((type) => !type.name.startsWith("__"))

const unresolved = (schema: GraphQLSchema, { resolvers, subscribers, plainTypes }: Parts): readonly string[] => {
  const fields = ownObjects(schema)
    .filter(({ name }) => !plainTypes.includes(name))
    .flatMap((type) =>
      Object.keys(type.getFields())
        .filter((field) => !has(type === schema.getSubscriptionType() ? subscribers : resolvers[type.name], field))
        .map(
          (field) => `${type.name}.${field} is in the SDL and has no resolver: add one, and its line in Resolvers.ts.`
        )
    )
  const custom = Object.values(schema.getTypeMap()).filter((type) => isScalarType(type) && !isSpecifiedScalarType(type))
  return [
    ...fields,
    ...custom.filter(({ name }) => !has(scalars, name)).map(({ name }) => `scalar ${name} has no codec in Scalars.ts.`)
  ]
}

const homeless = (schema: GraphQLSchema, { resolvers, subscribers, plainTypes }: Parts): readonly string[] => {
  const named: Readonly<Record<string, object>> = {
    ...resolvers,
    [schema.getSubscriptionType()?.name ?? "Subscription"]: subscribers
  }
  const extra = Object.entries(named).flatMap(([typeName, fields]) => {
    const type = schema.getType(typeName)
    const known = isObjectType(type) ? type.getFields() : {}
    return Object.keys(fields)
      .filter((field) => !has(known, field))
      .map(
        (field) =>
          `${typeName}.${field} has a resolver and is not in the SDL: describe it in schema/graphql, or remove it.`
      )
  })
  const plain = plainTypes.filter((name) => !isObjectType(schema.getType(name)) || has(resolvers, name))
  return [
    ...extra,
    ...plain.map((name) => `${name} is listed as plain and is no type of the SDL, or has resolvers too.`)
  ]
}

const attach = (schema: GraphQLSchema, { resolvers, subscribers }: Parts): void => {
  for (const type of ownObjects(schema)) {
    for (const [name, field] of Object.entries(type.getFields())) {
      const resolve = resolvers[type.name]?.[name]
      if (resolve !== undefined) field.resolve = resolve
      if (type === schema.getSubscriptionType()) {
        const subscribe = subscribers[name]
        if (subscribe !== undefined) field.subscribe = subscribe
      }
    }
  }
  for (const type of Object.values(schema.getTypeMap())) {
    const codec = scalars[type.name]
    if (isScalarType(type) && codec !== undefined) attachScalar(type, codec)
  }
}

const has = (map: object | undefined, key: string): boolean => map !== undefined && Object.hasOwn(map, key)
