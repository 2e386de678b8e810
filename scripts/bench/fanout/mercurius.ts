/** The peer Mercurius on Fastify; its packages lie in the folder that its fifth argument names. */
import { readFileSync } from "node:fs"
import { setImmediate as turn } from "node:timers/promises"
import { messageAt, SDL_FILE } from "./message.ts"
import { obey } from "./orders.ts"
import { load } from "./peers.ts"

const app = load("fastify")()
app.register(load("mercurius"), {
  schema: readFileSync(SDL_FILE, "utf8"),
  subscription: true,
  resolvers: {
    Subscription: {
      oddsUpdated: { subscribe: (_: unknown, __: unknown, { pubsub }: PubSub) => pubsub.subscribe("odds") }
    }
  }
})
await app.listen({ port: 0, host: "127.0.0.1" })
obey(
  {
    publish: (_, us) => app.graphql.pubsub.publish({ topic: "odds", payload: { oddsUpdated: messageAt(us) } }),
    flushed: () => turn()
  },
  { port: app.server.address().port }
)

interface PubSub {
  readonly pubsub: { readonly subscribe: (topic: string) => unknown }
}
