/**
 * A local HTTP server that answers as a test says, and the real `Http` to ask it with.
 */
import { createServer } from "node:http"
import type { IncomingMessage, ServerResponse } from "node:http"
import { Effect } from "effect"
import type { Scope } from "effect"
import { BookmakerId } from "../../src/domain/Bookmaker.ts"
import { Http } from "../../src/bookmakers/Http.ts"
import type { Fetched } from "../../src/bookmakers/Http.ts"
import type { Endpoint, FetchError } from "../../src/bookmakers/FetchError.ts"

export type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** The root of a server on a free port; it and its connections end with the scope. */
export const serving = (handler: Handler): Effect.Effect<string, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.callback<{ readonly root: string; readonly close: () => void }>((resume) => {
      const server = createServer({ insecureHTTPParser: false }, handler)
      server.listen(0, "127.0.0.1", () => {
        const address = server.address()
        const port = typeof address === "object" && address !== null ? address.port : 0
        resume(
          Effect.succeed({
            root: `http://127.0.0.1:${port}`,
            close: () => {
              server.close()
              server.closeAllConnections()
            }
          })
        )
      })
    }),
    ({ close }) => Effect.sync(close)
  ).pipe(Effect.map(({ root }) => root))

export const ask = (url: string, endpoint: Endpoint = "event"): Effect.Effect<Fetched, FetchError, Http> =>
  Http.use((http) =>
    http.get({
      bookmakerId: BookmakerId("betpawa-ng"),
      endpoint,
      url: new URL(url),
      headers: { accept: "application/json" }
    })
  )
