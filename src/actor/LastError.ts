/**
 * The one line by which an operator is told why an actor crashed.
 */
import { Cause } from "effect"

export const lastErrorOf = (cause: Cause.Cause<unknown>): string => {
  const error = Cause.squash(cause)
  return error instanceof Error && error.message !== "" ? error.message : String(error)
}
