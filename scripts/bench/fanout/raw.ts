/** The limit: `ws` sends one string to every socket. */
import { createServer } from "node:http"
import { setImmediate as turn } from "node:timers/promises"
import { WebSocketServer } from "ws"
import { textAt } from "./message.ts"
import { obey } from "./orders.ts"

const server = createServer()
const sockets = new WebSocketServer({ server, perMessageDeflate: false })
sockets.on("connection", (socket) => {
  socket.on("error", () => undefined)
  socket.on("message", () => socket.send('{"type":"connection_ack"}'))
})
server.listen(0, "127.0.0.1", () => {
  const address = server.address()
  obey(
    {
      publish: (_, us) => {
        const text = textAt(us)
        for (const socket of sockets.clients) socket.send(text)
      },
      flushed: () => turn()
    },
    { port: typeof address === "object" && address !== null ? address.port : 0 }
  )
})
