/**
 * Where a page of a list ended: the sort key of its last row, so that the next page begins behind it
 * whatever came or went in between. Opaque to clients, and refused when it is not one of ours.
 */
import { Effect, Option, Schema } from "effect"
import { badInput } from "../Errors.ts"
import type { ApiError } from "../Errors.ts"
import type { Maybe } from "./Arguments.ts"

type Part = string | number

const Key = Schema.fromJsonString(Schema.Array(Schema.Union([Schema.String, Schema.Finite])))
const decode = Schema.decodeUnknownOption(Key)

/** What may stand at a place of a key. */
type PartKind = "string" | "number" | "integer"

/** `list` names the list, so that a key of another one is refused. */
export const pageKey = (list: string, parts: readonly Part[]): string =>
  Buffer.from(JSON.stringify([list, ...parts])).toString("base64url")

/** The parts of a key of this list; undefined = from the beginning. */
export const readPageKey = (
  list: string,
  parts: readonly PartKind[],
  after: Maybe<string>
): Effect.Effect<readonly Part[] | undefined, ApiError> => {
  if (after === null || after === undefined) return Effect.succeed(undefined)
  const key = decode(Buffer.from(after.slice(0, 1_024), "base64url").toString())
  const [name, ...values] = Option.getOrElse(key, () => [])
  return name === list && values.length === parts.length && values.every((value, i) => isOf(parts[i], value))
    ? Effect.succeed(values)
    : Effect.fail(
        badInput(
          `after: ${JSON.stringify(after.slice(0, 64))} is not an endCursor of ${list}; leave it out to begin at the start.`
        )
      )
}

/** Forged keys reach Postgres, which takes neither a NUL in a text nor a fraction for a place. */
const isOf = (kind: PartKind | undefined, value: Part): boolean =>
  kind === "integer"
    ? Number.isSafeInteger(value)
    : typeof value === kind && (typeof value === "number" || !value.includes("\0"))

/** Orders keys part by part. */
export const compareKeys = (a: readonly Part[], b: readonly Part[]): number => {
  for (const [i, left] of a.entries()) {
    const right = b[i]
    if (right === undefined || left === right) continue
    return left < right ? -1 : 1
  }
  return 0
}

/** One page of rows that are already in the order of their keys. */
export const pageOf = <A>(
  list: string,
  rows: readonly A[],
  keyOf: (row: A) => readonly Part[],
  first: number,
  after: readonly Part[] | undefined
) => {
  const start = after === undefined ? 0 : firstAfter(rows, keyOf, after)
  const nodes = rows.slice(start, start + first)
  const last = nodes[nodes.length - 1]
  return {
    nodes,
    pageInfo: {
      hasNextPage: start + first < rows.length,
      endCursor: last === undefined ? null : pageKey(list, keyOf(last))
    },
    totalCount: rows.length
  }
}

const firstAfter = <A>(rows: readonly A[], keyOf: (row: A) => readonly Part[], after: readonly Part[]): number => {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >> 1
    const row = rows[middle]
    if (row !== undefined && compareKeys(keyOf(row), after) <= 0) low = middle + 1
    else high = middle
  }
  return low
}
