/** The peer Socket.IO with one room; its package lies in the folder that its fifth argument names. */
import { createServer } from "node:http"
import { setImmediate as turn } from "node:timers/promises"
import { messageAt } from "./message.ts"
import { obey } from "./orders.ts"
import { load } from "./peers.ts"

const server = createServer()
const io = new (load("socket.io").Server)(server, { transports: ["websocket"], perMessageDeflate: false })
io.on("connection", (socket: { readonly join: (room: string) => void }) => socket.join("odds"))
server.listen(0, "127.0.0.1", () => {
  const address = server.address()
  obey(
    {
      publish: (_, us) => io.to("odds").emit("odds", { oddsUpdated: messageAt(us) }),
      flushed: () => turn()
    },
    { port: typeof address === "object" && address !== null ? address.port : 0 }
  )
})
