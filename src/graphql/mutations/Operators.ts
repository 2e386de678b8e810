/** The right to change things: operators have it, viewers are told that they have not. */
import { Effect } from "effect"
import { ApiError } from "../Errors.ts"
import type { GraphQLContext } from "../Runtime.ts"

/** Fails with FORBIDDEN before anything is done. */
export const operatorsOnly = ({ caller }: GraphQLContext): Effect.Effect<void, ApiError> =>
  caller.role === "operator"
    ? Effect.void
    : Effect.fail(
        new ApiError({
          code: "FORBIDDEN",
          message: "A viewer's token cannot change anything: use an operator's."
        })
      )

/** What is wrong with the input of a mutation, for `errors` of its payload. */
export interface UserError {
  readonly code: "BAD_INPUT" | "NOT_FOUND" | "CONFLICT" | "ALREADY_FINISHED" | "DISABLED"
  readonly message: string
  readonly path: readonly string[]
  readonly value: string | undefined
}
