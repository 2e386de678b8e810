/** The peer graphql-yoga with graphql-ws and its own `createPubSub`, put together as its documentation does. */
import { readFileSync } from "node:fs"
import { createServer } from "node:http"
import { setImmediate as turn } from "node:timers/promises"
import { createPubSub, createSchema, createYoga } from "graphql-yoga"
import { useServer } from "graphql-ws/use/ws"
import { WebSocketServer } from "ws"
import { messageAt, SDL_FILE } from "./message.ts"
import { obey } from "./orders.ts"

const pubSub = createPubSub<{ odds: [object] }>()
const schema = createSchema({
  typeDefs: readFileSync(SDL_FILE, "utf8"),
  resolvers: {
    Subscription: { oddsUpdated: { subscribe: () => pubSub.subscribe("odds"), resolve: (message: object) => message } }
  }
})
const yoga = createYoga({ schema, logging: false, graphiql: false })
const server = createServer((request, response) => void yoga(request, response))
const sockets = new WebSocketServer({ server, path: yoga.graphqlEndpoint })

useServer(
  {
    execute: (args) => Object(args.rootValue).execute(args),
    subscribe: (args) => Object(args.rootValue).subscribe(args),
    onSubscribe: async (context, _, params) => {
      const enveloped = yoga.getEnveloped({ ...context, req: context.extra.request, params })
      const args = {
        schema: enveloped.schema,
        operationName: params.operationName ?? null,
        document: enveloped.parse(params.query),
        variableValues: params.variables ?? {},
        contextValue: await enveloped.contextFactory(),
        rootValue: { execute: enveloped.execute, subscribe: enveloped.subscribe }
      }
      const errors = enveloped.validate(args.schema, args.document)
      return errors.length > 0 ? errors : args
    }
  },
  sockets
)

server.listen(0, "127.0.0.1", () => {
  const address = server.address()
  obey(
    { publish: (_, us) => pubSub.publish("odds", messageAt(us)), flushed: () => turn() },
    { port: typeof address === "object" && address !== null ? address.port : 0 }
  )
})
