/** One operation as its websocket client sent it, and what a shared subscription needs to answer past graphql-ws. */
import type { DocumentNode, GraphQLError, GraphQLSchema, OperationDefinitionNode } from "graphql"
import type { Outbox } from "../../broadcast/Outbox.ts"
import type { Execution } from "../execution/Execution.ts"
import type { SharedContext } from "../Runtime.ts"

export interface SocketOperation {
  /** As the client numbered it. */
  readonly id: string
  readonly query: string
  readonly operationName: string | undefined
  readonly variables: Readonly<Record<string, unknown>>
  readonly schema: GraphQLSchema
  readonly execution: Execution
  readonly document: DocumentNode
  /** Of the document, the one that runs. */
  readonly definition: OperationDefinitionNode
  readonly outbox: Outbox
  /** A context of this caller, read anew: for each message of a shared subscription. */
  readonly context: () => SharedContext
  /** What a client may see of an error. */
  readonly present: (error: unknown) => GraphQLError
}
