/**
 * Executes a subscription's document on one payload and serialises the result, exactly as graphql-ws would.
 *
 * Once per group and flush: by the document's plan, and by graphql-js where that does not go. Every field below a
 * shared subscription has to be answered from memory, at once, because the message says what held at its cursor.
 */
import { executeSubscriptionEvent, validateSubscriptionArgs } from "graphql"
import type { ExecutionResult, GraphQLError } from "graphql"
import { Result } from "effect"
import { Unanswerable } from "../../broadcast/Subscriber.ts"
import { badInput } from "../Errors.ts"
import type { SocketOperation } from "./Operation.ts"

/** Throws `Unanswerable` where the document leaves nothing to send: half of a chain of messages is none. */
export type Render = (payload: unknown) => string

/**
 * Fails with what is wrong with the variables. `field` is the name of the root field. What it answers is kept by a
 * group, and holds nothing of the socket that was the first to ask.
 */
export const makeRender = (
  operation: SocketOperation,
  field: string
): Result.Result<Render, readonly GraphQLError[]> => {
  const { context: contextOf, definition, document, execution, operationName, present, schema, variables } = operation
  const args = validateSubscriptionArgs({
    schema,
    document,
    variableValues: variables,
    ...(operationName !== undefined && { operationName })
  })
  if (!("schema" in args)) return Result.fail(args)
  return Result.succeed((payload) => {
    const root = { [field]: payload }
    const context = contextOf()
    const data = execution.data({ document, operation: definition }, args.variableValues, root, context)
    if (data !== undefined) return `{"data":${data}}`
    const result = executeSubscriptionEvent({ ...args, rootValue: root, contextValue: context })
    return Result.getOrThrowWith(
      "then" in result ? Result.fail(present(LATE)) : answerOf(result, present),
      (reason) => new Unanswerable({ reason })
    )
  })
}

const answerOf = (
  { data, errors = [] }: ExecutionResult,
  present: SocketOperation["present"]
): Result.Result<string, GraphQLError> => {
  const shown = errors.map(present)
  if (data === undefined || data === null) return Result.fail(shown[0] ?? present(LATE))
  return Result.succeed(
    JSON.stringify({ ...(shown.length > 0 && { errors: shown.map((error) => error.toJSON()) }), data })
  )
}

const LATE = badInput(
  "A field of this subscription is not answered from memory: leave it out here, and query it instead."
)
