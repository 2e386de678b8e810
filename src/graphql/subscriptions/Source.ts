/** How a subscription's effect becomes the `subscribe` of its field: what it answers is the stream of payloads. */
import { Effect, Stream } from "effect"
import type { GraphQLResolveInfo } from "graphql"
import { ApiError } from "../Errors.ts"
import type { ApiServices, GraphQLContext } from "../Runtime.ts"
import type { SocketOperation } from "./Operation.ts"

export const source =
  <Args, A, E>(
    field: (args: Args, context: GraphQLContext, info: GraphQLResolveInfo) => Effect.Effect<A, E, ApiServices>
  ) =>
  (_: unknown, args: Args, context: GraphQLContext, info: GraphQLResolveInfo): A | Promise<A> =>
    context.run(field(args, context, info))

/** Subscriptions over plain HTTP are refused in a sentence: a proxy that buffers would make them lie about time. */
export const overSocket = (operation: SocketOperation | undefined): Effect.Effect<SocketOperation, ApiError> =>
  operation === undefined ? Effect.fail(OVER_HTTP) : Effect.succeed(operation)

const OVER_HTTP = new ApiError({
  code: "SUBSCRIPTION_OVER_HTTP",
  message:
    "Subscriptions run over a websocket: connect to this address with ws:// and the protocol graphql-transport-ws."
})

/** The payloads of an ordinary subscription, each under its field's name; interrupted when the client goes. */
export const payloads = Effect.fnUntraced(function* <A, E>(name: string, stream: Stream.Stream<A, E, ApiServices>) {
  const services = yield* Effect.context<ApiServices>()
  const iterator = Stream.toAsyncIterableWith(
    Stream.map(stream, (value) => ({ [name]: value })),
    services
  )[Symbol.asyncIterator]()
  // graphql-js asks for one to read and for another to close, and Effect would run the stream anew for each.
  return { [Symbol.asyncIterator]: () => iterator }
})
