/**
 * Executes a subscription's document on one payload and serialises the result, exactly as graphql-ws would.
 *
 * It is graphql-js that executes, once per group and flush; every field below a shared subscription has to be
 * answered from memory, at once, because the message says what held at its cursor.
 */
import { executeSubscriptionEvent, validateSubscriptionArgs } from "graphql"
import type { ExecutionResult, GraphQLError } from "graphql"
import { Result } from "effect"
import type { SocketOperation } from "./Operation.ts"

export type Render = (payload: unknown) => string

/** Fails with what is wrong with the variables. `field` is the name of the root field. */
export const makeRender = (
  operation: SocketOperation,
  field: string
): Result.Result<Render, readonly GraphQLError[]> => {
  const { schema, document, operationName, variables } = operation
  const args = validateSubscriptionArgs({
    schema,
    document,
    variableValues: variables,
    ...(operationName !== undefined && { operationName })
  })
  if (!("schema" in args)) return Result.fail(args)
  return Result.succeed((payload) => {
    const result = executeSubscriptionEvent({
      ...args,
      rootValue: { [field]: payload },
      contextValue: operation.context()
    })
    return JSON.stringify("then" in result ? LATE : shown(result, operation))
  })
}

const shown = ({ data, errors }: ExecutionResult, { present }: SocketOperation): object => ({
  ...(errors !== undefined && { errors: errors.map((error) => present(error).toJSON()) }),
  ...(data !== undefined && { data })
})

const LATE = {
  errors: [
    {
      message: "A field of this subscription is not answered from memory: leave it out here, and query it instead.",
      extensions: { code: "BAD_INPUT", retryable: false, retryAfterMs: null }
    }
  ]
}
