/** The clients that other people's pages are built on, as their manuals set them up. */
import { ApolloClient, gql, InMemoryCache } from "@apollo/client/core"
import { GraphQLWsLink } from "@apollo/client/link/subscriptions"
import { cacheExchange } from "@urql/exchange-graphcache"
import { Client, subscriptionExchange } from "@urql/core"
import { createClient } from "graphql-ws"

/** What they have in common: an operation, what it brings, and what ends it. */
export interface StockClient {
  readonly follow: (query: string, told: (data: unknown) => void, ended: () => void) => void
  /** Tells the answer of a query, and again whenever the cache has it otherwise. */
  readonly watch: (query: string, told: (data: unknown) => void) => void
  readonly close: () => void
}

export const plain = (url: string): StockClient => {
  const client = createClient({ url })
  return {
    watch: () => undefined,
    close: () => void client.dispose(),
    follow: (query, told, ended) =>
      void client.subscribe({ query }, { next: ({ data }) => told(data), error: ended, complete: ended })
  }
}

export const apollo = (url: string): StockClient => {
  const socket = createClient({ url })
  const client = new ApolloClient({ link: new GraphQLWsLink(socket), cache: new InMemoryCache() })
  return {
    watch: (query, told) => void client.watchQuery({ query: gql(query) }).subscribe(({ data }) => told(data)),
    follow: (query, told, ended) =>
      void client.subscribe({ query: gql(query) }).subscribe({
        next: ({ data, error }) => (error === undefined ? told(data) : ended()),
        error: ended,
        complete: ended
      }),
    close: () => {
      client.stop()
      void socket.dispose()
    }
  }
}

export const urql = (url: string): StockClient => {
  const socket = createClient({ url })
  const client = new Client({
    url: url.replace("ws", "http"),
    exchanges: [
      // It says of everything without an id that it files it under what holds it, which is meant.
      cacheExchange({ logger: () => undefined }),
      subscriptionExchange({
        enableAllOperations: true,
        forwardSubscription: ({ query = "", variables }) => ({
          subscribe: (sink) => ({
            unsubscribe: socket.subscribe(
              { query, variables: { ...variables } },
              {
                next: ({ data = null, errors }) => sink.next({ data, ...(errors && { errors }) }),
                error: sink.error,
                complete: sink.complete
              }
            )
          })
        })
      })
    ]
  })
  return {
    watch: (query, told) => void client.query(query, {}).subscribe(({ data }) => told(data)),
    follow: (query, told, ended) =>
      void client.subscription(query, {}).subscribe(({ data, error }) => (error === undefined ? told(data) : ended())),
    close: () => void socket.dispose()
  }
}
