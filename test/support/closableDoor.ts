/** A port in front of another one that can be closed and opened: connections are cut and refused, as by a server that is away. */
import { connect, createServer } from "node:net"
import type { Socket } from "node:net"
import { Effect } from "effect"

export const closableDoor = Effect.fnUntraced(function* (target: number) {
  const sockets = new Set<Socket>()
  const server = createServer((inside) => {
    const outside = connect(target, "127.0.0.1")
    for (const [one, other] of [
      [inside, outside],
      [outside, inside]
    ] as const) {
      sockets.add(one)
      one.on("error", () => {})
      one.on("close", () => {
        sockets.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  })
  const listen = (port: number) =>
    Effect.callback<void>((resume) => void server.listen(port, "127.0.0.1", () => resume(Effect.void)))
  const close = Effect.callback<void>((resume) => {
    server.close(() => resume(Effect.void))
    for (const socket of sockets) socket.destroy()
  })
  yield* Effect.acquireRelease(listen(0), () => close)
  const address = server.address()
  const port = typeof address === "object" && address !== null ? address.port : 0
  return { port, close, open: listen(port) }
})
