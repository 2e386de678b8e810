/**
 * GraphQL over HTTP: yoga reads requests and writes answers, our own pipeline does what lies between.
 *
 * The documents' pipeline and the error table are those of the websocket; yoga's parsing, validation and masking are
 * not used, so the two transports cannot drift apart. A subscription is refused here with the address where it runs.
 */
import type { IncomingMessage, ServerResponse } from "node:http"
import { createYoga } from "graphql-yoga"
import type { GraphQLParams, Plugin } from "graphql-yoga"
import { execute, OperationTypeNode } from "graphql"
import type { ExecutionResult, GraphQLError, GraphQLSchema } from "graphql"
import type { Caller } from "../../access/Access.ts"
import { makeAnswers } from "./Answers.ts"
import { ApiError, ERRORS, graphqlError, isErrorCode } from "../Errors.ts"
import type { ErrorCode } from "../Errors.ts"
import { makeFromMemory } from "./FromMemory.ts"
import type { MemoryParts } from "./FromMemory.ts"

/** What the listener knows of a request before yoga sees it. */
export interface RequestFacts extends Record<string, unknown> {
  readonly caller: Caller
  readonly requestId: string
  /** `ws://127.0.0.1:4000/graphql`, as this client would reach it. */
  readonly socketUrl: string
}

export interface YogaParts extends MemoryParts {
  readonly schema: GraphQLSchema
}

/** Answers one request on the `/graphql` path. */
export type GraphQLListener = (request: IncomingMessage, response: ServerResponse, facts: RequestFacts) => void

export const BODY_BYTES = 100_000

export const makeYoga = (parts: YogaParts): GraphQLListener => {
  const answers = makeAnswers(parts.runtime.version)
  const fromMemory = makeFromMemory(parts)
  const yoga = createYoga<RequestFacts>({
    graphqlEndpoint: "/graphql",
    graphiql: false,
    landingPage: false,
    logging: false,
    cors: false,
    batching: false,
    multipart: false,
    maskedErrors: false,
    parserAndValidationCache: false,
    maxRequestBodySize: BODY_BYTES,
    plugins: [pipeline(parts)]
  })
  const pass: GraphQLListener = (request, response, facts) => void yoga(request, response, facts)
  return (request, response, facts) => {
    if (!isPlain(request)) return pass(request, response, facts)
    request.once("readable", () => {
      const body = wholeBody(request)
      if (body === undefined) return pass(request, response, facts)
      const { caller, requestId } = facts
      const bytes = answers.get(`${caller.role} ${body}`, () => fromMemory(body, caller, requestId))
      if (bytes === undefined) return pass(request, response, facts)
      // Once the request has ended: whoever is answered before is taken for refused, and loses the connection.
      request.once("end", () => {
        response.writeHead(200, { "content-type": JSON_UTF8, "content-length": bytes.length }).end(bytes)
      })
      request.resume()
    })
  }
}

/** Asked as dashboards ask: all of it in the body, for an answer as JSON. */
const isPlain = ({ method, url, headers }: IncomingMessage): boolean =>
  method === "POST" && url === "/graphql" && MEDIA_TYPES.has(headers.accept ?? "*/*")

/** Accepted by nearly everyone, and answered as JSON. */
const MEDIA_TYPES: ReadonlySet<string> = new Set(["*/*", "application/json", "application/json, */*"])
const JSON_UTF8 = "application/json; charset=utf-8"

/** The body where all of it is here already, which a question of a dashboard always is; it stays to be read. */
const wholeBody = (request: IncomingMessage): string | undefined => {
  const bytes: unknown = request.read()
  if (!Buffer.isBuffer(bytes)) return undefined
  request.unshift(bytes)
  return Number(request.headers["content-length"]) === bytes.length && bytes.length <= BODY_BYTES
    ? bytes.toString("utf8")
    : undefined
}

const pipeline = (parts: YogaParts): Plugin<object, RequestFacts> => ({
  onParams: ({ setParamsHandler }) =>
    setParamsHandler(({ params, request, context }) => answer(parts, params, request, context)),
  onResultProcess: ({ result, setResult, serverContext }) => {
    if (Array.isArray(result) || Symbol.asyncIterator in result || result.errors === undefined) return
    const errors = result.errors.map((error) => parts.runtime.present(fromYoga(error), serverContext.requestId))
    const bare = result.data === undefined || result.data === null
    setResult({
      ...result,
      errors,
      ...(bare && { data: undefined, extensions: { http: { status: statusOf(errors) } } })
    })
  }
})

const answer = (
  { schema, documents, runtime }: YogaParts,
  params: GraphQLParams,
  request: Request,
  { caller, requestId, socketUrl }: RequestFacts
): ExecutionResult | Promise<ExecutionResult> => {
  const variables = params.variables ?? {}
  const operationName = params.operationName ?? undefined
  const admitted = documents.admit({ query: params.query ?? "", operationName, variables, role: caller.role })
  if (admitted._tag === "Refused") return { errors: admitted.errors }
  const { operation } = admitted.operation
  if (operation === OperationTypeNode.SUBSCRIPTION) {
    return refuse(
      "SUBSCRIPTION_OVER_HTTP",
      `Subscriptions run over a websocket: connect to ${socketUrl} with the protocol graphql-transport-ws.`
    )
  }
  if (operation === OperationTypeNode.MUTATION && request.method !== "POST") {
    return refuse("METHOD_NOT_ALLOWED", `A mutation changes something: send it by POST, not ${request.method}.`)
  }
  return execute({
    schema,
    document: admitted.document,
    contextValue: runtime.contextFor(caller, requestId, request.signal),
    variableValues: variables,
    ...(operationName === undefined ? {} : { operationName })
  })
}

const refuse = (code: ErrorCode, message: string): ExecutionResult => ({
  errors: [graphqlError(new ApiError({ code, message }))]
})

/** The status of an answer that carries nothing but errors: the worst of theirs. */
const statusOf = (errors: readonly GraphQLError[]): number =>
  Math.max(200, ...errors.map(({ extensions: { code } }) => (isErrorCode(code) ? ERRORS[code].status : 200)))

/** Yoga's own complaints are about the request as HTTP; they come with a status and without a code of our table. */
const fromYoga = (error: GraphQLError): GraphQLError => {
  const status = statusIn(error.extensions["http"])
  if (status === undefined || (isErrorCode(error.extensions.code) && error.extensions.code !== "BAD_REQUEST"))
    return error
  const code = status === 413 ? "BODY_TOO_LARGE" : status === 405 ? "METHOD_NOT_ALLOWED" : "BAD_REQUEST"
  return graphqlError(
    new ApiError({
      code,
      message: code === "BODY_TOO_LARGE" ? `The request body is over ${BODY_BYTES} bytes.` : error.message
    })
  )
}

const statusIn = (http: unknown): number | undefined =>
  typeof http === "object" && http !== null && "status" in http && typeof http.status === "number"
    ? http.status
    : undefined
