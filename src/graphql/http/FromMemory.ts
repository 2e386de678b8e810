/**
 * The questions of dashboards: read from the published board alone, answered at once, as text.
 *
 * They are most of what is asked and the dearest to answer, so they go past yoga and past graphql-js. Whatever is not
 * one, or does not go the ordinary way, is undefined here and takes theirs, which tells the error.
 */
import { Result } from "effect"
import { Kind, OperationTypeNode } from "graphql"
import type { OperationDefinitionNode } from "graphql"
import type { Caller } from "../../access/Access.ts"
import type { Documents } from "../admission/Documents.ts"
import type { Execution } from "../execution/Execution.ts"
import type { ApiRuntime } from "../Runtime.ts"

export interface MemoryParts {
  readonly execution: Execution
  readonly documents: Documents["Service"]
  readonly runtime: ApiRuntime["Service"]
}

/** The whole answer to the body of a POST. */
export type FromMemory = (body: string, caller: Caller, requestId: string) => string | undefined

export const makeFromMemory =
  ({ execution, documents, runtime }: MemoryParts): FromMemory =>
  (body, caller, requestId) => {
    const question = questionIn(body)
    if (question === undefined) return undefined
    const admitted = documents.admit({ ...question, role: caller.role })
    if (admitted._tag === "Refused" || !isFromMemory(admitted.operation)) return undefined
    const variables = execution.variables(admitted, question.variables)
    if (variables === undefined) return undefined
    const data = execution.data(admitted, variables, {}, runtime.contextFor(caller, requestId, undefined))
    return data === undefined ? undefined : `{"data":${data}}`
  }

/** True when every root field is read from the published board and the settings alone. */
const isFromMemory = ({ operation, selectionSet }: OperationDefinitionNode): boolean =>
  operation === OperationTypeNode.QUERY &&
  selectionSet.selections.every((field) => field.kind === Kind.FIELD && FROM_MEMORY.has(field.name.value))

const FROM_MEMORY: ReadonlySet<string> = new Set(["events", "competitions", "coverage", "markets", "bookmakers"])

interface Question {
  readonly query: string
  readonly operationName: string | undefined
  readonly variables: Readonly<Record<string, unknown>>
}

/** Undefined for whatever carries more than a question, or something else. */
const questionIn = (body: string): Question | undefined => {
  const parsed: unknown = Result.getOrUndefined(Result.try(() => JSON.parse(body)))
  if (!isRecord(parsed) || !Object.keys(parsed).every((key) => PARTS.has(key))) return undefined
  const { query } = parsed
  const operationName = parsed["operationName"] ?? undefined
  const variables = parsed["variables"] ?? {}
  return typeof query === "string" &&
    (operationName === undefined || typeof operationName === "string") &&
    isRecord(variables)
    ? { query, operationName, variables }
    : undefined
}

const PARTS: ReadonlySet<string> = new Set(["query", "operationName", "variables"])

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
