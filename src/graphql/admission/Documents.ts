/**
 * The one way a document comes in, over HTTP and WebSocket alike: size, syntax, the standard rules, then our limits.
 *
 * Documents that were seen before are not read again (the dashboards of a desk all send the same few); only the
 * cost is counted each time, because it depends on variables and role.
 */
import { Context, Effect, Layer, Result } from "effect"
import { getOperationAST, GraphQLError, parse, specifiedRules, validate } from "graphql"
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from "graphql"
import type { Role } from "../../access/Access.ts"
import { costFaults, formFaults, limitError, LIMITS, sizesOf, variableFaults } from "./Limits.ts"
import { ApiSchema } from "../Schema.ts"

export interface Request {
  readonly query: string
  readonly operationName: string | undefined
  readonly variables: Readonly<Record<string, unknown>>
  readonly role: Role
}

export type Admitted =
  | { readonly _tag: "Admitted"; readonly document: DocumentNode; readonly operation: OperationDefinitionNode }
  | { readonly _tag: "Refused"; readonly errors: readonly GraphQLError[] }

export class Documents extends Context.Service<
  Documents,
  {
    /** At most five errors; they carry their code. */
    readonly admit: (request: Request) => Admitted
  }
>()("oddswire/graphql/Documents") {
  static readonly layer = Layer.effect(
    Documents,
    Effect.map(ApiSchema, ({ schema }) => {
      const sizes = sizesOf(schema)
      const seen = new Map<string, Read>()
      const readOnce = (query: string): Read => {
        const known = seen.get(query)
        if (known !== undefined) return known
        const read = readDocument(schema, query)
        // What is refused is not kept: it may be as long as its sender likes, and is never sent by a dashboard.
        if (Result.isSuccess(read)) remember(seen, query, read)
        return read
      }
      return {
        admit: ({ query, operationName, variables, role }) => {
          const read = readOnce(query)
          if (Result.isFailure(read)) return { _tag: "Refused", errors: read.failure }
          const document = read.success
          const operation = getOperationAST(document, operationName)
          if (operation === undefined || operation === null)
            return { _tag: "Refused", errors: [unclear(operationName)] }
          const faults = [...variableFaults(variables), ...costFaults(document, operation, variables, role, sizes)]
          return faults.length > 0 ? { _tag: "Refused", errors: faults } : { _tag: "Admitted", document, operation }
        }
      }
    })
  )
}

type Read = Result.Result<DocumentNode, readonly GraphQLError[]>

const KEPT = 500

const remember = (seen: Map<string, Read>, query: string, read: Read): void => {
  const oldest = seen.keys().next()
  if (seen.size >= KEPT && oldest.done !== true) seen.delete(oldest.value)
  seen.set(query, read)
}

const readDocument = (schema: GraphQLSchema, query: string): Read => {
  if (Buffer.byteLength(query) > LIMITS.documentBytes) {
    return Result.fail([
      limitError(`This document is ${Buffer.byteLength(query)} bytes long; at most ${LIMITS.documentBytes} are read.`)
    ])
  }
  const parsed = Result.try({ try: () => parse(query, { maxLexicalTokens: LIMITS.tokens }), catch: syntaxError })
  if (Result.isFailure(parsed)) return Result.fail([parsed.failure])
  const document = parsed.success
  const invalid = validate(schema, document, specifiedRules, { maxErrors: LIMITS.validationErrors })
  if (invalid.length > 0)
    return Result.fail(invalid.slice(0, LIMITS.validationErrors).map((error) => coded(error, "VALIDATION_FAILED")))
  const faults = formFaults(document)
  return faults.length > 0 ? Result.fail(faults) : Result.succeed(document)
}

const syntaxError = (error: unknown): GraphQLError => {
  if (!(error instanceof GraphQLError))
    return new GraphQLError("The document cannot be read.", { extensions: { code: "PARSE_FAILED" } })
  return error.message.includes("tokens")
    ? limitError(`This document has more than ${LIMITS.tokens} tokens: ask for less at once.`)
    : coded(error, "PARSE_FAILED")
}

const coded = (error: GraphQLError, code: "PARSE_FAILED" | "VALIDATION_FAILED"): GraphQLError =>
  new GraphQLError(error.message, {
    nodes: error.nodes ?? null,
    source: error.source ?? null,
    positions: error.positions ?? null,
    extensions: { code }
  })

const unclear = (operationName: string | undefined): GraphQLError =>
  new GraphQLError(
    operationName === undefined
      ? "The document holds several operations: say which one by operationName."
      : `The document has no operation named ${JSON.stringify(operationName.slice(0, 64))}.`,
    { extensions: { code: "VALIDATION_FAILED" } }
  )
