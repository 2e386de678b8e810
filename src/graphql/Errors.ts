/**
 * Every error code and websocket close code a client can meet: what it means and whether trying again helps.
 *
 * The API documentation of errors is this table, and the README shows it. What is not in it reaches nobody: an
 * unexpected error is masked as INTERNAL with a request id under which the log has the rest.
 */
import { Data } from "effect"
import { GraphQLError, Kind } from "graphql"

interface ErrorEntry {
  /** When it happens and what to do, a sentence for the reader of the table. */
  readonly meaning: string
  readonly retryable: boolean
  /** A hint for `extensions.retryAfterMs`; null = do not wait, or not worth retrying. */
  readonly retryAfterMs: number | null
  /** Status of an HTTP response that carries nothing but this error. */
  readonly status: number
}

const entry = (status: number, meaning: string): ErrorEntry => ({
  meaning,
  retryable: false,
  retryAfterMs: null,
  status
})
const retry = (status: number, retryAfterMs: number, meaning: string): ErrorEntry => ({
  meaning,
  retryable: true,
  retryAfterMs,
  status
})

/** Top-level errors: `extensions {code, retryable, retryAfterMs, requestId}`. */
export const ERRORS = {
  BAD_INPUT: entry(
    200,
    "An argument names something unknown or lies outside its range; the message names the value and the nearest known ones."
  ),
  PARSE_FAILED: entry(400, "The document is not GraphQL; the message says where."),
  VALIDATION_FAILED: entry(400, "The document does not fit the schema, or its variables do not fit their types."),
  LIMIT_EXCEEDED: entry(
    400,
    "The document is larger, deeper or dearer than this role may send; the message names the limit and how to get below it."
  ),
  BODY_TOO_LARGE: entry(413, "The request body is over 100 kB."),
  BAD_REQUEST: entry(
    400,
    "The HTTP request is not one GraphQL operation as JSON; batches, forms and uploads are not accepted."
  ),
  METHOD_NOT_ALLOWED: entry(405, "Send POST; GET serves GraphiQL and queries without side effects."),
  SUBSCRIPTION_OVER_HTTP: entry(
    400,
    "Subscriptions run over graphql-transport-ws at the same path; the message names the address."
  ),
  ORIGIN_REFUSED: entry(
    403,
    "The page that sent this request is not served from this address nor listed in ACCESS_ORIGINS."
  ),
  UNAUTHENTICATED: entry(401, "No valid access token: send `Authorization: Bearer …`, or `token` in connection_init."),
  FORBIDDEN: entry(403, "The token's role may not do this; mutations need an operator."),
  FILTER_TOO_WIDE: entry(200, "The filter's snapshot is over 150,000 outcomes: name events, competitions or markets."),
  TOO_MANY_SUBSCRIPTIONS: entry(
    400,
    "This socket or user has reached its number of subscriptions: complete one first."
  ),
  STORAGE_UNAVAILABLE: retry(
    503,
    2_000,
    "Postgres does not answer, so history cannot be read now. Live odds are not affected."
  ),
  ACTOR_DOWN: retry(
    503,
    5_000,
    "A part of the runtime has given up and is named in the message; see `system { actors { name state } }`."
  ),
  TOO_MANY_REQUESTS: retry(
    429,
    1_000,
    "More than 50 HTTP requests a second from one address beyond a burst of 100, or more than 5 mutations a second of one token."
  ),
  BUSY: retry(503, 500, "A queue is full; nothing was done."),
  TIMED_OUT: retry(503, 1_000, "Not answered within 10 seconds; the work was stopped."),
  SHUTTING_DOWN: retry(503, 2_000, "The server is stopping; connect again in a moment."),
  INTERNAL: entry(500, "An unexpected error; the log has it under this requestId.")
} as const satisfies Readonly<Record<string, ErrorEntry>>

export type ErrorCode = keyof typeof ERRORS

interface CloseEntry {
  readonly meaning: string
  /** Whether a stock graphql-ws client comes back by itself. */
  readonly comesBack: boolean
}

const closes = (meaning: string): CloseEntry => ({ meaning, comesBack: false })
const comesBack = (meaning: string): CloseEntry => ({ meaning, comesBack: true })

/** Websocket close codes: graphql-transport-ws's own, and ours where it has none that stock clients retry. */
export const CLOSE_CODES = {
  1000: closes("Normal end, asked for by the client."),
  1001: comesBack("The server is going away."),
  1002: closes("What was sent is not WebSocket: a fault of the client's library."),
  1007: closes("A text message was not UTF-8."),
  1008: closes("A message came in more than 64 fragments, or in too many small pieces."),
  1009: closes("A message was over 64 kB, or the parameters of connection_init over 4 kB."),
  1012: comesBack("The server restarts; come back after a random moment and resume with `after`."),
  4290: comesBack("Slow: more than 256 kB waited for 5 s and drained slower than 16 kB/s. Resume with `after`."),
  4291: comesBack("Too many messages: more than 20 a second beyond a burst of 50."),
  4400: closes("A message that graphql-transport-ws does not know."),
  4401: closes("Subscribed before connection_ack, or the token expired."),
  4403: comesBack("Forbidden: Origin or access token refused."),
  4406: closes("Subprotocol not acceptable: only graphql-transport-ws is spoken."),
  4408: comesBack("No connection_init within 3 s."),
  4409: closes("An operation with this id already runs on this socket."),
  4429: closes("More than one connection_init."),
  4500: closes("An unexpected error; the log has it."),
  4503: comesBack(
    "The server, this user, or this address before it has said who it is, holds as many connections as it may; come back later."
  )
} as const satisfies Readonly<Record<number, CloseEntry>>

export type CloseCode = keyof typeof CLOSE_CODES

/** The failure of a root field that clients may read: one code of the table and a sentence. */
export class ApiError extends Data.TaggedError("ApiError")<{
  readonly code: ErrorCode
  readonly message: string
  readonly retryAfterMs?: number
}> {}

export const badInput = (message: string): ApiError => new ApiError({ code: "BAD_INPUT", message })

/** What other rooms fail with, in the table's words; `undefined` = unexpected, to be masked. */
export const toApiError = (failure: unknown): ApiError | undefined => {
  if (failure instanceof ApiError) return failure
  const code = failure instanceof Error ? CODES_BY_TAG.get(failure.name) : undefined
  if (!(failure instanceof Error) || code === undefined) return undefined
  // The sentence of a database is for the operator, who finds it in the log and in `system { storage { lastError } }`.
  return new ApiError({ code, message: code === "STORAGE_UNAVAILABLE" ? ERRORS[code].meaning : failure.message })
}

const CODES_BY_TAG: ReadonlyMap<string, ErrorCode> = new Map([
  ["StorageUnavailable", "STORAGE_UNAVAILABLE"],
  ["ActorDown", "ACTOR_DOWN"],
  ["MailboxFull", "BUSY"],
  ["TimeoutError", "TIMED_OUT"]
])

/** The GraphQL error of an ApiError, with nothing in it that the table does not list. */
export const graphqlError = (error: ApiError): GraphQLError =>
  new GraphQLError(error.message, { originalError: error, extensions: extensionsOf(error.code, error.retryAfterMs) })

/**
 * The error as a client may see it. A listed one keeps its sentence; one of graphql-js itself (syntax, validation,
 * variables) gets its code; anything else is masked and handed to `unexpected` for the log.
 */
export const presentError = (
  error: unknown,
  requestId: string,
  unexpected: (error: unknown, requestId: string) => void
): GraphQLError => {
  const found = listed(error)
  if (found === undefined) unexpected(error, requestId)
  const { message, code, retryAfterMs } = found ?? {
    message: MASKED,
    code: "INTERNAL" as const,
    retryAfterMs: undefined
  }
  const located =
    error instanceof GraphQLError
      ? {
          nodes: error.nodes ?? null,
          source: error.source ?? null,
          positions: error.positions ?? null,
          path: error.path ?? null
        }
      : {}
  return new GraphQLError(message, { ...located, extensions: { ...extensionsOf(code, retryAfterMs), requestId } })
}

export const isErrorCode = (code: unknown): code is ErrorCode => typeof code === "string" && Object.hasOwn(ERRORS, code)

const MASKED = "Something unexpected went wrong here; the log has it under this requestId."

interface Listed {
  readonly message: string
  readonly code: ErrorCode
  readonly retryAfterMs: number | undefined
}

const listed = (error: unknown): Listed | undefined => {
  const known = toApiError(error instanceof GraphQLError ? error.originalError : error)
  if (known !== undefined) return { message: known.message, code: known.code, retryAfterMs: known.retryAfterMs }
  if (!(error instanceof GraphQLError)) return undefined
  const { code } = error.extensions
  if (isErrorCode(code)) return { message: error.message, code, retryAfterMs: undefined }
  return isOfDocument(error)
    ? {
        message: error.message,
        code: error.message.startsWith("Syntax Error") ? "PARSE_FAILED" : "VALIDATION_FAILED",
        retryAfterMs: undefined
      }
    : undefined
}

/**
 * Whether the sentence is graphql-js's own, about the document or its variables. A field that throws is wrapped with its
 * cause; a variable that does not fit is wrapped too, by another GraphQLError, and where that happens inside a field
 * the inner error points at the value in the document.
 */
const isOfDocument = ({ path, originalError }: GraphQLError): boolean =>
  path === undefined || path === null
    ? originalError === undefined || originalError instanceof GraphQLError
    : originalError instanceof GraphQLError && (originalError.nodes ?? []).some(({ kind }) => kind !== Kind.FIELD)

const extensionsOf = (code: ErrorCode, retryAfterMs: number | undefined) => ({
  code,
  retryable: ERRORS[code].retryable,
  retryAfterMs: retryAfterMs ?? ERRORS[code].retryAfterMs
})
