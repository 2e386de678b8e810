/** A TCP proxy before Postgres that, when told, lets one COMMIT through and cuts the connection instead of its answer. */
import { connect, createServer } from "node:net"
import { Deferred, Effect, Redacted } from "effect"

export const commitCutter = Effect.fnUntraced(function* (url: Redacted.Redacted) {
  const address = new URL(Redacted.value(url))
  const port = Number(address.port)
  let armed: Deferred.Deferred<void> | undefined
  const proxy = createServer((client) => {
    const server = connect(port, address.hostname)
    client.on("data", (chunk) => server.write(chunk))
    server.on("data", (chunk) => {
      // The tag of a completed commit: the server has done it, the client will not hear of it.
      if (armed === undefined || !chunk.includes("COMMIT\0")) return client.write(chunk)
      client.destroy()
      server.destroy()
      Deferred.doneUnsafe(armed, Effect.void)
      armed = undefined
      return true
    })
    for (const [one, other] of [
      [client, server],
      [server, client]
    ] as const) {
      one.on("close", () => other.destroy())
      one.on("error", () => other.destroy())
    }
  })
  yield* Effect.acquireRelease(
    Effect.callback<void>((resume) => {
      proxy.listen(0, "127.0.0.1", () => resume(Effect.void))
    }),
    () => Effect.sync(() => proxy.close())
  )
  const bound = proxy.address()
  address.port = String(bound !== null && typeof bound === "object" ? bound.port : 0)
  return {
    url: Redacted.make(address.href),
    cutNext: Effect.sync(() => (armed = Deferred.makeUnsafe<void>()))
  }
})
