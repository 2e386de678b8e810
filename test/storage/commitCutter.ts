/** A TCP proxy before Postgres that, when told, lets one COMMIT through and cuts the connection instead of its answer. */
import { connect, createServer } from "node:net"
import { Deferred, Effect, Redacted } from "effect"

export const commitCutter = Effect.fnUntraced(function*(url: Redacted.Redacted) {
  const address = new URL(Redacted.value(url))
  let armed: Deferred.Deferred<void> | undefined
  const proxy = createServer((client) => {
    const server = connect(Number(address.port), address.hostname)
    let cut: Deferred.Deferred<void> | undefined
    client.on("data", (chunk) => {
      if (armed !== undefined && chunk.includes("commit")) {
        cut = armed
        armed = undefined
      }
      server.write(chunk)
    })
    server.on("data", (chunk) => {
      if (cut === undefined) return client.write(chunk)
      client.destroy()
      server.destroy()
      Deferred.doneUnsafe(cut, Effect.void)
      return true
    })
    for (const [one, other] of [[client, server], [server, client]] as const) {
      one.on("close", () => other.destroy())
      one.on("error", () => other.destroy())
    }
  })
  yield* Effect.acquireRelease(
    Effect.callback<void>((resume) => { proxy.listen(0, "127.0.0.1", () => resume(Effect.void)) }),
    () => Effect.sync(() => proxy.close())
  )
  const bound = proxy.address()
  address.port = String(bound !== null && typeof bound === "object" ? bound.port : 0)
  return {
    url: Redacted.make(address.href),
    cutNext: Effect.sync(() => (armed = Deferred.makeUnsafe<void>()))
  }
})
