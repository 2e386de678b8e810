/** The right to change things: operators have it, within a rate; viewers are told that they have not. */
import { Effect } from "effect"
import { Access } from "../../access/Access.ts"
import { ApiError } from "../Errors.ts"
import type { GraphQLContext } from "../Runtime.ts"

/** Fails before anything is done: with FORBIDDEN, or with TOO_MANY_REQUESTS. Asked by every field, so aliases count. */
export const operatorsOnly = Effect.fnUntraced(function* ({ caller }: GraphQLContext) {
  const access = yield* Access
  if (caller.role !== "operator") return yield* Effect.fail(FORBIDDEN)
  if (!access.mayChange(caller)) return yield* Effect.fail(TOO_MANY)
})

const FORBIDDEN = new ApiError({
  code: "FORBIDDEN",
  message: "A viewer's token cannot change anything: use an operator's."
})

const TOO_MANY = new ApiError({
  code: "TOO_MANY_REQUESTS",
  message: "Nothing was changed: this token has sent more than 5 mutations in a second."
})

/** What is wrong with the input of a mutation, for `errors` of its payload. */
export interface UserError {
  readonly code: "BAD_INPUT" | "NOT_FOUND" | "CONFLICT" | "ALREADY_FINISHED" | "DISABLED"
  readonly message: string
  readonly path: readonly string[]
  readonly value: string | undefined
}
