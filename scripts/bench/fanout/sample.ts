/** One delta of the grid's document, as a client of our own server receives it: what all servers of the benchmark send. */
import { createClient } from "graphql-ws"
import { WebSocket } from "ws"
import { GRID } from "../../../src/client/Documents.ts"

interface Message {
  readonly kind: string
}

export const sampleOf = async (url: string, change: () => void): Promise<object> => {
  const client = createClient({ url, webSocketImpl: WebSocket, retryAttempts: 0 })
  const messages = client.iterate<{ readonly oddsUpdated: Message }>({
    query: GRID,
    variables: { filter: { events: ["68000000"] } }
  })
  for await (const { data } of messages) {
    if (data?.oddsUpdated.kind === "SNAPSHOT") change()
    if (data?.oddsUpdated.kind !== "DELTA") continue
    void client.dispose()
    return data.oddsUpdated
  }
  throw new Error("Our own server sent no change.")
}
