/** The peer Apollo Server with graphql-ws and graphql-subscriptions; its packages lie in the folder that its fifth argument names. */
import { EventEmitter } from "node:events"
import { readFileSync } from "node:fs"
import { createServer } from "node:http"
import { setImmediate as turn } from "node:timers/promises"
import { WebSocketServer } from "ws"
import { messageAt, SDL_FILE } from "./message.ts"
import { obey } from "./orders.ts"
import { load } from "./peers.ts"

const pubsub = new (load("graphql-subscriptions").PubSub)({ eventEmitter: new EventEmitter().setMaxListeners(0) })
const schema = load("@graphql-tools/schema").makeExecutableSchema({
  typeDefs: readFileSync(SDL_FILE, "utf8"),
  resolvers: { Subscription: { oddsUpdated: { subscribe: () => pubsub.asyncIterableIterator(["odds"]) } } }
})
const app = load("express")()
const server = createServer(app)
load("graphql-ws/use/ws").useServer({ schema }, new WebSocketServer({ server, path: "/graphql" }))
const apollo = new (load("@apollo/server").ApolloServer)({ schema })
await apollo.start()
app.use("/graphql", load("express").json(), load("@as-integrations/express5").expressMiddleware(apollo))
server.listen(0, "127.0.0.1", () => {
  const address = server.address()
  obey(
    {
      publish: (_, us) => void pubsub.publish("odds", { oddsUpdated: messageAt(us) }),
      flushed: () => turn()
    },
    { port: typeof address === "object" && address !== null ? address.port : 0 }
  )
})
