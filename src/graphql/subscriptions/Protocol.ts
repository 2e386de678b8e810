/**
 * The hooks of graphql-ws: who is let in, what a document may be, and what a client sees of errors.
 *
 * Documents go through the same pipeline as over HTTP. A shared subscription is told where its frames go by
 * its context; the library sees a silent iterator.
 */
import { Clock, Effect } from "effect"
import { GraphQLError, Kind } from "graphql"
import type { ExecutionArgs, OperationDefinitionNode } from "graphql"
import type { ServerOptions } from "graphql-ws"
import { Access } from "../../access/Access.ts"
import type { Caller } from "../../access/Access.ts"
import { Unanswerable } from "../../broadcast/Subscriber.ts"
import { graphqlError, toApiError } from "../Errors.ts"
import { Journal } from "../../journal/Journal.ts"
import { Connections } from "../Connections.ts"
import { Documents } from "../admission/Documents.ts"
import { ApiRuntime } from "../Runtime.ts"
import type { GraphQLContext } from "../Runtime.ts"
import { ApiSchema } from "../Schema.ts"
import type { SocketOperation } from "./Operation.ts"
import type { Peer } from "./Peer.ts"

type Hooks = ServerOptions<Record<string, unknown>, Peer>

export const protocol = Effect.fnUntraced(function* (version: string, peers: ReadonlySet<Peer>) {
  const access = yield* Access
  const api = yield* ApiRuntime
  const connections = yield* Connections
  const documents = yield* Documents
  const { execution, schema } = yield* ApiSchema
  const { epoch, world } = yield* Journal
  const clock = yield* Clock.Clock

  const requests = new WeakMap<object, string>()
  const present = (args: ExecutionArgs | undefined, error: GraphQLError): GraphQLError =>
    api.present(error, (args && requests.get(args)) ?? api.nextRequestId())

  /** Apart from the rest of an operation, because a group keeps it for as long as anybody is left, without its first client. */
  const speaker = (caller: Caller, requestId: string): Pick<SocketOperation, "context" | "present"> => ({
    context: () => api.contextAtOnce(caller, requestId),
    present: (error) => api.present(error, requestId)
  })

  const begin = (peer: Peer, caller: Caller, id: string, payload: Payload): ExecutionArgs | readonly GraphQLError[] => {
    const { query } = payload
    const operationName = payload.operationName ?? undefined
    const variables = payload.variables ?? {}
    const admitted = documents.admit({ query, operationName, variables, role: caller.role })
    if (admitted._tag === "Refused") return admitted.errors
    const { document, operation: definition } = admitted
    const topic = definition.operation === "subscription" ? rootField(definition) : undefined
    const abort = new AbortController()
    const requestId = api.nextRequestId()
    const operation: SocketOperation = {
      id,
      query,
      operationName,
      variables,
      schema,
      execution,
      document,
      definition,
      outbox: peer.outbox,
      ...speaker(caller, requestId)
    }
    const contextValue: GraphQLContext = { ...api.contextFor(caller, requestId, abort.signal), operation }
    peer.operations.set(id, {
      finish: () => {
        if (!peer.operations.delete(id)) return
        abort.abort()
        if (topic !== undefined) connections.unsubscribed(topic)
      }
    })
    if (topic !== undefined) connections.subscribed(topic)
    const args = {
      schema,
      document,
      variableValues: variables,
      contextValue,
      ...(operationName !== undefined && { operationName })
    }
    requests.set(args, requestId)
    return args
  }

  const hooks: Hooks = {
    connectionInitWaitTimeout: INIT_WAIT_MS,
    onConnect: ({ connectionParams, extra: peer }) => {
      if (Buffer.byteLength(JSON.stringify(connectionParams ?? null)) > MOST_BYTES_OF_PARAMETERS) {
        peer.close(1009, `The parameters of connection_init are over ${MOST_BYTES_OF_PARAMETERS} bytes`)
        return false
      }
      const caller = access.authenticate(credentialOf(connectionParams))
      if (caller === undefined) return false
      if (access.tokensRequired && countOf(peers, caller, () => 1) >= MOST_SOCKETS_OF_A_USER) {
        peer.close(4503, `More than ${MOST_SOCKETS_OF_A_USER} connections of one user`)
        return false
      }
      peer.caller = caller
      return {
        version,
        world,
        epoch: String(epoch),
        role: caller.role,
        serverTime: new Date(clock.currentTimeMillisUnsafe()).toISOString()
      }
    },
    onSubscribe: ({ extra: peer, subscriptions }, id, payload) => {
      const { caller } = peer
      if (caller === undefined) return [tooMany("Not connected yet: send connection_init first.")]
      // Counted by the library, this one included: it forgets at once what a client completes.
      if (Object.keys(subscriptions).length > MOST_ON_A_SOCKET)
        return [tooMany(`This socket runs ${MOST_ON_A_SOCKET} operations: complete one first.`)]
      if (access.tokensRequired && countOf(peers, caller, ({ operations }) => operations.size) >= MOST_OF_A_USER) {
        return [tooMany(`${caller.who} runs ${MOST_OF_A_USER} operations: complete one first.`)]
      }
      return begin(peer, caller, id, payload)
    },
    onNext: (_, __, ___, args, { errors, data }) =>
      errors === undefined
        ? undefined
        : {
            ...(data !== undefined && { data }),
            errors: errors.map((error) => present(args, error).toJSON())
          },
    onError: (_, __, ___, errors) => errors.map((error) => (refusalOf(error) ?? present(undefined, error)).toJSON()),
    onComplete: ({ extra: peer }, id) => peer.operations.get(id)?.finish()
  }
  return hooks
})

interface Payload {
  readonly query: string
  readonly operationName?: string | null | undefined
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined
}

const INIT_WAIT_MS = 3_000
const MOST_BYTES_OF_PARAMETERS = 4_096
const MOST_ON_A_SOCKET = 20
const MOST_OF_A_USER = 100
const MOST_SOCKETS_OF_A_USER = 50

/** By what `system` counts subscriptions; a document has one, perhaps inside a fragment. */
const rootField = ({ selectionSet, name }: OperationDefinitionNode): string => {
  const [first] = selectionSet.selections
  return first?.kind === Kind.FIELD ? first.name.value : (name?.value ?? "fragment")
}

/** `token`, or an `authorization` like the header's. */
const credentialOf = (params: Readonly<Record<string, unknown>> | undefined): string | undefined => {
  const credential = params?.["token"] ?? params?.["authorization"] ?? params?.["Authorization"]
  return typeof credential === "string" ? credential : undefined
}

const countOf = (peers: ReadonlySet<Peer>, { who }: Caller, of: (peer: Peer) => number): number => {
  let count = 0
  for (const peer of peers) if (peer.caller?.who === who) count += of(peer)
  return count
}

/** What ended a shared subscription, in words for its client; the library wraps what an iterator throws. */
const refusalOf = ({ cause }: GraphQLError): GraphQLError | undefined => {
  if (!(cause instanceof Unanswerable)) return undefined
  if (cause.reason instanceof GraphQLError) return cause.reason
  const listed = toApiError(cause.reason)
  return listed === undefined ? undefined : graphqlError(listed)
}

const tooMany = (message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: "TOO_MANY_SUBSCRIPTIONS" } })
