/**
 * A server of the stream that says what a test wants said: the protocol and nothing behind it.
 */
import { once } from "node:events"
import { WebSocketServer } from "ws"
import type { WebSocket } from "ws"

export interface StreamServer {
  readonly url: string
  /** Sends a message to everybody who follows odds. */
  readonly tell: (message: unknown) => void
  readonly close: () => void
}

/** `welcome` are the first messages of everybody who follows odds. */
export const startStreamServer = async (welcome: () => readonly unknown[]): Promise<StreamServer> => {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" })
  await once(server, "listening")
  const followers = new Map<WebSocket, string>()
  server.on("connection", (socket) => {
    socket.on("close", () => followers.delete(socket))
    socket.on("message", (data) => {
      const message = JSON.parse(Buffer.isBuffer(data) ? data.toString() : "{}")
      if (message.type === "connection_init") {
        const payload = { version: "0", world: "test", role: "viewer", serverTime: new Date().toISOString() }
        socket.send(JSON.stringify({ type: "connection_ack", payload }))
      }
      if (message.type === "ping") socket.send(JSON.stringify({ type: "pong" }))
      if (message.type === "subscribe" && message.payload.query.includes("oddsUpdated")) {
        followers.set(socket, message.id)
        for (const one of welcome()) socket.send(next(message.id, one))
      }
    })
  })
  const address = server.address()
  const port = address !== null && typeof address === "object" ? address.port : 0
  return {
    url: `ws://127.0.0.1:${port}/graphql`,
    tell: (message) => {
      for (const [socket, id] of followers) socket.send(next(id, message))
    },
    close: () => {
      for (const socket of server.clients) socket.terminate()
      server.close()
    }
  }
}

const next = (id: string, oddsUpdated: unknown): string =>
  JSON.stringify({ id, type: "next", payload: { data: { oddsUpdated } } })
