/**
 * A TCP proxy before Postgres that, when told, lets one COMMIT through and cuts the connection within its answer: the
 * server has committed, and whoever asked cannot know.
 */
import { connect, createServer } from "node:net"
import { Deferred, Effect, Redacted } from "effect"

/** Bytes of the answer: the tag of the completed command, and that the server is ready for another. */
export const COMMIT_ANSWER_BYTES = 18

export const commitCutter = Effect.fnUntraced(function* (url: Redacted.Redacted) {
  const address = new URL(Redacted.value(url))
  const port = Number(address.port)
  let armed: { readonly passes: number; readonly cut: Deferred.Deferred<void> } | undefined
  const proxy = createServer((client) => {
    client.setNoDelay(true)
    const server = connect({ port, host: address.hostname, noDelay: true })
    client.on("data", (chunk) => server.write(chunk))
    server.on("data", (chunk: Buffer) => {
      const tag = armed === undefined ? -1 : chunk.indexOf("COMMIT\0")
      if (armed === undefined || tag === -1) return client.write(chunk)
      const { cut, passes } = armed
      armed = undefined
      // The tag stands behind its message's kind and length.
      client.write(chunk.subarray(0, tag - 5 + passes), () => client.destroy())
      server.destroy()
      return Deferred.doneUnsafe(cut, Effect.void)
    })
    for (const [one, other] of [
      [client, server],
      [server, client]
    ] as const) {
      one.on("close", () => other.end())
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
    /** Answers what ends when the next commit has been cut; so many bytes of its answer get through. */
    cutNext: (passes: number) =>
      Effect.sync(() => {
        const cut = Deferred.makeUnsafe<void>()
        armed = { passes, cut }
        return cut
      })
  }
})
